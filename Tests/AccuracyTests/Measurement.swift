import ClusterState
import Diagnosis
import Kube

/// A cluster into which scenarios are put one after the other, as a dashboard that stays open sees them come and go.
struct Surroundings {
  let name: String
  private let state = ClusterState()
  private let engine: TriageEngine
  private let base: [String: any KubeObject]
  /// What is to be seen without any fault: the decoys are cordoned by plan and the like, which is worth a notice.
  let background: [String]

  init(_ name: String, _ objects: [any KubeObject]) {
    self.name = name
    for type in builtInKinds {
      let store = ObjectStore(resource: type.resource, coverage: .cluster)
      store.freshness = .live
      state.add(store)
    }
    engine = TriageEngine(state)
    var base: [String: any KubeObject] = [:]
    for object in objects { base[Self.key(object)] = object }
    self.base = base
    for object in objects { state.store(type(of: object).resource)?.put(object) }
    background = engine.diagnose(now: Bank.now).groups.map { "\($0.severity) \($0.identity)" }
  }

  private static func key(_ object: any KubeObject) -> String {
    "\(type(of: object).resource.kind) \(object.metadata.namespace)/\(object.metadata.name)"
  }

  /// What is said while these objects are in the cluster too, the background left out.
  func groups(with objects: [any KubeObject]) -> [FindingGroup] {
    for object in objects { state.store(type(of: object).resource)?.put(object) }
    let groups = engine.diagnose(now: Bank.now).groups
    for object in objects {
      let store = state.store(type(of: object).resource)
      if let old = base[Self.key(object)] { store?.put(old) } else { store?.remove(object) }
    }
    return groups.filter { !($0.severity == .notice && background.contains("notice \($0.identity)")) }
  }
}

extension FindingGroup {
  /// `pod.oom-killed Deployment shop/checkout`.
  var identity: String {
    "\(code.rawValue) \(owner.kind) \(owner.namespace.isEmpty ? "" : owner.namespace + "/")\(owner.name)"
  }
}

/// What came out for the scenarios in some surroundings.
struct Measurement {
  var name: String
  var faults = 0
  var first = 0
  var expected = 0
  var found = 0
  var extra = 0
  var silentTwins = 0
  var time: Duration = .zero
  /// What is not as it should be, a sentence each.
  var failures: [String] = []

  init(_ surroundings: Surroundings, _ scenarios: [Bank.Scenario]) {
    name = surroundings.name
    for entry in surroundings.background where !entry.hasPrefix("notice ") {
      extra += 1
      failures.append("\(name): without a fault says \(entry)")
    }
    let clock = ContinuousClock()
    for scenario in scenarios {
      var groups: [FindingGroup] = []
      time += clock.measure { groups = surroundings.groups(with: scenario.fault) }
      add(scenario, groups)
      let rest = surroundings.groups(with: scenario.healed)
      if rest.isEmpty { silentTwins += 1 }
      for group in rest { fail(scenario, "healed, yet it says \(Self.line(group))") }
    }
    let left = surroundings.groups(with: []).filter { group in
      !surroundings.background.contains("\(group.severity) \(group.identity)")
    }
    for group in left { failures.append("\(name): after all scenarios still says \(Self.line(group))") }
  }

  private mutating func add(_ scenario: Bank.Scenario, _ groups: [FindingGroup]) {
    faults += 1
    let wanted = scenario.expectations.map { "\($0.code) \($0.object)" }
    if let top = groups.first, wanted.contains(top.identity) {
      first += 1
    } else {
      fail(scenario, "says first \(groups.first.map(Self.line) ?? "nothing")")
    }
    for expectation in scenario.expectations {
      expected += 1
      guard let group = groups.first(where: { $0.identity == "\(expectation.code) \(expectation.object)" }) else {
        fail(scenario, "does not say \(expectation.code) about \(expectation.object)")
        continue
      }
      found += 1
      let sentence = group.summary(now: Bank.now)
      for fact in expectation.says where !sentence.contains(fact) {
        fail(scenario, "does not name \"\(fact)\": \(sentence)")
      }
      for text in expectation.silentAbout where sentence.contains(text) {
        fail(scenario, "blames \"\(text)\": \(sentence)")
      }
    }
    for group in groups where !wanted.contains(group.identity) {
      extra += 1
      fail(scenario, "says besides \(Self.line(group))")
    }
  }

  private mutating func fail(_ scenario: Bank.Scenario, _ text: String) {
    failures.append("\(name), \(scenario.name): \(text)")
  }

  private static func line(_ group: FindingGroup) -> String {
    "\(group.severity) \(group.identity): \(group.summary(now: Bank.now))"
  }

  /// A row of the table.
  var cells: [String] {
    func share(_ part: Int, _ whole: Int) -> String {
      let tenths = whole == 0 ? 0 : part * 1000 / whole
      return "\(tenths / 10).\(tenths % 10) % (\(part)/\(whole))"
    }
    let each = time / max(1, faults)
    let microseconds = each.components.seconds * 1_000_000 + each.components.attoseconds / 1_000_000_000_000
    return [
      name, share(first, faults), share(found, found + extra), share(found, expected), share(silentTwins, faults),
      "\(microseconds / 1000).\(microseconds % 1000 / 100) ms",
    ]
  }

  /// The rows of a table under their heads.
  static func table(_ measurements: [Measurement]) -> String {
    let rows =
      [["surroundings", "top-1", "precision", "recall", "silent twins", "time per diagnosis"]]
      + measurements.map(\.cells)
    let widths = (0..<6).map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: "  ")
    }.joined(separator: "\n")
  }
}
