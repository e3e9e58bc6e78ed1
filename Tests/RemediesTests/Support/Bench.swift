import ClusterState
import Kube
import Testing

@testable import Remedies

/// Some objects as JSON, in stores that are read to the end.
struct Bench {
  static let now = Timestamp(seconds: 1_780_000_000)
  let state = ClusterState()
  private(set) var objects: [String: JSONValue] = [:]
  var now = Self.now
  var scene: RemedyScene { RemedyScene(state: state, catalog: .builtIn, now: now) }

  init(_ texts: String..., freshness: Freshness = .live) throws {
    for type in builtInKinds {
      let store = ObjectStore(resource: type.resource, coverage: .cluster)
      store.freshness = freshness
      state.add(store)
    }
    for text in texts { try put(text) }
  }

  /// Puts an object in, or in the place of its namesake.
  mutating func put(_ text: String) throws { try put(JSONValue(parsing: text)) }

  mutating func put(_ json: JSONValue) throws {
    let kind = try #require(json["kind"]?.string)
    let type = try #require(builtInKind(named: kind)?.type, "\(kind)")
    try put(type, json)
    objects[Self.key(kind, json[path: "metadata", "name"]?.string ?? "")] = json
  }

  private func put<Object: KubeObject>(_ type: Object.Type, _ json: JSONValue) throws {
    let bytes = json.bytes()
    try bytes.withUnsafeBytes { bytes in
      var reader = JSONReader(bytes, pool: StringPool(capacity: 64))
      state.store(of: type)?.put(try Object(json: &reader))
    }
  }

  /// Takes an object out.
  mutating func remove(_ kind: String, _ name: String) {
    let json = objects.removeValue(forKey: Self.key(kind, name))
    if let uid = json?[path: "metadata", "uid"]?.string, let type = builtInKind(named: kind)?.type {
      state.store(of: type)?.remove(uid: uid)
    }
  }

  private static func key(_ kind: String, _ name: String) -> String { "\(kind.lowercased())/\(name)" }

  /// A reference to `kind/name`.
  func reference(_ word: String) throws -> ObjectReference {
    let json = try #require(objects[word], "\(word)")
    var reference = ObjectReference()
    reference.kind = json["kind"]?.string ?? ""
    reference.apiVersion = json["apiVersion"]?.string ?? ""
    reference.name = json[path: "metadata", "name"]?.string ?? ""
    reference.namespace = json[path: "metadata", "namespace"]?.string ?? ""
    reference.uid = json[path: "metadata", "uid"]?.string ?? ""
    return reference
  }

  /// The object that a reference names.
  func object(_ reference: ObjectReference) -> JSONValue? { objects[Self.key(reference.kind, reference.name)] }

  /// Works an order out.
  func make(_ name: RemedyName, _ word: String, _ parameters: [String: String] = [:]) throws -> Remedy {
    try make(RemedyOrder(name, reference(word), parameters))
  }

  /// Works an order out.
  func make(_ order: RemedyOrder) throws -> Remedy {
    let reads = try Remedy.reads(for: order, in: scene)
    return try Remedy.make(order, from: reads.compactMap(object), in: scene)
  }

  /// Why an order is refused.
  func refusal(_ name: RemedyName, _ word: String, _ parameters: [String: String] = [:]) throws -> RemedyRefusal {
    let order = RemedyOrder(name, try reference(word), parameters)
    do {
      let remedy = try make(order)
      Issue.record("\(remedy.title) is not refused")
      return RemedyRefusal(.order, "")
    } catch let refusal as RemedyRefusal {
      return refusal
    }
  }
}

extension Remedy {
  /// The texts of the consequences of a weight.
  func texts(_ weight: Consequence.Weight) -> String {
    consequences.filter { $0.weight == weight }.map(\.text).joined(separator: "; ")
  }

  /// The patch, without the precondition.
  var patch: String {
    guard case .patch(let operations)? = steps.first?.change else { return "" }
    return String(decoding: JSONValue.array(Array(operations.dropFirst())).bytes(), as: UTF8.self)
  }
}
