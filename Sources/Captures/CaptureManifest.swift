import Kube

/// `capture.json`: what a capture says about itself.
public struct CaptureManifest: Sendable, Equatable {
  static let kind = "Capture"
  /// When the capture was taken.
  public var time: Timestamp?
  /// The answer of `/version`.
  public var serverVersion: JSONValue?
  /// The namespace that it was confined to; nil for all.
  public var namespace: String?
  /// Kinds that were not read, with the reason, by qualified name.
  public var refusals: [String: String] = [:]
  /// Whether the lines of the logs begin with their times.
  public var logTimes = false

  /// Of all namespaces, and nothing left out.
  public init(time: Timestamp, serverVersion: JSONValue) {
    self.time = time
    self.serverVersion = serverVersion
  }

  init(_ json: JSONValue) {
    time = json["time"]?.string.flatMap { Timestamp($0) }
    switch json["serverVersion"] {
    case .string(let text)?: serverVersion = ServerVersionAnswer.answer(text)
    case .object?: serverVersion = json["serverVersion"]
    default: serverVersion = nil
    }
    namespace = json["namespace"]?.string.flatMap { $0.isEmpty ? nil : $0 }
    for entry in json["notRead"]?.array ?? [] {
      guard let resource = entry["resource"]?.string else { continue }
      refusals[resource] = entry["reason"]?.string ?? "no reason is given"
    }
    logTimes = json["logTimes"]?.bool ?? false
  }

  /// The file's contents.
  public var json: JSONValue {
    var json: JSONValue = ["apiVersion": "podmedic.dev/v1", "kind": .string(Self.kind)]
    json["time"] = time.map { .string($0.description) }
    json["serverVersion"] = serverVersion
    json["namespace"] = namespace.map { .string($0) }
    json["logTimes"] = .bool(logTimes)
    json["notRead"] = .array(
      refusals.sorted { $0.key < $1.key }.map { ["resource": .string($0.key), "reason": .string($0.value)] })
    return json
  }
}

/// What `/version` answers.
enum ServerVersionAnswer {
  /// What is assumed of a capture that does not say.
  static let newestKnown = answer("v1.36.0")

  /// The answer of a server with a version such as `1.36`, `v1.30.4` or `v1.30.4-gke.1348000`; nil when it is none.
  static func parse(_ text: String) -> JSONValue? {
    let parts = text.drop { $0 == "v" }.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count >= 2, Int(parts[0]) != nil, parts[1].first?.isNumber == true else { return nil }
    return answer(text)
  }

  /// The minor version in `v1.30.4-eks-1`; nil where there is none of Kubernetes 1.
  static func minor(_ text: String) -> Int? {
    let parts = text.split(separator: ".", maxSplits: 2)
    guard parts.count > 1, parts[0] == "v1" else { return nil }
    return Int(parts[1].prefix { $0.isASCII && $0.isNumber })
  }

  static func answer(_ text: String) -> JSONValue {
    let parts = text.drop { $0 == "v" }.split(separator: ".", maxSplits: 2).map(String.init)
    let full = parts.count == 2 ? parts + ["0"] : parts
    return [
      "major": .string(full.first ?? ""), "minor": .string(full.count > 1 ? full[1] : ""),
      "gitVersion": .string("v" + full.joined(separator: ".")),
    ]
  }
}
