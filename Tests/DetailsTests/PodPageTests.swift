import Kube
import Testing

@testable import Details

@Suite struct PodPageTests {
  private let pod = """
    {"apiVersion":"v1","kind":"Pod","metadata":{"name":"web-1","namespace":"shop","uid":"u1",
     "creationTimestamp":"\(ago(3600))","labels":{"app":"web"},
     "ownerReferences":[{"kind":"ReplicaSet","name":"web-abc","uid":"rs1","controller":true}]},
     "spec":{"nodeName":"n1","serviceAccountName":"default","priority":0,
      "tolerations":[{"key":"node.kubernetes.io/not-ready","operator":"Exists","effect":"NoExecute",
       "tolerationSeconds":300}],
      "volumes":[{"name":"data","emptyDir":{}},{"name":"conf","configMap":{"name":"web","optional":true}}],
      "containers":[{"name":"web","image":"nginx:1","command":["nginx","-g"],
       "ports":[{"containerPort":80,"protocol":"TCP","name":"http"}],
       "resources":{"limits":{"memory":"64Mi","cpu":"1"},"requests":{"cpu":"100m"}},
       "livenessProbe":{"httpGet":{"path":"/healthz","port":8080,"scheme":"HTTP"},"initialDelaySeconds":5,
        "timeoutSeconds":1,"periodSeconds":10,"successThreshold":1,"failureThreshold":3},
       "env":[{"name":"MODE","value":"fast"},
        {"name":"PASSWORD","valueFrom":{"secretKeyRef":{"name":"db","key":"pw"}}},
        {"name":"CPU","valueFrom":{"resourceFieldRef":{"resource":"limits.cpu"}}},
        {"name":"IP","valueFrom":{"fieldRef":{"apiVersion":"v1","fieldPath":"status.podIP"}}}],
       "volumeMounts":[{"name":"data","mountPath":"/z"},{"name":"conf","mountPath":"/a","readOnly":true,
        "subPath":"x"}]}]},
     "status":{"phase":"Running","podIP":"10.0.0.7","hostIP":"192.168.0.1","qosClass":"Burstable",
      "startTime":"\(ago(3590))",
      "conditions":[{"type":"Ready","status":"False","reason":"ContainersNotReady",
       "message":"containers with unready status: [web]","lastTransitionTime":"\(ago(60))"}],
      "containerStatuses":[{"name":"web","ready":false,"restartCount":4,"image":"nginx:1","imageID":"sha256:1",
       "state":{"waiting":{"reason":"CrashLoopBackOff","message":"back-off 1m20s"}},
       "lastState":{"terminated":{"exitCode":137,"reason":"OOMKilled","startedAt":"\(ago(120))",
        "finishedAt":"\(ago(60))"}}}]}}
    """

  @Test func containersReadAsKubectlTellsThem() throws {
    #expect(
      try details(pod, Pod.resource).text(of: "Containers") == """
          web:
            Image:          nginx:1
            Image ID:       sha256:1
            Port:           80/TCP (http)
            Command:        nginx -g
            State:          Waiting
              Reason:   CrashLoopBackOff
              Message:  back-off 1m20s
            Last State:     Terminated
              Reason:     OOMKilled
              Exit Code:  137 (SIGKILL)
              Started:    \(ago(120)) (2m ago)
              Finished:   \(ago(60)) (60s ago)
              Ran For:    60s
            Ready:          False
            Restart Count:  4
            Limits:         cpu 1, memory 64Mi
            Requests:       cpu 100m
            Liveness:       http-get http://:8080/healthz delay=5s timeout=1s period=10s successThreshold=1 failureThreshold=3
            Environment:
              MODE:      fast
              PASSWORD:  <set to the key 'pw' in secret 'db'>  Optional: false
              CPU:       1 (limits.cpu)
              IP:        (v1:status.podIP)
            Mounts:         /a from conf (ro,path="x")
                            /z from data (rw)

        """)
  }
}
