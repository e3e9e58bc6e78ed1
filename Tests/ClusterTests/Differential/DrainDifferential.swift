import ClusterState
import Foundation
import Kube
import KubeClient
import Session
import Synchronization
import TestSupport

/// Drains equal nodes with the real kubectl and with podmedic, and compares what they say and what is left.
final class DrainDifferential {
  private(set) var cases = 0
  private(set) var refused = 0
  private(set) var failed = 0
  private(set) var retries = 0
  private(set) var differences: [String] = []

  private let live: LiveSession
  private let cluster: ControlPlane
  private let lanes: Int
  private let folder: TemporaryFolder

  private enum Tool: String, CaseIterable { case kubectl = "k", podmedic = "p" }

  private init(_ cluster: ControlPlane, _ live: LiveSession, lanes: Int) throws {
    self.cluster = cluster
    self.live = live
    self.lanes = lanes
    folder = try TemporaryFolder()
  }

  private static let kinds: [Resource] = [
    Node.resource, Pod.resource, DaemonSet.resource, PodDisruptionBudget.resources[1],
  ]

  /// A control plane of its own, in which nothing but the API server acts: controllers would adopt, collect and replace.
  static func start(lanes: Int = 8) async throws -> (ControlPlane, DrainDifferential) {
    let cluster = try await ControlPlane.start()
    let names = (0..<lanes).flatMap { lane in
      Tool.allCases.flatMap { tool in ["a", "b"].map { "\(tool.rawValue)\(lane)-\($0)" } }
    }
    for name in names { try await cluster.kubectl("create", "namespace", name) }
    for name in names {
      try await eventually("the service account of \(name) has no token") {
        try await !cluster.kubectlResult(
          ["-n", name, "get", "serviceaccount", "default", "-o", "jsonpath={.secrets[*].name}"]
        ).output.isEmpty
      }
    }
    try await cluster.stop(.controllerManager)
    try await cluster.stop(.scheduler)
    let live = try LiveSession(cluster)
    try await live.discover()
    live.session.setNeeds(Set(kinds.map { Subscription($0) }))
    try await live.run(
      until: { kinds.allSatisfy { live.freshness($0) == .live } }, "not live: \(kinds.map { live.freshness($0) })")
    return (cluster, try DrainDifferential(cluster, live, lanes: lanes))
  }

  /// So many cases, one for each seed, some at a time. What differs is tried twice more, alone: a machine that was busy
  /// is no difference, and pods that end before a command has begun are.
  func run(seed: UInt64, cases: Int) async throws {
    var next = seed
    while next < seed + UInt64(cases), differences.count < 10 {
      let seeds = Array(next..<min(next + UInt64(lanes), seed + UInt64(cases)))
      var open: [(seed: UInt64, difference: String)] = try await runAgainWhenBusy(seeds)
      for _ in 0..<2 where !open.isEmpty {
        retries += open.count
        var left: [(UInt64, String)] = []
        for entry in open { left += try await runAgainWhenBusy([entry.seed], slowKubelets: .seconds(10)) }
        open = left
      }
      differences += open.map { "seed \($0.seed): \($0.difference)" }
      next += UInt64(seeds.count)
      self.cases += seeds.count
    }
  }

  /// The API server of a busy machine may be too late for the requests of the test itself.
  private func runAgainWhenBusy(
    _ seeds: [UInt64], slowKubelets delay: Duration = .seconds(1.5)
  ) async throws -> [(seed: UInt64, difference: String)] {
    for _ in 0..<2 {
      do {
        return try await run(seeds, slowKubelets: delay)
      } catch is NotSoInTime {
        retries += seeds.count
        try await clear()
      }
    }
    return try await run(seeds, slowKubelets: delay)
  }

  /// One case in each lane; answers those that differ.
  private func run(
    _ seeds: [UInt64], slowKubelets delay: Duration
  ) async throws -> [(seed: UInt64, difference: String)] {
    let drains = seeds.map(RandomDrain.init)
    try await create(drains)
    // Deletions of a second must be overdue by more than a second.
    if drains.contains(where: { $0.flags.contains { $0.hasPrefix("--skip-wait") } }) { await live.run(seconds: 3.5) }
    let results = Results()
    let started = ContinuousClock.now
    for (lane, drain) in drains.enumerated() {
      for tool in Tool.allCases { start(drain, lane, tool, results) }
    }
    try await live.run(
      until: {
        actAsKubelet(since: started, slow: delay)
        return results.count == 2 * drains.count
      }, seconds: 170, "not all drains end: seeds \(seeds)")
    for kind in [Pod.resource, Node.resource] { try await live.converge(kind) }
    var found: [(UInt64, String)] = []
    for (lane, drain) in drains.enumerated() {
      if let difference = try difference(drain, lane, results) { found.append((drain.seed, difference)) }
    }
    try await clear()
    return found
  }

  private func start(_ drain: RandomDrain, _ lane: Int, _ tool: Tool, _ results: Results) {
    let flags = drain.flags.map { name($0, lane, tool) } + drain.nodes.map { name($0, lane, tool) }
    let cluster = cluster
    let state = folder.url.path
    let key = "\(tool.rawValue)\(lane)"
    Task {
      let result: Result<CommandResult, any Error>
      do {
        switch tool {
        case .kubectl:
          result = .success(try await cluster.kubectlResult(["drain"] + flags, version: .current, seconds: 150))
        case .podmedic:
          let environment = ["XDG_STATE_HOME": state, "XDG_CONFIG_HOME": state, "NO_PROXY": "*"]
          result = .success(
            try await TestSupport.run(
              [BuiltProgram.podmedic, "drain", "--kubeconfig", cluster.adminConfig.path] + flags,
              environment: environment, seconds: 150))
        }
      } catch {
        result = .failure(error)
      }
      results.put(key, result)
    }
  }

  private func name(_ text: String, _ lane: Int, _ tool: Tool) -> String {
    text.replacing(RandomDrain.prefix, with: "\(tool.rawValue)\(lane)-")
  }

  // MARK: Comparing

  private func difference(_ drain: RandomDrain, _ lane: Int, _ results: Results) throws -> String? {
    let transcripts = try Tool.allCases.map { tool in
      DrainTranscript(try results.get("\(tool.rawValue)\(lane)"), prefix: "\(tool.rawValue)\(lane)-")
    }
    let left = Tool.allCases.map { state(lane, $0) }
    if transcripts[0].lines.contains(where: { $0.contains("cannot delete") }) { refused += 1 }
    if transcripts[0].status != 0 { failed += 1 }
    guard transcripts[0] != transcripts[1] || left[0] != left[1] else { return nil }
    return """
      \(drain.flags.joined(separator: " "))
      kubectl: \(transcripts[0])
      podmedic: \(transcripts[1])
      left by kubectl: \(left[0])
      left by podmedic: \(left[1])
      """
  }

  /// Which nodes are cordoned and which pods are there, or going.
  private func state(_ lane: Int, _ tool: Tool) -> [String] {
    let prefix = "\(tool.rawValue)\(lane)-"
    var lines: [String] = []
    live.state.store(of: Node.self)?.forEach { object in
      guard let node = object as? Node, node.metadata.name.hasPrefix(prefix) else { return }
      lines.append("node \(node.metadata.name.dropFirst(prefix.count)) cordoned \(node.spec.unschedulable)")
    }
    live.state.store(of: Pod.self)?.forEach { object in
      guard let pod = object as? Pod, pod.metadata.namespace.hasPrefix(prefix) else { return }
      let name = "\(pod.metadata.namespace.dropFirst(prefix.count))/\(pod.metadata.name)"
      lines.append("pod \(name) going \(pod.isBeingDeleted)")
    }
    return lines.sorted()
  }

  // MARK: The world

  private func create(_ drains: [RandomDrain]) async throws {
    var objects: [(object: RandomDrain.Object, namespace: String?, name: String, json: JSONValue)] = []
    for (lane, drain) in drains.enumerated() {
      for tool in Tool.allCases {
        for object in drain.objects {
          let json = try JSONValue(parsing: name(object.json.text(), lane, tool))
          let namespace = object.namespace.map { "\(tool.rawValue)\(lane)-\($0)" }
          objects.append((object, namespace, json[path: "metadata", "name"]?.string ?? "", json))
        }
      }
    }
    try await live.send(objects.map { .create($0.object.resource, namespace: $0.namespace, object: $0.json) })
    try await live.send(
      objects.compactMap { entry in
        entry.object.status.map {
          .patch(
            entry.object.resource, namespace: entry.namespace, name: entry.name, subresource: "status", kind: .merge,
            patch: ["status": $0])
        }
      })
    try await live.send(
      objects.compactMap { entry in
        entry.object.deletion.map {
          .delete(entry.object.resource, namespace: entry.namespace, name: entry.name, gracePeriodSeconds: $0)
        }
      })
    for kind in Self.kinds { try await live.converge(kind) }
  }

  private var ended: Set<String> = []

  /// Ends pods that have been told to, as their kubelets would: slow ones so long after the commands were started.
  private func actAsKubelet(since started: ContinuousClock.Instant, slow delay: Duration) {
    let isLate = ContinuousClock.now - started > delay
    live.state.store(of: Pod.self)?.forEach { object in
      guard let pod = object as? Pod, pod.isBeingDeleted,
        let kubelet = RandomDrain.Kubelet(rawValue: pod.metadata.labels["kubelet"] ?? ""), kubelet != .stuck,
        kubelet == .fast || isLate, ended.insert(pod.metadata.uid).inserted
      else { return }
      var options = ChangeOptions()
      options.uid = pod.metadata.uid
      // Should it be refused, the drain does not end, which shows.
      live.session.client.send(
        .delete(
          Pod.resource, namespace: pod.metadata.namespace, name: pod.metadata.name, gracePeriodSeconds: 0, options)
      ) { _ in }
    }
  }

  private func clear() async throws {
    for kind in Self.kinds {
      var requests: [[APIRequest]] = []
      live.state.store(kind)?.forEach { object in
        let namespace = kind.isNamespaced ? object.metadata.namespace : nil
        let name = object.metadata.name
        requests.append([
          .patch(kind, namespace: namespace, name: name, kind: .merge, patch: ["metadata": ["finalizers": nil]]),
          .delete(kind, namespace: namespace, name: name, gracePeriodSeconds: 0),
        ])
      }
      try await live.send(requests.map { $0[0] }, mayFail: true)
      try await live.send(requests.map { $0[1] }, mayFail: true)
    }
    try await live.run(
      until: { Self.kinds.allSatisfy { live.state.store($0)?.count == 0 } }, seconds: 20, "not everything goes")
  }
}

/// What the commands said.
private final class Results: Sendable {
  private let results = Mutex<[String: Result<CommandResult, any Error>]>([:])

  var count: Int { results.withLock { $0.count } }

  func put(_ key: String, _ result: Result<CommandResult, any Error>) { results.withLock { $0[key] = result } }

  func get(_ key: String) throws -> CommandResult {
    guard let result = results.withLock({ $0[key] }) else { throw NotSoInTime(description: "no result of \(key)") }
    return try result.get()
  }
}

/// The programs that were built together with the tests.
enum BuiltProgram {
  static let podmedic: String = {
    let own = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? "/proc/self/exe"
    return URL(fileURLWithPath: own).resolvingSymlinksInPath().deletingLastPathComponent().path + "/podmedic"
  }()
}
