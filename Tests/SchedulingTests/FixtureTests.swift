import ClusterState
import Foundation
import Kube
import Scheduling
import Testing

/// Pods about which the real scheduler and podmedic once disagreed, as the differential test kept them: what the
/// scheduler of 1.20 said of them, and the cluster in which it said so.
@Suite struct FixtureTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures")
  private static let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
    .filter { $0.hasSuffix(".json") }.sorted()

  @Test func thereAreFixtures() { #expect(!Self.names.isEmpty) }

  @Test(arguments: names) func theSchedulerWasRight(_ name: String) throws {
    let text = try String(contentsOf: Self.folder.appendingPathComponent(name), encoding: .utf8)
    let fixture = try JSONValue(parsing: text)
    var snapshot = ClusterSnapshot(rules: .kubernetes120)
    let objects = try #require(fixture["objects"])
    for node in try all(Node.self, objects) { snapshot.put(node) }
    for pod in try all(Pod.self, objects) { snapshot.put(pod) }
    for namespace in try all(Namespace.self, objects) { snapshot.put(namespace) }
    for claim in try all(PersistentVolumeClaim.self, objects) { snapshot.put(claim) }
    for volume in try all(PersistentVolume.self, objects) { snapshot.put(volume) }
    for storageClass in try all(StorageClass.self, objects) { snapshot.put(storageClass) }
    for node in try all(CSINode.self, objects) { snapshot.put(node) }
    let pod = try decode(Pod.self, try #require(fixture["pod"]))

    let report = snapshot.explain(pod)
    let node = fixture["node"]?.string ?? ""
    if node.isEmpty {
      #expect(report.message == fixture["message"]?.string)
    } else {
      #expect(report.fitting.map(\.name).contains(node))
    }
  }

  private func all<Object: KubeObject>(_ type: Object.Type, _ objects: JSONValue) throws -> [Object] {
    try (objects[Object.resource.kind]?.array ?? []).map { try decode(type, $0) }
  }

  private func decode<Object: KubeObject>(_ type: Object.Type, _ json: JSONValue) throws -> Object {
    try json.bytes().withUnsafeBytes { bytes in
      var reader = JSONReader(bytes, pool: StringPool())
      return try Object(json: &reader)
    }
  }
}
