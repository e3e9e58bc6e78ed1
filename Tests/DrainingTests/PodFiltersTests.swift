import Draining
import Kube
import Testing

/// kubectl's filters, one by one and in their combinations.
@Suite struct PodFiltersTests {
  static let now = Timestamp(seconds: 1_800_000_000)

  struct Row: Sendable, CustomStringConvertible {
    var description: String
    var pod: Pod
    var options = DrainOptions()
    var daemonSet = DaemonSetAnswer.found
    var verdict: PodVerdict
  }

  static func pod(_ change: (inout Pod) -> Void = { _ in }) -> Pod {
    var pod = Pod()
    pod.metadata.name = "p"
    pod.metadata.namespace = "shop"
    pod.metadata.ownerReferences = [owner("ReplicaSet")]
    pod.status.phase = "Running"
    change(&pod)
    return pod
  }

  static func owner(_ kind: String, _ apiVersion: String = "apps/v1") -> OwnerReference {
    var owner = OwnerReference()
    owner.kind = kind
    owner.apiVersion = apiVersion
    owner.name = "owner"
    owner.controller = true
    return owner
  }

  static func options(_ change: (inout DrainOptions) throws -> Void) rethrows -> DrainOptions {
    var options = DrainOptions()
    try change(&options)
    return options
  }

  static func emptyDir(_ pod: inout Pod) {
    var volume = Volume()
    volume.name = "cache"
    volume.emptyDir = EmptyDirVolumeSource()
    pod.spec.volumes.append(volume)
  }

  static func refusal(_ cause: PodVerdict.Cause, _ reason: String, _ flags: [String]) -> PodVerdict {
    var verdict = PodVerdict(.refuse, cause)
    verdict.report = .error
    verdict.reason = reason
    verdict.flags = flags
    return verdict
  }

  static func warning(_ action: PodVerdict.Action, _ cause: PodVerdict.Cause, _ reason: String) -> PodVerdict {
    var verdict = PodVerdict(action, cause)
    verdict.report = .warning
    verdict.reason = reason
    return verdict
  }

  static let local = "cannot delete Pods with local storage (use --delete-emptydir-data to override)"
  static let bare = "cannot delete Pods that declare no controller (use --force to override)"
  static let daemon = "cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore)"
  static let gone = "daemonsets.apps \"owner\" not found"

  static let daemonPod = pod { $0.metadata.ownerReferences = [owner("DaemonSet")] }
  static let barePod = pod { $0.metadata.ownerReferences = [] }

  static let rows: [Row] = [
    Row(description: "a pod of a ReplicaSet", pod: pod(), verdict: PodVerdict(.evict, .replaced)),
    Row(
      description: "deleted when asked for", pod: pod(), options: options { $0.disableEviction = true },
      verdict: PodVerdict(.delete, .replaced)),
    Row(description: "bare", pod: barePod, verdict: refusal(.noController, bare, ["--force"])),
    Row(
      description: "bare with force", pod: barePod, options: options { $0.force = true },
      verdict: warning(.evict, .noController, "deleting Pods that declare no controller")),
    Row(
      description: "an owner that is no controller", pod: pod { $0.metadata.ownerReferences[0].controller = false },
      verdict: refusal(.noController, bare, ["--force"])),
    Row(
      description: "bare and finished",
      pod: pod {
        $0.metadata.ownerReferences = []
        $0.status.phase = "Failed"
      }, verdict: PodVerdict(.evict, .finished)),
    Row(
      description: "emptyDir", pod: pod(emptyDir), verdict: refusal(.localStorage, local, ["--delete-emptydir-data"])),
    Row(
      description: "the warning about emptyDir is lost", pod: pod(emptyDir),
      options: options { $0.deleteEmptyDirData = true }, verdict: PodVerdict(.evict, .replaced)),
    Row(
      description: "emptyDir and bare: the storage speaks first",
      pod: pod {
        $0.metadata.ownerReferences = []
        emptyDir(&$0)
      }, verdict: refusal(.localStorage, local, ["--delete-emptydir-data", "--force"])),
    Row(
      description: "emptyDir and finished",
      pod: pod {
        $0.status.phase = "Succeeded"
        emptyDir(&$0)
      }, verdict: PodVerdict(.evict, .finished)),
    Row(description: "DaemonSet", pod: daemonPod, verdict: refusal(.daemonSet, daemon, ["--ignore-daemonsets"])),
    Row(
      description: "DaemonSet ignored", pod: daemonPod, options: options { $0.ignoreDaemonSets = true },
      verdict: warning(.skip, .daemonSet, "ignoring DaemonSet-managed Pods")),
    Row(
      description: "force does not touch pods of a DaemonSet", pod: daemonPod, options: options { $0.force = true },
      verdict: refusal(.daemonSet, daemon, ["--ignore-daemonsets"])),
    Row(
      description: "DaemonSet gone", pod: daemonPod, options: options { $0.ignoreDaemonSets = true },
      daemonSet: .gone(gone), verdict: refusal(.daemonSetGone, gone, ["--force"])),
    Row(
      description: "DaemonSet gone, with force", pod: daemonPod, options: options { $0.force = true },
      daemonSet: .gone(gone), verdict: PodVerdict(.evict, .replaced)),
    Row(
      description: "DaemonSet not readable, with force", pod: daemonPod, options: options { $0.force = true },
      daemonSet: .unknown("daemonsets.apps is forbidden"),
      verdict: refusal(.daemonSetUnknown, "daemonsets.apps is forbidden", [])),
    Row(
      description: "finished pod of a DaemonSet",
      pod: pod {
        $0.metadata.ownerReferences = [owner("DaemonSet")]
        $0.status.phase = "Succeeded"
      }, verdict: PodVerdict(.evict, .finished)),
    Row(
      description: "somebody else's DaemonSet",
      pod: pod { $0.metadata.ownerReferences = [owner("DaemonSet", "apps.kruise.io/v1beta1")] },
      verdict: PodVerdict(.evict, .replaced)),
    Row(
      description: "mirror, although bare and finished",
      pod: pod {
        $0.metadata.ownerReferences = []
        $0.metadata.annotations = ["kubernetes.io/config.mirror": "x"]
        $0.status.phase = "Failed"
      }, verdict: PodVerdict(.skip, .mirror)),
    Row(
      description: "overdue by 11 s with a limit of 10",
      pod: pod {
        $0.metadata.ownerReferences = []
        $0.metadata.deletionTimestamp = now.advanced(by: .seconds(-11))
      }, options: options { $0.skipWaitForDeleteTimeout = 10 }, verdict: PodVerdict(.skip, .overdue)),
    Row(
      description: "overdue by 10 s with a limit of 10",
      pod: pod { $0.metadata.deletionTimestamp = now.advanced(by: .seconds(-10)) },
      options: options { $0.skipWaitForDeleteTimeout = 10 }, verdict: PodVerdict(.evict, .replaced)),
    Row(
      description: "overdue without a limit",
      pod: pod { $0.metadata.deletionTimestamp = now.advanced(by: .seconds(-1000)) },
      verdict: PodVerdict(.evict, .replaced)),
  ]

  @Test(arguments: rows) func theVerdictIsKubectls(_ row: Row) {
    let filters = PodFilters(row.options, now: Self.now) { _, _ in row.daemonSet }
    #expect(filters.verdict(for: row.pod) == row.verdict)
  }

  @Test func flagsThatARefusalNamesLeadToARemoval() {
    for row in Self.rows where !row.verdict.flags.isEmpty {
      var options = row.options
      for flag in row.verdict.flags {
        switch flag {
        case "--force": options.force = true
        case "--delete-emptydir-data": options.deleteEmptyDirData = true
        case "--ignore-daemonsets": options.ignoreDaemonSets = true
        default: Issue.record("an unknown flag \(flag)")
        }
      }
      let verdict = PodFilters(options, now: Self.now) { _, _ in row.daemonSet }.verdict(for: row.pod)
      #expect(verdict.action != .refuse, "\(row)")
    }
  }

  @Test func aServerWithoutEvictionsHasPodsDeleted() {
    let filters = PodFilters(DrainOptions(), now: Self.now, supportsEviction: false) { _, _ in .found }
    #expect(filters.verdict(for: Self.pod()).action == .delete)
  }

  @Test func onlyDaemonSetsThatMatterAreRead() {
    func name(_ pod: Pod, _ options: DrainOptions = DrainOptions()) -> String? {
      PodFilters.daemonSetToRead(for: pod, options, now: Self.now)
    }
    #expect(name(Self.daemonPod) == "owner")
    #expect(name(Self.pod()) == nil)
    var pod = Self.daemonPod
    pod.metadata.deletionTimestamp = Self.now.advanced(by: .seconds(-60))
    #expect(name(pod) == "owner")
    #expect(name(pod, Self.options { $0.skipWaitForDeleteTimeout = 1 }) == nil)
    pod.metadata.deletionTimestamp = nil
    pod.status.phase = "Failed"
    #expect(name(pod) == nil)
  }

  // MARK: Sentences

  private func named(_ name: String, _ pod: Pod) -> Pod {
    var pod = pod
    pod.metadata.name = name
    return pod
  }

  @Test func podsAreGroupedByReason() {
    let pods = [
      named("a", Self.barePod), named("b", Self.pod(Self.emptyDir)), named("c", Self.barePod),
      named("d", Self.daemonPod), named("e", Self.pod()),
    ]
    let refused = PodFilters(DrainOptions(), now: Self.now) { _, _ in .gone(Self.gone) }.verdicts(for: pods)
    #expect(refused.isRefused)
    #expect(refused.warning == nil)
    #expect(
      refused.error
        == "[\(Self.bare): shop/a, shop/c, \(Self.local): shop/b, cannot delete \(Self.gone): shop/d]")
    let allowed = PodFilters(
      Self.options {
        $0.force = true
        $0.deleteEmptyDirData = true
        $0.ignoreDaemonSets = true
      }, now: Self.now
    ) { _, _ in .found }.verdicts(for: pods)
    #expect(!allowed.isRefused)
    #expect(allowed.error == nil)
    #expect(
      allowed.warning
        == "deleting Pods that declare no controller: shop/a, shop/c; ignoring DaemonSet-managed Pods: shop/d")
    #expect(allowed.removals.map(\.metadata.name) == ["a", "b", "c", "e"])
  }

  @Test func otherPodsThanTheSelectorsAreNotSeen() throws {
    var labelled = named("a", Self.barePod)
    labelled.metadata.labels = ["app": "web"]
    let options = try Self.options { $0.podSelector = try LabelQuery(parsing: "app=db") }
    let verdicts = PodFilters(options, now: Self.now) { _, _ in .found }.verdicts(for: [labelled])
    #expect(verdicts.items.isEmpty)
  }

  @Test func errorsAreListedAsGoListsThem() {
    #expect(ErrorList.text([]) == nil)
    #expect(ErrorList.text(["a"]) == "a")
    #expect(ErrorList.text(["a", "a"]) == "a")
    #expect(ErrorList.text(["a", "b", "a"]) == "[a, b]")
  }
}
