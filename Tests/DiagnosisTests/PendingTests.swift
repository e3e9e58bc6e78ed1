import ClusterState
import Kube
import Testing

@testable import Diagnosis

@Suite struct SchedulerMessageTests {
  @Test(arguments: [
    (
      "0/5 nodes are available: 2 node(s) had untolerated taint(s), 3 Insufficient cpu. preemption: 0/5 nodes are "
        + "available: 2 Preemption is not helpful for scheduling, 3 No preemption victims found for incoming pod.",
      "Insufficient cpu on 3 of 5 nodes, taint on 2"
    ),
    (
      "0/5 nodes are available: 2 node(s) had taint {node.kubernetes.io/not-ready: }, that the pod didn't tolerate, "
        + "3 Insufficient cpu.",
      "Insufficient cpu on 3 of 5 nodes, taint on 2"
    ),
    (
      "0/3 nodes are available: 1 node(s) had untolerated taint {a: b}, 1 node(s) had untolerated taint {c: }, "
        + "1 node(s) were unschedulable. no new claims to deallocate, preemption: not eligible due to "
        + "preemptionPolicy=Never.",
      "taint on 2 of 3 nodes, cordoned on 1"
    ),
    (
      "0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found",
      "unbound PersistentVolumeClaim"
    ),
    (
      "0/3 nodes are available: 3 pod has unbound immediate PersistentVolumeClaims.",
      "unbound PersistentVolumeClaim on 3 of 3 nodes"
    ),
    (
      #"0/3 nodes are available: persistentvolumeclaim "data" not found. preemption: x"#,
      #"persistentvolumeclaim "data" not found"#
    ),
    (
      "0/4 nodes are available: 3 node(s) didn't match Pod's node affinity/selector, 4 Insufficient memory.",
      "Insufficient memory on 4 of 4 nodes, node selector or affinity on 3"
    ),
    (
      "0/12 nodes are available: 10 Too many pods, 2 node(s) didn't match pod topology spread constraints.",
      "pod limit reached on 10 of 12 nodes, topology spread on 2"
    ),
    (
      "0/2 nodes are available: 2 node(s) didn't match pod affinity/anti-affinity, 2 node(s) didn't match pod "
        + "anti-affinity rules.", "pod anti-affinity on 2 of 2 nodes"
    ),
    (
      "0/5 nodes are available: 1 node(s) had taint {a: b}, that the pod didn't tolerate, 4 node(s) didn't match pod "
        + "affinity/anti-affinity, 1 node(s) didn't match pod affinity rules, 3 node(s) didn't satisfy existing pods "
        + "anti-affinity rules.", "anti-affinity of other pods on 3 of 5 nodes, pod affinity on 1, taint on 1"
    ),
    (
      "0/2 nodes are available: 2 node(s) didn't match pod affinity/anti-affinity.",
      "pod affinity or anti-affinity on 2 of 2 nodes"
    ),
    ("0/1 nodes are available: 1 node(s) have something new.", "have something new on 1 of 1 nodes"),
    ("0/1 nodes are available: 1 Insufficient example.com/gpu.", "Insufficient example.com/gpu on 1 of 1 nodes"),
    ("no nodes available to schedule pods", "the cluster has no nodes"),
  ])
  func summary(message: String, text: String) {
    #expect(SchedulerMessage(message)?.summary == text)
  }

  @Test(arguments: [
    "", "0/", "0/x nodes are available: 1 a.", "skip schedule deleting pod: shop/web", "nodes are available: ",
  ])
  func otherTexts(message: String) {
    #expect(SchedulerMessage(message) == nil)
  }

  @Test func hostileNumbers() {
    let message = "0/2 nodes are available: 9223372036854775807 a, 9223372036854775807 a, 99999999999999999999 b."
    #expect(SchedulerMessage(message)?.summary == "99999999999999999999 b, a on 2 of 2 nodes")
  }
}

/// Pods that never get as far as a container.
@Suite struct PendingTests {
  private func pending(_ message: String, reason: String = "Unschedulable", since: Int64 = 300) -> Pod {
    pod {
      $0.spec.nodeName = ""
      $0.status = PodStatus()
      $0.status.phase = "Pending"
      $0.status.conditions = [
        condition("PodScheduled", "False", reason: reason, message: message, since: ago(since))
      ]
    }
  }

  @Test func theTakenHostPortIsNamed() {
    func said(_ ports: [Int], onHost: Bool = false) -> [String] {
      let message = "0/3 nodes are available: 3 node(s) didn't have free ports for the requested pod ports."
      var subject = pending(message)
      subject.spec.hostNetwork = onHost
      subject.spec.containers[0].ports = ports.map {
        var port = ContainerPort()
        port.containerPort = $0
        port.hostPort = onHost ? 0 : $0
        return port
      }
      return findings(cluster([subject]))
    }
    #expect(said([8443]) == ["pod.unschedulable critical: host port 8443 taken on 3 of 3 nodes"])
    #expect(said([80], onHost: true) == ["pod.unschedulable critical: host port 80 taken on 3 of 3 nodes"])
    #expect(said([443, 80]) == ["pod.unschedulable critical: host port one of 80, 443 taken on 3 of 3 nodes"])
    #expect(said([]) == ["pod.unschedulable critical: host port taken on 3 of 3 nodes"])
  }

  @Test func noNodeFits() {
    let message = "0/5 nodes are available: 2 node(s) had untolerated taint(s), 3 Insufficient cpu. preemption: x"
    #expect(
      findings(cluster([pending(message)]))
        == ["pod.unschedulable critical: Insufficient cpu on 3 of 5 nodes, taint on 2"])
    #expect(
      findings(cluster([pending(message, since: 59)]))
        == ["pod.unschedulable warning: Insufficient cpu on 3 of 5 nodes, taint on 2"], "a node may be on its way")
    #expect(findings(cluster([pending("a new text")])) == ["pod.unschedulable critical: a new text"])
    #expect(findings(cluster([pending("")])) == ["pod.unschedulable critical: no node fits"])
  }

  /// Then the node is the cause, and not that the others lack a label.
  @Test func theNodesThatItAsksForAreDown() {
    let message =
      "0/3 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/unreachable: }, 2 node(s) didn't "
      + "match Pod's node affinity/selector."
    func found(_ nodes: [Node], _ text: String = message, affinity: [String] = []) -> [String] {
      var subject = pending(text)
      subject.spec.nodeSelector = ["pool": "db"]
      if !affinity.isEmpty {
        var requirement = NodeSelectorRequirement()
        (requirement.key, requirement.operator, requirement.values) = ("size", "In", affinity)
        var term = NodeSelectorTerm()
        term.matchExpressions = [requirement]
        var required = NodeSelector()
        required.nodeSelectorTerms = [term]
        var wish = NodeAffinity()
        wish.required = required
        subject.spec.affinity = Affinity()
        subject.spec.affinity?.nodeAffinity = wish
      }
      return findings(cluster([subject] + nodes)).filter { $0.hasPrefix("pod.") }
    }
    func member(_ name: String, isReady: Bool, _ labels: SmallMap<String> = ["pool": "db"]) -> Node {
      node(name) {
        $0.metadata.labels = labels
        if !isReady { $0.status.conditions = [nodeCondition("Ready", "Unknown", reason: "NodeStatusUnknown")] }
      }
    }
    let other = member("web-1", isReady: true, [:])
    #expect(
      found([member("db-1", isReady: false), other])
        == ["pod.unschedulable critical: the only node that it asks for, db-1, is NotReady"])
    #expect(
      found([member("db-1", isReady: false), member("db-2", isReady: false), other])
        == ["pod.unschedulable critical: all 2 nodes that it asks for are NotReady"])
    let summary = "pod.unschedulable critical: node selector or affinity on 2 of 3 nodes, taint on 1"
    #expect(found([member("db-1", isReady: false), member("db-2", isReady: true), other]) == [summary])
    #expect(found([other]) == [summary], "there is none of them")
    let large = member("db-2", isReady: true, ["pool": "db", "size": "large"])
    #expect(found([member("db-1", isReady: false), large], affinity: ["large"]) == [summary])
    let small = member("db-1", isReady: false, ["pool": "db", "size": "small"])
    #expect(
      found([small, large], affinity: ["small"])
        == ["pod.unschedulable critical: the only node that it asks for, db-1, is NotReady"])
  }

  @Test func claimThatIsNotBound() {
    var waitingPod = pending("0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found")
    var volume = Volume()
    volume.name = "data"
    volume.persistentVolumeClaim = PersistentVolumeClaimVolumeSource()
    volume.persistentVolumeClaim?.claimName = "data"
    waitingPod.spec.volumes = [volume]
    #expect(
      findings(cluster([waitingPod]))
        == [#"pod.claim-unbound critical: persistentvolumeclaim "data" not found"#])
    let claim = object(PersistentVolumeClaim.self, "data") {
      $0.status.phase = "Pending"
      $0.spec.storageClassName = ""
      $0.metadata.creationTimestamp = ago(5)
    }
    #expect(
      findings(cluster([waitingPod, claim]))
        == [#"pod.claim-unbound critical: persistentvolumeclaim "data" is not bound"#])
    let unread = cluster([waitingPod])
    unread.remove(PersistentVolumeClaim.resource)
    #expect(findings(unread) == ["pod.claim-unbound critical: unbound PersistentVolumeClaim"])
  }

  @Test func gates() {
    var gated = pending("", reason: "SchedulingGated")
    var gate = PodSchedulingGate()
    gate.name = "queue.example/admission"
    gated.spec.schedulingGates = [gate]
    #expect(
      findings(cluster([gated])) == ["pod.scheduling-gated notice: scheduling held back by queue.example/admission"])
  }

  @Test func silentScheduler() {
    func silent(_ name: String, age: Int64) -> [String] {
      findings(
        cluster([
          pod {
            $0.spec.nodeName = ""
            $0.spec.schedulerName = name
            $0.metadata.creationTimestamp = ago(age)
            $0.status = PodStatus()
            $0.status.phase = "Pending"
          }
        ]))
    }
    #expect(silent("default-scheduler", age: 29) == [])
    #expect(
      silent("default-scheduler", age: 30)
        == ["pod.scheduler-silent critical: the scheduler has not looked at the pod for 30s"])
    #expect(
      silent("mine", age: 90)
        == [#"pod.scheduler-silent critical: scheduler "mine" has not looked at the pod for 90s"#])
    #expect(
      findings(cluster([pending("binding rejected", reason: "SchedulerError")]))
        == ["pod.scheduler-error critical: scheduler error: binding rejected"])
  }

  // MARK: With a node, before the containers

  private func creating(since: Int64, events: (Pod) -> [Event] = { _ in [] }) -> [String] {
    let pod = pod {
      $0.status = PodStatus()
      $0.status.phase = "Pending"
      $0.status.conditions = [condition("PodScheduled", "True", since: ago(since)), condition("Ready", "False")]
      $0.status.containerStatuses = [waiting("app", "ContainerCreating")]
    }
    return findings(cluster([pod] + events(pod)))
  }

  @Test func creationThatTakesLong() {
    #expect(creating(since: 299) == [])
    #expect(
      creating(since: 360)
        == ["pod.creating-slowly warning: containers not created for 6m, no event says why"])
  }

  @Test func creationWhoseFailureAnEventTells() {
    func found(_ reason: String, _ message: String, since: Int64 = 40, at seconds: Int64 = 10) -> [String] {
      creating(since: since) { [event(reason, message, about: $0, at: ago(seconds))] }
    }
    #expect(
      found("FailedMount", #"MountVolume.SetUp failed for volume "c" : configmap "settings" not found"#)
        == [#"pod.config-missing critical: configmap "settings" not found"#])
    #expect(
      found("FailedAttachVolume", #"Multi-Attach error for volume "pv-1" Volume is already used"#)
        == ["pod.volume-not-mounted critical: volume is still attached to another node (Multi-Attach)"])
    #expect(
      found(
        "FailedAttachVolume", #"Multi-Attach error for volume "pv-1" Volume is already used"#, since: 1800, at: 1700)
        == ["pod.volume-not-mounted critical: volume is still attached to another node (Multi-Attach)"],
      "it is said once, however long it lasts")
    #expect(
      found("FailedMount", "x", since: 1800, at: 1700)
        == ["pod.creating-slowly warning: containers not created for 30m, no event says why"], "this would be repeated")
    #expect(
      found("FailedMount", "rpc error: timed out\nmore")
        == ["pod.volume-not-mounted critical: FailedMount: rpc error: timed out"])
    #expect(
      found("FailedCreatePodSandBox", "plugin type=\"bridge\" failed")
        == ["pod.sandbox-failed critical: FailedCreatePodSandBox: plugin type=\"bridge\" failed"])
    #expect(found("FailedMount", "x", since: 29) == [], "mounts need a moment")
  }

  @Test func whoHoldsTheDisk() {
    func claiming(_ name: String, on node: String, _ change: (inout Pod) -> Void) -> Pod {
      pod(name) {
        $0.spec.nodeName = node
        var volume = Volume()
        volume.persistentVolumeClaim = PersistentVolumeClaimVolumeSource()
        volume.persistentVolumeClaim?.claimName = "data"
        $0.spec.volumes = [volume]
        change(&$0)
      }
    }
    func found(holder: String, isReady: Bool = true, attached: Bool = false) -> [String] {
      let new = claiming("db-new", on: "node-1") {
        $0.status = PodStatus()
        $0.status.phase = "Pending"
        $0.status.conditions = [condition("PodScheduled", "True", since: ago(900)), condition("Ready", "False")]
        $0.status.containerStatuses = [waiting("app", "ContainerCreating")]
      }
      let nodes = [
        node("node-1"),
        node("node-2") { if !isReady { $0.status.conditions = [nodeCondition("Ready", "Unknown", reason: "Gone")] } },
      ]
      let error = event("FailedAttachVolume", #"Multi-Attach error for volume "pv-1""#, about: new, at: ago(880))
      let later =
        attached ? [event("SuccessfulAttachVolume", "AttachVolume.Attach succeeded", about: new, at: ago(60))] : []
      let old = claiming("db-old", on: holder) { _ in }
      let report = Triage.diagnose(cluster([new, old, error] + later + nodes), now: now)
      return report.groups.map { "\($0.owner.name): \($0.summary(now: now))" }
    }
    #expect(
      found(holder: "node-2") == ["db-new: volume is still attached to node-2, where pod db-old uses it (Multi-Attach)"]
    )
    #expect(
      found(holder: "node-1") == ["db-new: volume is still attached to another node (Multi-Attach)"])
    #expect(found(holder: "node-2", isReady: false).map { $0.prefix(8) } == ["node-2: "], "the node is the cause")
    #expect(
      found(holder: "node-2", attached: true) == ["db-new: containers not created for 15m, no event says why"])
  }

  @Test func slowPull() {
    func found(_ pulling: Int64, pulled: Bool = false) -> [String] {
      creating(since: 200) {
        [event("Pulling", "Pulling image", about: $0, at: ago(pulling))]
          + (pulled ? [event("Pulled", "Successfully pulled", about: $0, at: ago(10))] : [])
      }
    }
    #expect(found(119) == [])
    #expect(found(180) == ["pod.pulling-slowly warning: image being pulled for 3m"])
    #expect(found(180, pulled: true) == [])
  }
}
