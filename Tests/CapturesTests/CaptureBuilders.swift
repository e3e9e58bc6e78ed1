import Foundation

/// A folder with files, gone when it is let go of.
final class Folder: Sendable {
  let path: String

  init(_ files: [String: String] = [:]) throws {
    path = NSTemporaryDirectory() + "captures-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    for (name, text) in files { try write(name, Data(text.utf8)) }
  }

  func write(_ name: String, _ data: Data) throws {
    let url = URL(fileURLWithPath: "\(path)/\(name)")
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: url)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// A pod as JSON.
func podText(_ name: String, _ namespace: String = "shop", version: String = "1", kind: Bool = true) -> String {
  let head = kind ? #""apiVersion":"v1","kind":"Pod","# : ""
  return #"{\#(head)"metadata":{"name":"\#(name)","namespace":"\#(namespace)","resourceVersion":"\#(version)"}}"#
}

/// A list as JSON.
func listText(_ items: String..., kind: String = "List") -> String {
  #"{"apiVersion":"v1","items":[\#(items.joined(separator: ","))],"kind":"\#(kind)","metadata":{}}"#
}
