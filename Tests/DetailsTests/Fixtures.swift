import ClusterState
import Diagnosis
import Kube
import Testing

@testable import Details

/// The moment of all fixtures.
let now = Timestamp(seconds: 1_800_000_000)  // 2027-01-15T08:00:00Z

/// `now` moved back, as RFC 3339.
func ago(_ seconds: Int64) -> String { Timestamp(seconds: now.seconds - seconds).description }

/// A cluster of known objects; the kinds given are read to the end.
func cluster(_ objects: [any KubeObject] = [], read: [any KubeObject.Type] = []) -> ClusterState {
  let cluster = ClusterState()
  for type in read {
    let store = ObjectStore(resource: type.resource, coverage: .cluster)
    store.freshness = .live
    cluster.add(store)
  }
  for object in objects {
    let resource = type(of: object).resource
    if cluster.store(resource) == nil { cluster.add(ObjectStore(resource: resource, coverage: .cluster)) }
    cluster.store(resource)?.put(object)
  }
  return cluster
}

/// An object of a built-in kind out of JSON text.
func decode<Object: KubeObject>(_ type: Object.Type, _ json: String) throws -> Object {
  let bytes = Array(json.utf8)
  return try bytes.withUnsafeBufferPointer { bytes in
    var reader = JSONReader(UnsafeRawBufferPointer(bytes), pool: StringPool(capacity: 64))
    return try Object(json: &reader)
  }
}

/// The page of an object out of JSON text.
func details(
  _ json: String, _ resource: Resource, in cluster: ClusterState = ClusterState(), findings: [Finding] = []
) throws -> ObjectDetails {
  ObjectDetails(
    object: try JSONValue(parsing: json), resource: resource, cluster: cluster, findings: findings, now: now)
}

extension ObjectDetails {
  /// The section with a title as text, without the title; "" when there is none.
  func text(of title: String, width: Int? = nil) -> String {
    let text = ObjectDetails(sections: sections.filter { $0.title == title }).plainText(width: width)
    return text.split(separator: "\n", omittingEmptySubsequences: false).dropFirst().joined(separator: "\n")
  }

  /// Where the sections with these titles come.
  var titles: [String] { sections.map(\.title) }
}
