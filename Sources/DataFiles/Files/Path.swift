/// Paths as text, by the rules of Go's `path/filepath`, which kubectl follows; nothing here looks at the disk.
public enum Path {
  /// Whether a path begins at the root.
  public static func isAbsolute(_ path: String) -> Bool { path.utf8.first == 0x2F }

  /// The path without `.`, `..` and doubled or trailing slashes where they can be taken away; `.` when nothing is left.
  public static func clean(_ path: String) -> String {
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part != ".." {
        parts.append(part)
      } else if let last = parts.last, last != ".." {
        parts.removeLast()
      } else if !isAbsolute(path) {
        parts.append(part)
      }
    }
    let joined = parts.joined(separator: "/")
    return isAbsolute(path) ? "/" + joined : joined.isEmpty ? "." : joined
  }

  /// `directory/path`, cleaned; an absolute `path` stays itself.
  public static func join(_ directory: String, _ path: String) -> String {
    isAbsolute(path) || directory.isEmpty ? clean(path) : clean(directory + "/" + path)
  }

  /// The directory that holds the path; `.` for a bare name.
  public static func directory(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : clean(String(path[..<slash]))
  }

  /// The last part of the path.
  public static func name(of path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }
}
