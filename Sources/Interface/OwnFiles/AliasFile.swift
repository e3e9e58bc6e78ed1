import DataFiles

/// A person's own words for what can be typed behind `:`, in the form of k9s' `aliases.yaml`:
///
///     aliases:
///       dp: apps/v1/deployments
///       bad: pods shop /crash
public struct AliasFile: Sendable {
  /// What each word stands for, as it can be typed behind `:`.
  public private(set) var aliases: [String: String] = [:]
  /// What is wrong with the file; the rest of it counts.
  public private(set) var problems: [DataProblem] = []

  /// Reads `podmedic/aliases.yaml` where a person's configuration lies; a file that is not there names nothing.
  public static func load(_ directories: XDGDirectories, _ fileSystem: any FileSystem) -> AliasFile {
    var none = AliasFile([], file: "")
    do throws(DataProblem) {
      guard let (path, bytes) = try OwnFile.read("aliases.yaml", directories, fileSystem) else { return none }
      return AliasFile(bytes, file: path)
    } catch {
      none.problems = [error]
      return none
    }
  }

  /// Reads the text of a file.
  public init(_ bytes: [UInt8], file: String) {
    let root: DataNode
    do throws(DataProblem) {
      guard let document = try YAMLFile.onlyDocument(bytes, file: file), !document.isNull else { return }
      root = document
    } catch {
      problems = [error]
      return
    }
    let reader = DataReader()
    if let words = reader.fields(root, known: ["aliases"])?["aliases"] {
      for entry in reader.mapping(words) ?? [] {
        guard let text = reader.string(entry.value) else { continue }
        if entry.key.isEmpty || entry.key.contains(" ") {
          reader.report("\(Printable.quoted(entry.key)) is no word that can be typed", at: entry.position)
        } else if Self.reserved.contains(entry.key.lowercased()) {
          reader.report("\(Printable.quoted(entry.key)) cannot mean anything else", at: entry.position)
        } else {
          aliases[entry.key.lowercased()] = Self.command(text)
        }
      }
    }
    problems = reader.problems
  }

  /// A file of aliases must not lock anybody in.
  private static let reserved: Set<String> = ["q", "q!", "quit", "exit", "qa", "?", "h", "help"]

  /// `apps/v1/deployments` and `v1/pods` are what k9s calls kinds; kubectl says `deployments.v1.apps` and `pods`.
  private static func command(_ text: String) -> String {
    var words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    guard let first = words.first, !first.hasPrefix("/") else { return text }
    let parts = first.split(separator: "/").map(String.init)
    switch parts.count {
    case 2: words[0] = parts[1]
    case 3: words[0] = "\(parts[2]).\(parts[1]).\(parts[0])"
    default: break
    }
    return words.joined(separator: " ")
  }
}

extension Interface {
  /// What was typed, with an alias at its beginning replaced by what it stands for. Aliases of aliases are not meant:
  /// two that name each other would never end.
  func withoutAlias(_ text: String) -> String {
    let words = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
    guard let first = words.first, let meant = aliases[first.lowercased()] else { return text }
    return words.count > 1 ? "\(meant) \(words[1])" : meant
  }
}
