import Diagnosis
import Expressions
import Kube
import ScreenKit
import Testing

/// What `kubectl get -o wide` of 1.36 prints for the same objects, column by column.
@Suite struct KubectlColumnsTests {
  static let now = Timestamp(seconds: 1_800_000_000)  // 2027-01-15T08:00:00Z

  struct Case: CustomStringConvertible, Sendable {
    let screen: String
    let type: any KubeObject.Type
    let json: String
    /// Headers and texts in kubectl's order; the columns of the screen that kubectl does not have are left out.
    let columns: [(header: String, text: String)]
    var description: String { screen }
  }

  static let meta = #""metadata":{"name":"x","namespace":"shop","creationTimestamp":"2027-01-15T05:55:00Z"}"#

  static let cases: [Case] = [
    Case(
      screen: "pods", type: Pod.self,
      json: """
        {\(meta),"spec":{"nodeName":"n1","containers":[{"name":"a"},{"name":"b"}],"readinessGates":[{"conditionType":"G"}]},
        "status":{"phase":"Running","podIP":"10.0.0.1","conditions":[{"type":"G","status":"True"}],"containerStatuses":[
        {"name":"a","ready":true,"restartCount":3,"state":{"running":{}},
        "lastState":{"terminated":{"exitCode":137,"reason":"OOMKilled","finishedAt":"2027-01-15T07:55:00Z"}}},
        {"name":"b","state":{"waiting":{"reason":"CrashLoopBackOff"}}}]}}
        """,
      columns: [
        ("NAME", "x"), ("READY", "1/2"), ("STATUS", "CrashLoopBackOff"), ("RESTARTS", "3 (5m ago)"), ("AGE", "125m"),
        ("IP", "10.0.0.1"), ("NODE", "n1"), ("NOMINATED NODE", "<none>"), ("READINESS GATES", "1/1"),
      ]),
    Case(
      screen: "pods", type: Pod.self, json: #"{"metadata":{"name":"y"},"status":{"phase":"Pending"}}"#,
      columns: [
        ("NAME", "y"), ("READY", "0/0"), ("STATUS", "Pending"), ("RESTARTS", "0"), ("AGE", "<unknown>"),
        ("IP", "<none>"),
        ("NODE", "<none>"), ("NOMINATED NODE", "<none>"), ("READINESS GATES", "<none>"),
      ]),
    Case(
      screen: "events", type: Event.self,
      json: """
        {\(meta),"involvedObject":{"kind":"Pod","name":"web","fieldPath":"spec.containers{a}"},"reason":"BackOff",
        "message":" Back-off restarting \\n","source":{"component":"kubelet","host":"n1"},"type":"Warning","count":4,
        "firstTimestamp":"2027-01-15T07:00:00Z","lastTimestamp":"2027-01-15T07:59:00Z"}
        """,
      columns: [
        ("LAST SEEN", "60s"), ("TYPE", "Warning"), ("REASON", "BackOff"), ("OBJECT", "pod/web"),
        ("SUBOBJECT", "spec.containers{a}"), ("SOURCE", "kubelet, n1"), ("MESSAGE", "Back-off restarting"),
        ("FIRST SEEN", "60m"), ("COUNT", "4"), ("NAME", "x"),
      ]),
    Case(
      screen: "events", type: Event.self,
      json: """
        {\(meta),"involvedObject":{"kind":"Node"},"reason":"Rebooted","type":"Normal","reportingComponent":"k",
        "eventTime":"2027-01-15T07:50:00.000000Z","series":{"count":9,"lastObservedTime":"2027-01-15T07:58:20.000000Z"}}
        """,
      columns: [
        ("LAST SEEN", "100s"), ("TYPE", "Normal"), ("REASON", "Rebooted"), ("OBJECT", "node"), ("SUBOBJECT", ""),
        ("SOURCE", "k"), ("MESSAGE", ""), ("FIRST SEEN", "10m"), ("COUNT", "9"), ("NAME", "x"),
      ]),
    Case(
      screen: "nodes", type: Node.self,
      json: """
        {"metadata":{"name":"n1","creationTimestamp":"2027-01-13T08:00:00Z","labels":{
        "node-role.kubernetes.io/control-plane":"","kubernetes.io/role":"blue","node-role.kubernetes.io/":"x"}},
        "spec":{"unschedulable":true},"status":{"conditions":[{"type":"Ready","status":"True"}],
        "addresses":[{"type":"Hostname","address":"h"},{"type":"InternalIP","address":"10.1.1.1"}],
        "nodeInfo":{"kubeletVersion":"v1.36.2","osImage":"Debian","containerRuntimeVersion":"containerd://2"}}}
        """,
      columns: [
        ("NAME", "n1"), ("STATUS", "Ready,SchedulingDisabled"), ("ROLES", "blue,control-plane"), ("AGE", "2d"),
        ("VERSION", "v1.36.2"), ("INTERNAL-IP", "10.1.1.1"), ("EXTERNAL-IP", "<none>"), ("OS-IMAGE", "Debian"),
        ("KERNEL-VERSION", "<unknown>"), ("CONTAINER-RUNTIME", "containerd://2"),
      ]),
    Case(
      screen: "namespaces", type: Namespace.self, json: "{\(meta),\"status\":{\"phase\":\"Terminating\"}}",
      columns: [("NAME", "x"), ("STATUS", "Terminating"), ("AGE", "125m")]),
    Case(
      screen: "deployments", type: Deployment.self,
      json: """
        {\(meta),"spec":{"replicas":3,"selector":{"matchLabels":{"b":"2","a":"1"},"matchExpressions":[
        {"key":"c","operator":"In","values":["z","y"]},{"key":"d","operator":"DoesNotExist"}]},
        "template":{"spec":{"containers":[{"name":"app","image":"app:1"},{"name":"log","image":"log:2"}]}}},
        "status":{"readyReplicas":1,"updatedReplicas":2,"availableReplicas":1}}
        """,
      columns: [
        ("NAME", "x"), ("READY", "1/3"), ("UP-TO-DATE", "2"), ("AVAILABLE", "1"), ("AGE", "125m"),
        ("CONTAINERS", "app,log"), ("IMAGES", "app:1,log:2"), ("SELECTOR", "a=1,b=2,c in (y,z),!d"),
      ]),
    Case(
      screen: "replicasets", type: ReplicaSet.self,
      json: "{\(meta),\"spec\":{\"replicas\":2,\"selector\":{}},\"status\":{\"replicas\":1}}",
      columns: [
        ("NAME", "x"), ("DESIRED", "2"), ("CURRENT", "1"), ("READY", "0"), ("AGE", "125m"), ("CONTAINERS", ""),
        ("IMAGES", ""), ("SELECTOR", "<none>"),
      ]),
    Case(
      screen: "statefulsets", type: StatefulSet.self,
      json: "{\(meta),\"spec\":{\"replicas\":2},\"status\":{\"readyReplicas\":2}}",
      columns: [("NAME", "x"), ("READY", "2/2"), ("AGE", "125m"), ("CONTAINERS", ""), ("IMAGES", "")]),
    Case(
      screen: "daemonsets", type: DaemonSet.self,
      json: """
        {\(meta),"spec":{"template":{"spec":{"nodeSelector":{"os":"linux","a":"b"}}}},"status":{"desiredNumberScheduled":5,
        "currentNumberScheduled":4,"numberReady":3,"updatedNumberScheduled":2,"numberAvailable":1}}
        """,
      columns: [
        ("NAME", "x"), ("DESIRED", "5"), ("CURRENT", "4"), ("READY", "3"), ("UP-TO-DATE", "2"), ("AVAILABLE", "1"),
        ("NODE SELECTOR", "a=b,os=linux"), ("AGE", "125m"), ("CONTAINERS", ""), ("IMAGES", ""), ("SELECTOR", "<none>"),
      ]),
    Case(
      screen: "jobs", type: Job.self,
      json: """
        {\(meta),"spec":{"completions":3},"status":{"succeeded":3,"startTime":"2027-01-15T06:00:00Z",
        "completionTime":"2027-01-15T06:01:05Z","conditions":[{"type":"Complete","status":"True"}]}}
        """,
      columns: [
        ("NAME", "x"), ("STATUS", "Complete"), ("COMPLETIONS", "3/3"), ("DURATION", "65s"), ("AGE", "125m"),
        ("CONTAINERS", ""), ("IMAGES", ""), ("SELECTOR", "<none>"),
      ]),
    Case(
      screen: "jobs", type: Job.self,
      json: """
        {\(meta),"spec":{"parallelism":2},"status":{"startTime":"2027-01-15T07:57:00Z",
        "conditions":[{"type":"FailureTarget","status":"True"}]}}
        """,
      columns: [("STATUS", "FailureTarget"), ("COMPLETIONS", "0/1 of 2"), ("DURATION", "3m")]),
    Case(
      screen: "jobs", type: Job.self, json: "{\(meta),\"spec\":{\"parallelism\":1}}",
      columns: [("STATUS", "Running"), ("COMPLETIONS", "0/1"), ("DURATION", "")]),
    Case(
      screen: "cronjobs", type: CronJob.self,
      json: """
        {\(meta),"spec":{"schedule":"*/5 * * * *","suspend":false},"status":{"active":[{"name":"a"}],
        "lastScheduleTime":"2027-01-15T07:57:30Z"}}
        """,
      columns: [
        ("NAME", "x"), ("SCHEDULE", "*/5 * * * *"), ("TIMEZONE", "<none>"), ("SUSPEND", "False"), ("ACTIVE", "1"),
        ("LAST SCHEDULE", "2m30s"), ("AGE", "125m"), ("CONTAINERS", ""), ("IMAGES", ""), ("SELECTOR", "<none>"),
      ]),
    Case(
      screen: "services", type: Service.self,
      json: """
        {\(meta),"spec":{"type":"LoadBalancer","clusterIP":"10.0.0.1","clusterIPs":["10.0.0.1","fd::1"],
        "externalIPs":["9.9.9.9"],"selector":{"app":"web"},"ports":[{"port":80,"nodePort":30080,"protocol":"TCP"},
        {"port":53,"protocol":"UDP"}]},"status":{"loadBalancer":{"ingress":[{"hostname":"z.example.com"},{"ip":"1.2.3.4"}]}}}
        """,
      columns: [
        ("NAME", "x"), ("TYPE", "LoadBalancer"), ("CLUSTER-IP", "10.0.0.1"),
        ("EXTERNAL-IP", "1.2.3.4,z.example.com,9.9.9.9"), ("PORT(S)", "80:30080/TCP,53/UDP"), ("AGE", "125m"),
        ("SELECTOR", "app=web"),
      ]),
    Case(
      screen: "services", type: Service.self, json: "{\(meta),\"spec\":{\"type\":\"LoadBalancer\"}}",
      columns: [("CLUSTER-IP", "<none>"), ("EXTERNAL-IP", "<pending>"), ("PORT(S)", "<none>"), ("SELECTOR", "<none>")]),
    Case(
      screen: "services", type: Service.self,
      json: "{\(meta),\"spec\":{\"type\":\"ExternalName\",\"externalName\":\"e.org\"}}",
      columns: [("TYPE", "ExternalName"), ("EXTERNAL-IP", "e.org")]),
    Case(
      screen: "endpointslices", type: EndpointSlice.self,
      json: """
        {\(meta),"addressType":"IPv4","ports":[{"port":80},{"name":"dns"},{}],"endpoints":[{"addresses":["1","2"]},
        {"addresses":["3","4"],"conditions":{"ready":false}}]}
        """,
      columns: [
        ("NAME", "x"), ("ADDRESSTYPE", "IPv4"), ("PORTS", "80,dns,*"), ("ENDPOINTS", "1,2,3 + 1 more..."),
        ("AGE", "125m"),
        ("READY", "1/2"),
      ]),
    Case(
      screen: "endpointslices", type: EndpointSlice.self, json: "{\(meta),\"addressType\":\"IPv4\"}",
      columns: [("PORTS", "<unset>"), ("ENDPOINTS", "<unset>")]),
    Case(
      screen: "ingresses", type: Ingress.self,
      json: """
        {\(meta),"spec":{"ingressClassName":"nginx","tls":[{}],"rules":[{"host":"a"},{},{"host":"b"},{"host":"c"},{"host":"d"}]},
        "status":{"loadBalancer":{"ingress":[{"ip":"1.1.1.1"}]}}}
        """,
      columns: [
        ("NAME", "x"), ("CLASS", "nginx"), ("HOSTS", "a,b,c + 2 more..."), ("ADDRESS", "1.1.1.1"), ("PORTS", "80, 443"),
        ("AGE", "125m"),
      ]),
    Case(
      screen: "ingresses", type: Ingress.self, json: "{\(meta),\"spec\":{\"rules\":[{}]}}",
      columns: [("CLASS", "<none>"), ("HOSTS", "*"), ("ADDRESS", ""), ("PORTS", "80")]),
    Case(
      screen: "persistentvolumeclaims", type: PersistentVolumeClaim.self,
      json: """
        {\(meta),"spec":{"volumeName":"pv1","storageClassName":"fast","volumeMode":"Filesystem"},
        "status":{"phase":"Bound","accessModes":["ReadWriteMany","ReadWriteOnce"],"capacity":{"storage":"10Gi"}}}
        """,
      columns: [
        ("NAME", "x"), ("STATUS", "Bound"), ("VOLUME", "pv1"), ("CAPACITY", "10Gi"), ("ACCESS MODES", "RWO,RWX"),
        ("STORAGECLASS", "fast"), ("VOLUMEATTRIBUTESCLASS", "<unset>"), ("AGE", "125m"), ("VOLUMEMODE", "Filesystem"),
      ]),
    Case(
      screen: "persistentvolumeclaims", type: PersistentVolumeClaim.self,
      json: "{\(meta),\"spec\":{\"accessModes\":[\"ReadWriteOnce\"]},\"status\":{\"phase\":\"Pending\"}}",
      columns: [
        ("STATUS", "Pending"), ("VOLUME", ""), ("CAPACITY", ""), ("ACCESS MODES", ""), ("VOLUMEMODE", "<unset>"),
      ]),
    Case(
      screen: "persistentvolumes", type: PersistentVolume.self,
      json: """
        {\(meta),"spec":{"capacity":{"storage":"1Ti"},"accessModes":["ReadWriteOncePod","ReadOnlyMany"],
        "persistentVolumeReclaimPolicy":"Retain","claimRef":{"namespace":"shop","name":"data"},"storageClassName":"slow"},
        "status":{"phase":"Released","reason":"why"}}
        """,
      columns: [
        ("NAME", "x"), ("CAPACITY", "1Ti"), ("ACCESS MODES", "ROX,RWOP"), ("RECLAIM POLICY", "Retain"),
        ("STATUS", "Released"), ("CLAIM", "shop/data"), ("STORAGECLASS", "slow"), ("VOLUMEATTRIBUTESCLASS", "<unset>"),
        ("REASON", "why"), ("AGE", "125m"), ("VOLUMEMODE", "<unset>"),
      ]),
    Case(
      screen: "storageclasses", type: StorageClass.self,
      json: """
        {"metadata":{"name":"fast","creationTimestamp":"2027-01-15T05:55:00Z","annotations":
        {"storageclass.kubernetes.io/is-default-class":"true"}},"provisioner":"p"}
        """,
      columns: [
        ("NAME", "fast (default)"), ("PROVISIONER", "p"), ("RECLAIMPOLICY", "Delete"),
        ("VOLUMEBINDINGMODE", "Immediate"),
        ("ALLOWVOLUMEEXPANSION", "false"), ("AGE", "125m"),
      ]),
    Case(
      screen: "configmaps", type: ConfigMap.self,
      json: "{\(meta),\"data\":{\"a\":\"1\"},\"binaryData\":{\"b\":\"AA==\"}}",
      columns: [("NAME", "x"), ("DATA", "2"), ("AGE", "125m")]),
    Case(
      screen: "secrets", type: Secret.self, json: "{\(meta),\"type\":\"Opaque\",\"data\":{\"a\":\"AA==\"}}",
      columns: [("NAME", "x"), ("TYPE", "Opaque"), ("DATA", "1"), ("AGE", "125m")]),
    Case(
      screen: "serviceaccounts", type: ServiceAccount.self, json: "{\(meta)}",
      columns: [("NAME", "x"), ("AGE", "125m")]),
    Case(
      screen: "poddisruptionbudgets", type: PodDisruptionBudget.self,
      json: "{\(meta),\"spec\":{\"maxUnavailable\":\"25%\"},\"status\":{\"disruptionsAllowed\":1}}",
      columns: [
        ("NAME", "x"), ("MIN AVAILABLE", "N/A"), ("MAX UNAVAILABLE", "25%"), ("ALLOWED DISRUPTIONS", "1"),
        ("AGE", "125m"),
      ]),
    Case(
      screen: "horizontalpodautoscalers", type: HorizontalPodAutoscaler.self,
      json: """
        {\(meta),"spec":{"scaleTargetRef":{"kind":"Deployment","name":"web"},"maxReplicas":9,"metrics":[
        {"type":"Resource","resource":{"name":"cpu","target":{"averageUtilization":50}}},
        {"type":"Pods","pods":{"target":{"averageValue":"10"}}},{"type":"External"}]},
        "status":{"currentReplicas":4,"currentMetrics":[{"type":"Resource","resource":{"current":{"averageUtilization":80}}}]}}
        """,
      columns: [
        ("NAME", "x"), ("REFERENCE", "Deployment/web"), ("TARGETS", "cpu: 80%/50%, <unknown>/10 + 1 more..."),
        ("MINPODS", "<unset>"), ("MAXPODS", "9"), ("REPLICAS", "4"), ("AGE", "125m"),
      ]),
    Case(
      screen: "resourcequotas", type: ResourceQuota.self,
      json: """
        {\(meta),"status":{"hard":{"pods":"10","limits.cpu":"2","cpu":"1"},"used":{"pods":"9","cpu":"500m"}}}
        """,
      columns: [
        ("NAME", "x"), ("REQUEST", "cpu: 500m/1, pods: 9/10"), ("LIMIT", "limits.cpu: 0/2"), ("AGE", "125m"),
      ]),
    Case(
      screen: "limitranges", type: LimitRange.self, json: "{\(meta)}",
      columns: [("NAME", "x"), ("CREATED AT", "2027-01-15T05:55:00Z")]),
    Case(
      screen: "leases", type: Lease.self, json: "{\(meta),\"spec\":{\"holderIdentity\":\"me\"}}",
      columns: [("NAME", "x"), ("HOLDER", "me"), ("AGE", "125m")]),
  ]

  @Test(arguments: cases)
  func texts(_ example: Case) throws {
    let screen = try #require(ShippedScreensTests.library[example.screen])
    let object = try decoded(example.type, example.json)
    let builder = RowBuilder(screen, scope: ScopeFacts(namespace: "shop"))
    let input = RowInput(
      object: .record(object), derived: Derived.value(of: object), usage: .unknown("metrics are not served"),
      scope: ScopeFacts(namespace: "shop"), now: Self.now)
    let row = builder.row(input, now: Self.now)
    let cells = zip(builder.columns.map(\.header), row.cells.map(\.text)).filter { cell in
      example.columns.contains { $0.header == cell.0 }
    }
    #expect(cells.map(\.0) == example.columns.map(\.header))
    #expect(cells.map(\.1) == example.columns.map(\.text))
  }

  @Test func everyScreenOfObjectsIsCompared() {
    let screens = ShippedScreensTests.library.entries.map(\.screen).filter { $0.rows == .objects }.map(\.name)
    #expect(Set(screens) == Set(Self.cases.map(\.screen)))
  }

  private func decoded(_ type: any KubeObject.Type, _ json: String) throws -> any KubeObject {
    let bytes = Array(json.utf8)
    return try bytes.withUnsafeBytes { bytes in
      var reader = JSONReader(bytes, pool: StringPool())
      return try type.init(json: &reader)
    }
  }
}

/// Screens whose rows are not objects of a cluster.
@Suite struct OtherRowsTests {
  private func texts(_ screen: String, _ input: RowInput) throws -> [String: String] {
    let screen = try #require(ShippedScreensTests.library[screen])
    let builder = RowBuilder(screen, scope: ScopeFacts(namespace: nil))
    let row = builder.row(input, now: KubectlColumnsTests.now)
    return Dictionary(uniqueKeysWithValues: zip(builder.columns.map(\.header), row.cells.map(\.text)))
  }

  @Test func contexts() throws {
    var context = ContextFacts()
    context.name = "prod"
    context.cluster = "c"
    context.user = "u"
    context.isCurrent = true
    let texts = try texts(
      "contexts",
      RowInput(object: .record(context), scope: ScopeFacts(namespace: nil), now: KubectlColumnsTests.now))
    #expect(
      texts == ["CURRENT": "*", "NAME": "prod", "CLUSTER": "c", "AUTHINFO": "u", "NAMESPACE": "", "SERVER": ""])
  }

  @Test func containers() throws {
    var pod = Pod()
    var container = Container()
    container.name = "app"
    container.image = "app:1"
    container.resources.limits = ["memory": Quantity("256Mi")]
    pod.spec.containers = [container]
    var status = ContainerStatus()
    status.name = "app"
    status.restartCount = 2
    status.state.waiting = ContainerStateWaiting()
    status.state.waiting?.reason = "CrashLoopBackOff"
    pod.status.containerStatuses = [status]
    let summary = try #require(ContainerSummary.all(of: pod).first)
    let texts = try texts(
      "containers",
      RowInput(
        object: .record(summary), scope: ScopeFacts(namespace: nil), pod: pod, now: KubectlColumnsTests.now))
    #expect(texts["STATE"] == "CrashLoopBackOff")
    #expect(texts["RESTARTS"] == "2")
    #expect(texts["MEM/L"] == "256Mi")
    #expect(texts["CPU/L"] == "")
    #expect(texts["WHY"] == "")
  }

  @Test func triage() throws {
    var finding = FindingGroupFacts()
    finding.code = "oom-killed"
    finding.severity = "critical"
    finding.summary = "OOMKilled at 256Mi"
    finding.affected = 3
    finding.total = 5
    finding.object.kind = "Deployment"
    finding.object.name = "checkout"
    finding.object.namespace = "shop"
    let texts = try texts(
      "triage", RowInput(object: .record(finding), scope: ScopeFacts(namespace: nil), now: KubectlColumnsTests.now))
    #expect(
      texts == [
        "SEVERITY": "critical", "NAMESPACE": "shop", "OBJECT": "deployment/checkout", "WHY": "OOMKilled at 256Mi",
        "COUNT": "3/5", "SINCE": "", "CODE": "oom-killed",
      ])
  }
}
