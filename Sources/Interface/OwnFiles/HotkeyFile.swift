import DataFiles
import Terminal

/// A person's own keys, in the form of k9s' `hotkeys.yaml`:
///
///     hotKeys:
///       crashing:
///         shortCut: Shift-1
///         description: Pods that crash
///         command: pods all /CrashLoop
public struct HotkeyFile: Sendable {
  /// The keys, in the order of the file.
  public private(set) var hotkeys: [Hotkey] = []
  /// What is wrong with the file; the rest of it counts.
  public private(set) var problems: [DataProblem] = []

  /// Reads `podmedic/hotkeys.yaml` where a person's configuration lies; a file that is not there names no key.
  public static func load(_ directories: XDGDirectories, _ fileSystem: any FileSystem) -> HotkeyFile {
    var none = HotkeyFile([], file: "")
    do throws(DataProblem) {
      guard let (path, bytes) = try OwnFile.read("hotkeys.yaml", directories, fileSystem) else { return none }
      return HotkeyFile(bytes, file: path)
    } catch {
      none.problems = [error]
      return none
    }
  }

  /// Reads the text of a file.
  public init(_ bytes: [UInt8], file: String) {
    let reader = DataReader()
    do throws(DataProblem) {
      guard let root = try YAMLFile.onlyDocument(bytes, file: file), !root.isNull else { return }
      if let entries = reader.fields(root, known: ["hotKeys"])?["hotKeys"] {
        for entry in reader.mapping(entries) ?? [] { take(entry.value, reader) }
      }
    } catch {
      problems = [error]
      return
    }
    problems = reader.problems
  }

  private mutating func take(_ node: DataNode, _ reader: DataReader) {
    guard
      let fields = reader.fields(
        node, known: ["description", "override", "keepHistory"], required: ["shortCut", "command"]),
      let keyNode = fields["shortCut"], let commandNode = fields["command"], let notation = reader.string(keyNode),
      let command = reader.string(commandNode)
    else { return }
    guard let key = Self.key(notation) else {
      return reader.report(
        "\(Printable.quoted(notation)) is no key such as Shift-1, Ctrl-U, Alt-P or F5", at: keyNode)
    }
    let overrides = fields["override"].flatMap { reader.bool($0) } ?? false
    if let trouble = Self.trouble(with: key, overrides: overrides) { return reader.report(trouble, at: keyNode) }
    if hotkeys.contains(where: { $0.key == key }) {
      return reader.report("\(key) is a hotkey already", at: keyNode)
    }
    let text = Substring(command).drop { $0 == ":" || $0 == " " }
    if text.isEmpty { return reader.report("the command is empty", at: commandNode) }
    for variable in Hotkey.variables(in: command)
    where !Hotkey.variables.contains(variable) && Hotkey.column(of: variable) == nil {
      let hint = Suggestion.phrase(for: variable, among: Hotkey.variables)
      return reader.report("there is no variable \(Printable.quoted("$" + variable))\(hint)", at: commandNode)
    }
    hotkeys.append(
      Hotkey(
        key: key, description: fields["description"].flatMap { reader.string($0) } ?? ":" + text,
        command: String(text), keepsHistory: fields["keepHistory"].flatMap { reader.bool($0) } ?? false))
  }

  /// The signs that shift and a digit type on the keyboard that k9s' files have in mind.
  private static let shiftedDigits = Array(")!@#$%^&*(")

  private static func key(_ notation: String) -> Key? {
    let parts = notation.split(separator: "-")
    if parts.count == 2, parts[0].lowercased() == "shift", let digit = parts[1].first?.wholeNumberValue,
      parts[1].count == 1, shiftedDigits.indices.contains(digit)
    {
      return Key(shiftedDigits[digit])
    }
    return Key(notation: notation)?.canonical
  }

  /// A file must not lock anybody in: what leaves, opens and explains stays.
  private static let reserved: Set<Key> = [
    Key(.escape), Key(.enter), .control("c"), Key("q"), Key(":"), Key("?"), Key("/"), Key(.up),
    Key(.down),
  ]

  private static func trouble(with key: Key, overrides: Bool) -> String? {
    if reserved.contains(key) { return "\(key) cannot mean anything else" }
    if overrides { return nil }
    guard let taken = Binding.all.first(where: { $0.keys.contains(key) }) else { return nil }
    let place = taken.context == .global ? "" : " (\(taken.context.rawValue))"
    return "\(key) is taken by \"\(taken.label)\"\(place); \"override: true\" takes it away"
  }
}
