import Kube

/// How many Ready pods the owners of removed pods have, now and before: a pod counts as replaced when its owner has as
/// many again. Counted from the pods themselves, since what owners say of themselves comes later.
struct OwnerWatch: Sendable {
  /// An owner that has too few Ready pods.
  struct Gap: Sendable, Equatable {
    var owner: OwnerReference
    var namespace: String
    var ready: Int
    var before: Int
    /// How many pods it must have Ready; nil when it has not been asked how many it wants.
    var wanted: Int?
  }

  private struct Member: Sendable {
    var pod: PodProgress.Replacement
    var created: Timestamp
  }

  /// What was said last about the gaps.
  var lastText = ""
  /// By uid, how many Ready pods each owner had before the first of its pods went.
  private(set) var before: [String: Int] = [:]
  /// When the removals began, where an earlier process has counted `before`.
  private var begun: Timestamp?
  private var ready: [String: Int] = [:]
  private var known: [String: Set<String>] = [:]
  private var newer: [String: [Member]] = [:]
  private var wants: [String: Int?] = [:]
  private var failures: [String: String] = [:]

  /// Nothing is known yet.
  init() {}

  /// What an earlier process had counted before its removals began.
  init(before: [String: Int], begun: Timestamp) {
    self.before = before
    self.begun = begun
  }

  /// What cannot be told.
  var problems: [String] {
    failures.keys.sorted().map { "pods of namespace \($0) cannot be read: \(failures[$0] ?? "")" }
  }

  /// Takes all pods of a namespace; the first time is the state before.
  mutating func read(_ pods: [Pod], in namespace: String, removing: [PodProgress]) {
    failures[namespace] = nil
    let owners = Set(removing.filter { $0.pod.namespace == namespace }.compactMap { $0.owner?.uid })
    var members: [String: [Pod]] = [:]
    for pod in pods {
      guard let owner = pod.metadata.controller?.uid, owners.contains(owner) else { continue }
      members[owner, default: []].append(pod)
    }
    for owner in owners {
      let pods = members[owner] ?? []
      let count = pods.count { $0.isReady && !$0.isBeingDeleted && !$0.isTerminal }
      ready[owner] = count
      if before[owner] == nil { before[owner] = count }
      if known[owner] == nil {
        let older = pods.filter { pod in
          guard let begun, let created = pod.metadata.creationTimestamp else { return true }
          return created <= begun
        }
        known[owner] = Set(older.map(\.metadata.uid))
      }
      let known = known[owner] ?? []
      newer[owner] = pods.filter { !known.contains($0.metadata.uid) && !$0.isBeingDeleted }
        .map { pod in
          Member(
            pod: PodProgress.Replacement(
              name: pod.metadata.name, uid: pod.metadata.uid, node: pod.spec.nodeName, isReady: pod.isReady),
            created: pod.metadata.creationTimestamp ?? Timestamp(microseconds: 0))
        }
        .sorted { ($0.created, $0.pod.name) < ($1.created, $1.pod.name) }
    }
    assign(removing)
  }

  private var assigned: [PodKey: String] = [:]

  /// Each removed pod keeps the replacement it was given; those of StatefulSets have their name.
  private mutating func assign(_ pods: [PodProgress]) {
    var taken = Set(assigned.values)
    for pod in pods where !pod.wasFinished {
      guard let owner = pod.owner?.uid, let members = newer[owner] else { continue }
      if let uid = assigned[pod.pod], members.contains(where: { $0.pod.uid == uid }) { continue }
      let namesake = members.first { $0.pod.name == pod.pod.name }
      let next = pod.owner?.kind == "StatefulSet" ? nil : members.first { !taken.contains($0.pod.uid) }
      guard pod.hasEnded || pod.isTerminating, let member = namesake ?? next else { continue }
      assigned[pod.pod] = member.pod.uid
      taken.insert(member.pod.uid)
    }
  }

  /// The pod that takes another's place, if it is there.
  func replacement(of pod: PodProgress) -> PodProgress.Replacement? {
    guard let owner = pod.owner?.uid, let uid = assigned[pod.pod] else { return nil }
    return newer[owner]?.first { $0.pod.uid == uid }?.pod
  }

  mutating func fail(_ namespace: String, _ text: String) { failures[namespace] = text }

  /// Says how many pods an owner wants to have; nil when it does not say, so that it must have as many as before.
  mutating func want(_ owner: OwnerReference, _ replicas: Int?) { wants[owner.uid] = replicas }

  mutating func forgetWanted() { wants = [:] }

  /// The owners of removed pods that have fewer Ready pods than before, or than they want. Pods of Jobs are not waited
  /// for: they end by themselves.
  func missing(for pods: [PodProgress]) -> [Gap] {
    var gaps: [Gap] = []
    var seen: Set<String> = []
    for pod in pods {
      guard let owner = pod.owner, owner.kind != "Job", pod.isRemoved, seen.insert(owner.uid).inserted else { continue }
      let ready = ready[owner.uid] ?? 0
      let before = before[owner.uid] ?? 0
      var gap = Gap(owner: owner, namespace: pod.pod.namespace, ready: ready, before: before)
      if let wants = wants[owner.uid] { gap.wanted = min(before, wants ?? before) }
      if !Self.saysWhatItWants(owner) { gap.wanted = before }
      if ready < gap.wanted ?? before { gaps.append(gap) }
    }
    return gaps
  }

  private static func saysWhatItWants(_ owner: OwnerReference) -> Bool {
    ["ReplicaSet", "StatefulSet", "ReplicationController"].contains(owner.kind)
      && builtInKind(apiVersion: owner.apiVersion, kind: owner.kind) != nil
  }
}

extension PodProgress {
  fileprivate var isRemoved: Bool {
    switch state {
    case .terminating, .ended(.removed), .ended(.absent): true
    default: false
    }
  }
}
