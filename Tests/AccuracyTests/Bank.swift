import ClusterState
import DataFiles
import Foundation
import Kube

/// The scenario bank in Tests/Accuracy.
struct Bank {
  /// What has to be said about a fault.
  struct Expectation {
    /// The code of the finding.
    var code: String
    /// `Deployment shop/checkout`: what has to be mended.
    var object: String
    /// Facts that the sentence must have.
    var says: [String]
    /// What the sentence must not blame.
    var silentAbout: [String]
  }

  /// A fault and its healed twin.
  struct Scenario {
    var name: String
    var fault: [any KubeObject]
    var healed: [any KubeObject]
    var expectations: [Expectation]
  }

  /// The moment at which all of it takes place.
  static let now = Timestamp("2026-06-01T12:00:00Z") ?? Timestamp(seconds: 0)
  /// The nodes, namespaces and storage classes that every scenario has unless it has its own.
  let cluster: [any KubeObject]
  /// What looks like trouble and is none.
  let decoys: [any KubeObject]
  /// The faults by name.
  let scenarios: [Scenario]

  private static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Accuracy")

  /// The names of the folders.
  static let names: [String] = {
    let contents = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
    return (contents ?? []).filter { !$0.contains(".") }.sorted()
  }()

  /// Reads all of it.
  static func read() throws -> Bank {
    Bank(
      cluster: try objects("cluster.yaml"), decoys: try objects("decoys.yaml"), scenarios: try names.map(scenario))
  }

  /// Reads one scenario.
  static func scenario(_ name: String) throws -> Scenario {
    let expect = try documents("\(name)/expect.yaml").first ?? .null
    let expectations = (expect["findings"]?.array ?? []).map { finding in
      Expectation(
        code: finding["code"]?.string ?? "", object: finding["object"]?.string ?? "",
        says: (finding["says"]?.array ?? []).compactMap(\.string),
        silentAbout: (finding["silentAbout"]?.array ?? []).compactMap(\.string))
    }
    return Scenario(
      name: name, fault: try objects("\(name)/fault.yaml"), healed: try objects("\(name)/healed.yaml"),
      expectations: expectations)
  }

  /// What is wrong with a file of the bank.
  struct Unreadable: Error, CustomStringConvertible {
    var description: String
  }

  /// The objects of a file; every one must be of a kind that podmedic knows.
  static func objects(_ file: String) throws -> [any KubeObject] {
    try documents(file).map { document in
      let kind = document["kind"]?.string ?? ""
      guard let type = builtInKinds.first(where: { $0.resource.kind == kind }) else {
        throw Unreadable(description: "\(file): unknown kind \"\(kind)\"")
      }
      return try object(type, document.bytes())
    }
  }

  private static func object<Object: KubeObject>(_ type: Object.Type, _ bytes: [UInt8]) throws -> any KubeObject {
    try bytes.withUnsafeBytes { bytes in
      var reader = JSONReader(bytes, pool: StringPool(capacity: 64))
      return try Object(json: &reader)
    }
  }

  private static func documents(_ file: String) throws -> [JSONValue] {
    let bytes = [UInt8](try Data(contentsOf: folder.appendingPathComponent(file)))
    let (documents, problem) = YAMLFile.json(bytes, file: file)
    if let problem { throw Unreadable(description: "\(problem)") }
    return try documents.map { document in
      try document.withUnsafeBytes { bytes in
        var reader = JSONReader(bytes, pool: StringPool(capacity: 64))
        return try JSONValue(json: &reader)
      }
    }
  }
}
