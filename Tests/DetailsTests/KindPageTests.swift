import ClusterState
import Kube
import Testing

@testable import Details

/// Golden texts of kinds, compared by eye with `kubectl describe` of the same objects.
@Suite struct KindPageTests {
  @Test func nodeWithAllocation() throws {
    func pod(_ name: String, _ spec: String, phase: String = "Running") throws -> Pod {
      try decode(
        Pod.self,
        """
        {"metadata":{"name":"\(name)","namespace":"shop","uid":"\(name)","creationTimestamp":"\(ago(3600))"},
         "spec":{"nodeName":"n1",\(spec)},"status":{"phase":"\(phase)"}}
        """)
    }
    let pods = [
      try pod(
        "plain",
        #""containers":[{"name":"a","resources":{"requests":{"cpu":"250m","memory":"64Mi"},"limits":{"cpu":"1"}}}]"#),
      try pod(
        "sidecar",
        #"""
        "initContainers":[
          {"name":"s","restartPolicy":"Always","resources":{"requests":{"cpu":"100m"}}},
          {"name":"i","resources":{"requests":{"cpu":"1"}}}],
        "containers":[{"name":"a","resources":{"requests":{"cpu":"250m"}}}],"overhead":{"cpu":"10m"}
        """#),
      try pod("done", #""containers":[{"name":"a","resources":{"requests":{"cpu":"8"}}}]"#, phase: "Succeeded"),
    ]
    let json = """
      {"metadata":{"name":"n1","creationTimestamp":"\(ago(86400))","labels":{"node-role.kubernetes.io/worker":""},
        "annotations":{"podmedic.dev/cordoned-by":"ann"}},
       "spec":{"unschedulable":true,"taints":[{"key":"node.kubernetes.io/unschedulable","effect":"NoSchedule",
        "timeAdded":"\(ago(300))"}]},
       "status":{"capacity":{"cpu":"2","memory":"1Gi","pods":"110"},"allocatable":{"cpu":"2","memory":"1Gi",
        "pods":"110"},
        "addresses":[{"type":"InternalIP","address":"10.0.0.1"}],
        "conditions":[{"type":"Ready","status":"Unknown","reason":"NodeStatusUnknown",
         "message":"Kubelet stopped posting node status.","lastHeartbeatTime":"\(ago(200))",
         "lastTransitionTime":"\(ago(100))"}],"nodeInfo":{"kubeletVersion":"v1.30.0"}}}
      """
    let page = try details(json, Node.resource, in: cluster(pods, read: [Pod.self, Event.self]))
    #expect(
      page.text(of: "Node") == """
          Name:           n1
          Roles:          worker
          Created:        \(ago(86400)) (24h ago)
          Labels:         node-role.kubernetes.io/worker=
          Annotations:    podmedic.dev/cordoned-by: ann
          Taints:         node.kubernetes.io/unschedulable:NoSchedule (for 5m)
          Unschedulable:  true for 5m, by ann as its annotation says
          InternalIP:     10.0.0.1

        """)
    #expect(
      page.text(of: "Conditions") == """
          Type   Status   Heartbeat  Changed  Reason             Message
          Ready  Unknown  3m20s      100s     NodeStatusUnknown  Kubelet stopped posting node status.

        """)
    #expect(
      page.text(of: "Allocated resources") == """
          Resource  Capacity  Allocatable  Requests     Limits
          cpu       2         2            1360m (68%)  1 (50%)
          memory    1Gi       1Gi          64Mi (6%)    0 (0%)
          pods      110       110          2 (1%)
          Limits may be over 100 %: they are overcommitted.

        """)
    #expect(
      page.text(of: "Pods (2 not terminated, 1 terminated)") == """
          Namespace  Name     Status   CPU req/lim  Memory req/lim  Age
          shop       plain    Running  250m/1       64Mi/0          60m
          shop       sidecar  Running  1110m/0      0/0             60m

        """)
  }

  @Test func unreadPodsOfANodeAreNotCounted() throws {
    let page = try details(#"{"metadata":{"name":"n1"},"status":{"allocatable":{"cpu":"2"}}}"#, Node.resource)
    #expect(page.text(of: "Allocated resources").contains("cannot be told"))
  }

  @Test func serviceWithEndpoints() throws {
    let slice = try decode(
      EndpointSlice.self,
      #"""
      {"metadata":{"name":"web-1","namespace":"shop","uid":"s1","labels":{"kubernetes.io/service-name":"web"}},
       "ports":[{"name":"http","port":8080}],
       "endpoints":[{"addresses":["10.0.0.1"]},{"addresses":["10.0.0.2"],"conditions":{"ready":false}},
        {"addresses":["10.0.0.3"]},{"addresses":["10.0.0.4"]},{"addresses":["fd00::5"]}]}
      """#)
    let json = """
      {"metadata":{"name":"web","namespace":"shop"},"spec":{"type":"NodePort","selector":{"app":"web"},
       "clusterIP":"10.96.0.1","ports":[{"name":"http","port":80,"targetPort":"http","nodePort":30080,"protocol":"TCP"},
        {"name":"admin","port":81,"protocol":"TCP"}],"sessionAffinity":"None"}}
      """
    #expect(
      try details(json, Service.resource, in: cluster([slice], read: [EndpointSlice.self])).text(of: "Service") == """
          Name:              web
          Namespace:         shop
          Labels:            <none>
          Annotations:       <none>
          Selector:          app=web
          Type:              NodePort
          IP:                10.96.0.1
          Port:              http  80/TCP
            TargetPort:  http/TCP
            NodePort:    30080/TCP
            Endpoints:   10.0.0.1:8080,10.0.0.3:8080,10.0.0.4:8080 + 1 more...  (1 not ready)
          Port:              admin  81/TCP
            Endpoints:  <none>
          Session Affinity:  None

        """)
    #expect(try details(json, Service.resource).text(of: "Service").contains("Endpoints:   not read"))
  }

  @Test func networkPolicyInSentences() throws {
    let json = """
      {"metadata":{"name":"np","namespace":"shop"},"spec":{"podSelector":{},"policyTypes":["Ingress","Egress"],
       "ingress":[{"from":[{"podSelector":{"matchLabels":{"app":"web"}},"namespaceSelector":{}},
        {"ipBlock":{"cidr":"10.0.0.0/8","except":["10.1.0.0/16"]}}],"ports":[{"port":5432,"protocol":"TCP"}]}]}}
      """
    #expect(
      try details(json, NetworkPolicy.resource).text(of: "NetworkPolicy", width: 80) == """
          Name:          np
          Namespace:     shop
          Labels:        <none>
          Annotations:   <none>
          PodSelector:   <none> (Allowing the specific traffic to all pods in this
                         namespace)
          Policy Types:  Ingress, Egress
          Allowing ingress traffic:
            To Port:  5432/TCP
            From:     NamespaceSelector: <all>, PodSelector: app=web
            From:     IPBlock 10.0.0.0/8 except 10.1.0.0/16
          <none> (Selected pods are isolated for egress connectivity)

        """)
  }

  @Test func quotaTellsShares() throws {
    let json = """
      {"metadata":{"name":"q","namespace":"shop"},"status":{"hard":{"pods":"10","requests.cpu":"2","x":"?"},
       "used":{"pods":"10","requests.cpu":"500m"}}}
      """
    let page = try details(json, ResourceQuota.resource)
    #expect(
      page.text(of: "ResourceQuota").hasSuffix(
        """
          Resource      Used  Hard
          pods          10    10    100%
          requests.cpu  500m  2     25%
          x                   ?

        """))
    #expect(page.sections[0].lines.first { $0.cells?.first == "pods" }?.mark == .warning)
  }

  @Test func deploymentReplicas() throws {
    let json = """
      {"metadata":{"name":"web","namespace":"shop","generation":4},
       "spec":{"replicas":3,"selector":{"matchLabels":{"app":"web"}},"strategy":{"type":"RollingUpdate",
        "rollingUpdate":{"maxSurge":"25%","maxUnavailable":1}},"template":{}},
       "status":{"observedGeneration":3,"replicas":3,"updatedReplicas":1,"availableReplicas":2,"unavailableReplicas":1}}
      """
    #expect(
      try details(json, Deployment.resource).text(of: "Deployment") == """
          Name:                   web
          Namespace:              shop
          Selector:               app=web
          Labels:                 <none>
          Annotations:            <none>
          Replicas:               3 desired | 1 updated | 3 total | 2 available | 1 unavailable
          StrategyType:           RollingUpdate
          MinReadySeconds:        0
          RollingUpdateStrategy:  1 max unavailable, 25% max surge
          Observed Generation:    3 of 4: the controller has not seen the latest change

        """)
  }

  @Test func otherKindsAreATree() throws {
    let widget = Resource(group: "example.com", version: "v1", kind: "Widget", plural: "widgets")
    let json = """
      {"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"w","namespace":"shop"},
       "spec":{"storageClassName":"fast","clusterIP":"none","parts":[{"size":1},{"size":2}],"tags":["a","b"],
        "empty":{}},
       "status":{"phase":"Ready","conditions":[{"type":"Ready","status":"True"}]}}
      """
    let page = try details(json, widget, in: cluster(read: [Event.self]))
    #expect(
      page.plainText(width: 80) == """
        Widget
          Name:         w
          Namespace:    shop
          API Version:  example.com/v1
          Labels:       <none>
          Annotations:  <none>

        Spec
          Cluster IP:          none
          Empty:               {}
          Parts:
            [0]:
              Size:  1
            [1]:
              Size:  2
          Storage Class Name:  fast
          Tags:                a
                               b

        Status
          Type   Status  Age  Reason  Message
          Ready  True
          Phase:  Ready

        """)
  }
}
