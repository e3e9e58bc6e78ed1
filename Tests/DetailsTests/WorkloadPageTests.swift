import Kube
import Testing

@testable import Details

/// Golden texts of controllers, compared by eye with `kubectl describe` of the same objects.
@Suite struct WorkloadPageTests {
  @Test func job() throws {
    let json = #"""
      {"metadata":{"name":"export","namespace":"shop","labels":{"app":"export"},
        "creationTimestamp":"2027-01-15T07:00:00Z"},
       "spec":{"parallelism":2,"completions":4,"completionMode":"Indexed","backoffLimit":3,"backoffLimitPerIndex":1,
        "maxFailedIndexes":2,"activeDeadlineSeconds":600,"ttlSecondsAfterFinished":100,"suspend":true,
        "podReplacementPolicy":"Failed","selector":{"matchLabels":{"job":"export"}},
        "successPolicy":{"rules":[{"succeededIndexes":"0-1"}]},
        "podFailurePolicy":{"rules":[{"action":"FailJob","onExitCodes":{"operator":"In","values":[42]}}]},
        "template":{"metadata":{"labels":{"job":"export"}},"spec":{"restartPolicy":"Never",
        "serviceAccountName":"builder",
         "nodeSelector":{"disk":"ssd"},"tolerations":[{"key":"batch","operator":"Exists"}],
         "containers":[{"name":"app","image":"export:1","command":["sh","-c","exit 0"],
          "env":[{"name":"MODE","value":"full"},{"name":"CPU",
        "valueFrom":{"resourceFieldRef":{"resource":"limits.cpu"}}},
           {"name":"MEMORY","valueFrom":{"resourceFieldRef":{"resource":"requests.memory","divisor":"1Mi"}}},
           {"name":"NODE_MEMORY","valueFrom":{"resourceFieldRef":{"resource":"limits.memory"}}}],
          "resources":{"limits":{"cpu":"1100m"},"requests":{"memory":"16Mi"}},
          "volumeMounts":[{"name":"in","mountPath":"/in","readOnly":true}]}],
         "volumes":[{"name":"in","nfs":{"server":"10.0.0.9","path":"/exports"}}]}}},
       "status":{"startTime":"2027-01-15T07:00:00Z","completionTime":"2027-01-15T07:10:00Z","active":1,"ready":1,
        "terminating":1,"succeeded":2,"failed":1,"completedIndexes":"0,3","failedIndexes":"1",
        "conditions":[{"type":"Failed","status":"True","reason":"BackoffLimitExceeded","message":"too many failures",
         "lastTransitionTime":"2027-01-15T07:10:00Z"}]}}
      """#
    let page = try details(json, Job.resource, in: cluster(read: [Event.self]))
    #expect(
      page.plainText(width: 110) == """
        Related
          ServiceAccount:  builder, not checked

        Job
          Name:                        export
          Namespace:                   shop
          Selector:                    job=export
          Created:                     2027-01-15T07:00:00Z (60m ago)
          Labels:                      app=export
          Annotations:                 <none>
          Parallelism:                 2
          Completions:                 4
          Completion Mode:             Indexed
          Suspend:                     true
          Backoff Limit:               3
          Backoff Limit Per Index:     1
          Max Failed Indexes:          2
          Active Deadline Seconds:     600s
          TTL Seconds After Finished:  100s
          Pod Replacement Policy:      Failed
          Success Policy:
            Rules:
              [0]:
                Succeeded Indexes:  0-1
          Pod Failure Policy:
            Rules:
              [0]:
                Action:  FailJob
                On Exit Codes:
                  Operator:  In
                  Values:    42
          Start Time:                  2027-01-15T07:00:00Z (60m ago)
          Completed At:                2027-01-15T07:10:00Z (50m ago)
          Duration:                    10m
          Pods Statuses:               1 Active (1 Ready) / 2 Succeeded / 1 Failed
          Terminating:                 1
          Completed Indexes:           0,3
          Failed Indexes:              1

        Conditions
          Type    Status  Age  Reason                Message
          Failed  True    50m  BackoffLimitExceeded  too many failures

        Pod Template
          Labels:           job=export
          Service Account:  builder
          Containers:
            app:
              Image:     export:1
              Port:      <none>
              Command:   sh -c exit 0
              Limits:    cpu 1100m
              Requests:  memory 16Mi
              Environment:
                MODE:         full
                CPU:          2 (limits.cpu)
                MEMORY:       16 (requests.memory)
                NODE_MEMORY:  node allocatable (limits.memory)
              Mounts:    /in from in (ro)
          Volumes:
            in:
              Type:      NFS (an NFS mount that lasts the lifetime of a pod)
              Server:    10.0.0.9
              Path:      /exports
              ReadOnly:  false
          Node-Selectors:   disk=ssd
          Tolerations:      batch op=Exists

        Time line
          When  Object      What         Message
          50m   job/export  Failed=True  BackoffLimitExceeded: too many failures
          60m   job/export  Created

        """)
  }

  @Test func cronJob() throws {
    let json = #"""
      {"metadata":{"name":"nightly","namespace":"shop","creationTimestamp":"2027-01-15T07:00:00Z"},
       "spec":{"schedule":"0 3 * * *","timeZone":"Europe/Berlin","concurrencyPolicy":"Forbid","suspend":true,
        "successfulJobsHistoryLimit":2,"startingDeadlineSeconds":120,
        "jobTemplate":{"spec":{"parallelism":1,"completions":1,"template":{"spec":{"restartPolicy":"OnFailure",
         "containers":[{"name":"app","image":"backup:1","args":["--all"]}]}}}}},
       "status":{"lastScheduleTime":"2027-01-15T02:00:00Z","lastSuccessfulTime":"2027-01-15T02:01:00Z",
        "active":[{"kind":"Job","name":"nightly-1"},{"kind":"Job","name":"nightly-2"}]}}
      """#
    let page = try details(json, CronJob.resource, in: cluster(read: [Event.self]))
    #expect(
      page.plainText(width: 110) == """
        CronJob
          Name:                          nightly
          Namespace:                     shop
          Created:                       2027-01-15T07:00:00Z (60m ago)
          Labels:                        <none>
          Annotations:                   <none>
          Schedule:                      0 3 * * * (Europe/Berlin)
          Concurrency Policy:            Forbid
          Suspend:                       True
          Successful Job History Limit:  2
          Failed Job History Limit:      <unset>
          Starting Deadline Seconds:     120s
          Job Template:
            Parallelism:  1
            Completions:  1
          Last Schedule Time:            2027-01-15T02:00:00Z (6h ago)
          Last Successful Time:          2027-01-15T02:01:00Z (5h59m ago)
          Active Jobs:                   nightly-1, nightly-2

        Pod Template
          Labels:          <none>
          Containers:
            app:
              Image:        backup:1
              Port:         <none>
              Args:         --all
              Environment:  <none>
              Mounts:       <none>
          Node-Selectors:  <none>
          Tolerations:     <none>

        Time line
          When  Object           What     Message
          60m   cronjob/nightly  Created

        """)
  }

  @Test func daemonSet() throws {
    let json = #"""
      {"metadata":{"name":"agent","namespace":"shop","uid":"d1","annotations":{"owner":"ops"}},
       "spec":{"selector":{"matchLabels":{"app":"agent"}},"updateStrategy":{"type":"RollingUpdate"},
        "template":{"metadata":{"labels":{"app":"agent"}},"spec":{"nodeSelector":{"disk":"ssd"},
         "containers":[{"name":"agent","image":"agent:1","ports":[{"containerPort":9100,"hostPort":9100,
        "protocol":"TCP"}],
          "livenessProbe":{"httpGet":{"path":"/live","port":9100,"scheme":"HTTP"},"periodSeconds":10,"timeoutSeconds":1,
           "successThreshold":1,"failureThreshold":3},"volumeMounts":[{"name":"host","mountPath":"/host"}]}],
         "volumes":[{"name":"host","hostPath":{"path":"/var/log","type":"Directory"}}]}}},
       "status":{"desiredNumberScheduled":3,"currentNumberScheduled":3,"updatedNumberScheduled":2,"numberAvailable":1,
        "numberMisscheduled":1}}
      """#
    let page = try details(
      json, DaemonSet.resource,
      in: cluster(try pods(of: "d1", ["Running", "Pending", "Failed"]), read: [Pod.self, Event.self]))
    #expect(
      page.plainText(width: 110) == """
        Related
          Pods:  3, 0 ready: 1 Failed, 1 Pending, 1 Running
            Name     Ready  Status   Restarts  Node    Age
            failed   0/0    Failed   0         <none>  <unknown>
            pending  0/0    Pending  0         <none>  <unknown>
            running  0/0    Running  0         <none>  <unknown>

        DaemonSet
          Name:                            agent
          Namespace:                       shop
          Selector:                        app=agent
          Labels:                          <none>
          Annotations:                     owner: ops
          Node-Selector:                   disk=ssd
          Desired Number of Nodes Scheduled: 3
          Current Number of Nodes Scheduled: 3
          Number of Nodes Scheduled with Up-to-date Pods: 2
          Number of Nodes Scheduled with Available Pods: 1
          Number of Nodes Misscheduled:    1
          Pods Status:                     1 Running / 1 Waiting / 0 Succeeded / 1 Failed
          Update Strategy:                 RollingUpdate

        Pod Template
          Labels:          app=agent
          Containers:
            agent:
              Image:        agent:1
              Port:         9100/TCP
              Host Port:    9100/TCP
              Liveness:     http-get http://:9100/live delay=0s timeout=1s period=10s successThreshold=1
                            failureThreshold=3
              Environment:  <none>
              Mounts:       /host from host (rw)
          Volumes:
            host:
              Type:          HostPath (bare host directory volume)
              Path:          /var/log
              HostPathType:  Directory
          Node-Selectors:  disk=ssd
          Tolerations:     <none>

        """)
  }

  @Test func statefulSet() throws {
    let json = #"""
      {"metadata":{"name":"db","namespace":"shop","uid":"s1"},
       "spec":{"replicas":2,"serviceName":"db","podManagementPolicy":"Parallel",
        "updateStrategy":{"type":"RollingUpdate","rollingUpdate":{"partition":1}},
        "selector":{"matchLabels":{"app":"db"}},
        "template":{"metadata":{"labels":{"app":"db"}},"spec":{"containers":[{"name":"db","image":"db:1",
         "ports":[{"containerPort":5432,"name":"sql","protocol":"TCP"}],
         "volumeMounts":[{"name":"data","mountPath":"/data"}]}]}},
        "volumeClaimTemplates":[{"metadata":{"name":"data","labels":{"tier":"fast"},"annotations":{"note":"kept"}},
         "spec":{"accessModes":["ReadWriteOnce"],"storageClassName":"ssd",
        "resources":{"requests":{"storage":"5Gi"}}}}]},
       "status":{"replicas":1,"readyReplicas":1,"currentRevision":"db-1","updateRevision":"db-2"}}
      """#
    let page = try details(
      json, StatefulSet.resource, in: cluster(try pods(of: "s1", ["Running"]), read: [Pod.self, Event.self]))
    #expect(
      page.plainText(width: 110) == """
        Related
          Pods:  1, 0 ready: 1 Running
            Name     Ready  Status   Restarts  Node    Age
            running  0/0    Running  0         <none>  <unknown>

        StatefulSet
          Name:              db
          Namespace:         shop
          Selector:          app=db
          Labels:            <none>
          Annotations:       <none>
          Replicas:          2 desired | 1 total | 1 ready
          Pods Status:       1 Running / 0 Waiting / 0 Succeeded / 0 Failed
          Service Name:      db
          Pod Management:    Parallel
          Update Strategy:   RollingUpdate
            Partition:  1
          Current Revision:  db-1
          Update Revision:   db-2

        Pod Template
          Labels:          app=db
          Containers:
            db:
              Image:        db:1
              Port:         5432/TCP (sql)
              Environment:  <none>
              Mounts:       /data from data (rw)
          Node-Selectors:  <none>
          Tolerations:     <none>

        Volume Claims
          data:
            StorageClass:  ssd
            Labels:        tier=fast
            Annotations:   note: kept
            Capacity:      5Gi
            Access Modes:  ReadWriteOnce

        """)
  }

  @Test func replicaSet() throws {
    let json = #"""
      {"metadata":{"name":"web-1","namespace":"shop","uid":"r1",
        "annotations":{"deployment.kubernetes.io/revision":"4"}},
       "spec":{"replicas":3,"selector":{"matchLabels":{"app":"web"},
         "matchExpressions":[{"key":"tier","operator":"In","values":["a","b"]},{"key":"old",
        "operator":"DoesNotExist"}]},
        "template":{"metadata":{"labels":{"app":"web","tier":"a"}},"spec":{"priorityClassName":"high",
         "containers":[{"name":"web","image":"web:1","envFrom":[{"prefix":"W_","configMapRef":{"name":"web"}}],
          "env":[{"name":"KEY","valueFrom":{"secretKeyRef":{"name":"keys","key":"web"}}}]}]}}},
       "status":{"replicas":1,"readyReplicas":1,"availableReplicas":1,"conditions":[{"type":"ReplicaFailure",
        "status":"True","reason":"FailedCreate","message":"forbidden: exceeded quota"}]}}
      """#
    let page = try details(
      json, ReplicaSet.resource,
      in: cluster(try pods(of: "r1", ["Running", "Succeeded"]), read: [Pod.self, Event.self]))
    #expect(
      page.plainText(width: 110) == """
        Related
          ConfigMap:  web (env), not checked
          Secret:     keys (env), not checked
          Pods:       2, 0 ready: 1 Running, 1 Succeeded
            Name       Ready  Status     Restarts  Node    Age
            running    0/0    Running    0         <none>  <unknown>
            succeeded  0/0    Succeeded  0         <none>  <unknown>

        ReplicaSet
          Name:         web-1
          Namespace:    shop
          Selector:     app=web,tier in (a,b),!old
          Labels:       <none>
          Annotations:  deployment.kubernetes.io/revision: 4
          Replicas:     1 current / 3 desired
          Ready:        1 ready, 1 available
          Pods Status:  1 Running / 0 Waiting / 1 Succeeded / 0 Failed
          Revision:     4

        Conditions
          Type            Status  Age  Reason        Message
          ReplicaFailure  True         FailedCreate  forbidden: exceeded quota

        Pod Template
          Labels:               app=web
                                tier=a
          Priority Class Name:  high
          Containers:
            web:
              Image:                       web:1
              Port:                        <none>
              Environment Variables from:  web  ConfigMap with prefix 'W_'  Optional: false
              Environment:
                KEY:  <set to the key 'web' in secret 'keys'>  Optional: false
              Mounts:                      <none>
          Node-Selectors:       <none>
          Tolerations:          <none>

        """)
  }

  @Test func deploymentTellsNewAndOldReplicaSets() throws {
    let sets = try [("web-1", "1", 0), ("web-2", "2", 1), ("web-3", "3", 2)].map { name, revision, count in
      try decode(
        ReplicaSet.self,
        """
        {"metadata":{"name":"\(name)","namespace":"shop","uid":"\(name)",
          "annotations":{"deployment.kubernetes.io/revision":"\(revision)"},
          "ownerReferences":[{"uid":"d1","kind":"Deployment","name":"web","controller":true}]},
         "spec":{"replicas":2},"status":{"replicas":\(count)}}
        """)
    }
    let json = #"""
      {"metadata":{"name":"web","namespace":"shop","uid":"d1",
        "annotations":{"deployment.kubernetes.io/revision":"3"}},"spec":{"replicas":2,"template":{}}}
      """#
    let text = try details(json, Deployment.resource, in: cluster(sets, read: [ReplicaSet.self, Event.self])).text(
      of: "Deployment")
    #expect(text.contains("OldReplicaSets:   web-1 (0/2 replicas created), web-2 (1/2 replicas created)\n"), "\(text)")
    #expect(text.contains("NewReplicaSet:    web-3 (2/2 replicas created)\n"), "\(text)")
    #expect(try !details(json, Deployment.resource).text(of: "Deployment").contains("ReplicaSet"), "not read")
  }

  /// Pods of a controller, one in each of some phases.
  private func pods(of owner: String, _ phases: [String]) throws -> [Pod] {
    try phases.map { phase in
      try decode(
        Pod.self,
        """
        {"metadata":{"name":"\(phase.lowercased())","namespace":"shop","uid":"\(phase)",
          "ownerReferences":[{"uid":"\(owner)","kind":"Owner","name":"owner","controller":true}]},
         "status":{"phase":"\(phase)"}}
        """)
    }
  }
}
