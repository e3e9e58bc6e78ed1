/// Where in a capture a file is.
struct CaptureFile: Sendable {
  /// The folders and the file's name, below the path that was given.
  let parts: [String]

  /// From a relative path; dots and empty parts are dropped.
  init(_ path: String) {
    parts = path.split(separator: "/").filter { $0 != "." }.map(String.init)
  }

  /// The file's name.
  var name: String { parts.last ?? "" }
  /// The folder that it is in; nil at the top.
  var folder: String? { parts.count > 1 ? parts[parts.count - 2] : nil }
  /// The path of the folder that it is in.
  var folderPath: String { parts.dropLast().joined(separator: "/") }
  /// The path of the folder above the one that it is in.
  var above: String { parts.dropLast(2).joined(separator: "/") }
  /// The name without what follows the first dot.
  var stem: String { String(name.prefix { $0 != "." }) }

  /// Whether the name says that there are objects in it.
  var isNamedAsObjects: Bool { [".json", ".yaml", ".yml", ".jsonl"].contains { name.lowercased().hasSuffix($0) } }
  /// Whether the name says that there is YAML in it.
  var isNamedAsYAML: Bool { [".yaml", ".yml"].contains { name.lowercased().hasSuffix($0) } }
}
