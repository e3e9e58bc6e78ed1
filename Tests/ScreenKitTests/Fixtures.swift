import DataFiles
import Expressions
import Kube

@testable import ScreenKit

enum Fixtures {
  static let now = Timestamp(seconds: 1_800_000_000)

  /// A file with the given lines behind what every screen of pods needs.
  static func screen(_ lines: String) -> String {
    """
    apiVersion: podmedic.dev/v1
    kind: Screen
    name: pods
    title: Pods
    resource: { versions: [v1], kind: Pod }
    \(lines)
    """
  }

  static let column = "columns: [{ id: name, header: NAME, value: metadata.name }]"

  /// The problems of a file as `line:column message`.
  static func problems(_ text: String) -> [String] {
    let embedded = [
      DataLayer.EmbeddedFile(path: "pods.yaml", text: screen(column)),
      DataLayer.EmbeddedFile(
        path: "nodes.yaml",
        text: """
          {apiVersion: podmedic.dev/v1, kind: Screen, name: nodes, title: Nodes, resource: {versions: [v1], kind: Node},
          columns: [{ id: name, header: NAME, value: metadata.name }]}
          """),
    ]
    return ScreenLint.problems(in: Array(text.utf8), file: "my.yaml", embedded: embedded, types: .builtIn).map {
      "\($0.line):\($0.column) \($0.message)"
    }
  }

  static func library(
    user: [String: String], embedded: [String: String], trustsEmbedded: Bool = false
  ) -> ScreenLibrary {
    var files = MemoryFileSystem()
    for (name, text) in user { files.files["/user/\(name)"] = Array(text.utf8) }
    let layers = [
      DataLayer(name: "user", source: .directory("/user")),
      DataLayer(name: "embedded", source: .embedded(embedded.map { .init(path: $0.key, text: $0.value) })),
    ]
    return ScreenLibrary(layers: layers, fileSystem: files, types: .builtIn, trustsEmbedded: trustsEmbedded)
  }
}
