import Kube

@testable import Expressions

/// A record with a field of every type.
struct Sample: KubeRecord {
  var name = ""
  var count = 0
  var limit: Int?
  var isOn = false
  var started: Timestamp?
  var memory: Quantity?
  var port: IntOrString?
  var labels: SmallMap<String> = [:]
  var words: [String] = []
  var parts: [Part] = []
  var metadata = ObjectMeta()

  struct Part: KubeRecord {
    var name = ""
    var restarts = 0
    static let schema = Schema<Part>([.string(1, "name", \.name), .int(2, "restarts", \.restarts)])
  }

  static let schema = Schema<Sample>([
    .string(1, "name", \.name), .int(2, "count", \.count), .int(3, "limit", \.limit), .bool(4, "isOn", \.isOn),
    .time(5, "started", \.started), .quantity(6, "memory", \.memory), .intOrString(7, "port", \.port),
    .stringMap(8, "labels", \.labels), .strings(9, "words", \.words), .records(10, "parts", \.parts),
    .record(11, "metadata", \.metadata),
  ])

  static let now = Timestamp(seconds: 1_800_000_000)

  static var typical: Sample {
    var sample = Sample()
    sample.name = "web-1"
    sample.count = 7
    sample.started = now.advanced(by: .seconds(-300))
    sample.memory = Quantity("512Mi")
    sample.port = .string("http")
    sample.labels = ["app": "web", "tier": "front"]
    sample.words = ["a", "b", "ü"]
    var first = Part()
    first.name = "main"
    first.restarts = 2
    var second = Part()
    second.name = "side"
    second.restarts = 5
    sample.parts = [first, second]
    return sample
  }

  static let scope = Scope(
    object: .record(Sample.self),
    names: ["usage": .quantity, "anything": .any, "ratio": .double, "wait": .duration])

  static var bindings: Bindings {
    Bindings(
      object: .record(typical),
      names: [
        "usage": .unknown("metrics are not served"), "anything": .value(.map(["x": .int(1), "s": .string("t")])),
        "ratio": .value(.double(0.5)), "wait": .value(.duration(.seconds(90))),
      ])
  }
}

/// The value of an expression over the typical sample, as text; `unknown: …` when it cannot be told.
func evaluated(_ source: String) throws -> String {
  let expression = try Expression(parsing: source)
  _ = try expression.check(in: Sample.scope)
  return switch expression.evaluate(Sample.bindings, now: Sample.now) {
  case .value(let value): value.quoted
  case .unknown(let reason): "unknown: \(reason)"
  }
}

/// A small generator whose numbers follow from its seed.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed &* 2_862_933_555_777_941_757 &+ 3_037_000_493 }
  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }
}
