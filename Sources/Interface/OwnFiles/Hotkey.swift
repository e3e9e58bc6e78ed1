import Kube
import Terminal

/// A key of a person's own that runs what could be typed behind `:`.
public struct Hotkey: Sendable, Equatable {
  /// The key.
  public var key: Key
  /// What help says about it.
  public var description: String
  /// What it runs; `$NAME` and the like stand for what the cursor is on.
  public var command: String
  /// Whether esc leads back to where it was pressed; else the screen takes the place of all others.
  public var keepsHistory: Bool

  /// The words that may stand behind `$`, as in k9s' files.
  static let variables: Set<String> = [
    "NAMESPACE", "NAME", "RESOURCE_NAME", "CONTAINER", "FILTER", "CONTEXT", "CLUSTER", "USER",
  ]

  /// The words behind `$` in a command.
  static func variables(in command: String) -> [String] {
    command.split(separator: "$", omittingEmptySubsequences: false).dropFirst().map {
      String($0.prefix { $0.isASCII && ($0.isLetter || $0.isNumber) || $0 == "_" })
    }
  }

  /// The command with its variables filled in; the name of the first one for which there is no value instead.
  func filled(_ value: (String) -> String?) -> Result<String, MissingVariable> {
    var parts = command.split(separator: "$", omittingEmptySubsequences: false)
    var text = String(parts.removeFirst())
    for (name, part) in zip(Self.variables(in: command), parts) {
      guard let value = value(name) else { return .failure(MissingVariable(name: name)) }
      text += value + part.dropFirst(name.count)
    }
    return .success(text)
  }

  /// A variable that stands for nothing here.
  struct MissingVariable: Error {
    var name: String
  }
}

extension Interface {
  /// Runs a person's own key; nil when there is none, or not on this page.
  func runHotkey(_ key: Key) -> [Effect]? {
    // A remedy asks; no key but its own may answer.
    guard let hotkey = hotkeys.first(where: { $0.key == key }), page?.remedy == nil else { return nil }
    let table = page?.table
    let object = table?.current.flatMap { table?.source.object($0) }
    let filled = hotkey.filled { name in
      switch name {
      case "NAMESPACE": object.map { $0.namespace.isEmpty ? "all" : $0.namespace } ?? namespace ?? "all"
      case "NAME": object?.name
      case "RESOURCE_NAME": object?.resource.plural
      case "CONTAINER": object?.container
      case "FILTER": table?.filter?.text
      case "CONTEXT": session.context
      case "CLUSTER": session.cluster
      case "USER": session.user
      default: nil
      }
    }
    switch filled {
    case .success(let command): return open(command, replacing: !hotkey.keepsHistory)
    case .failure(let missing):
      show("\(hotkey.key) needs $\(missing.name), and there is none here", role: .warning)
      return []
    }
  }
}
