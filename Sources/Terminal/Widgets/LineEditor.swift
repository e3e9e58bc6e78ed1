/// The text of a prompt while it is typed, with the keys people know from shells: ctrl-u and ctrl-w erase, ctrl-a and
/// ctrl-e go to the ends, up and down walk through earlier entries.
public struct LineEditor: Hashable, Sendable {
  /// What a key did.
  public enum Outcome: Hashable, Sendable {
    /// The text changed.
    case changed
    /// Only the cursor moved.
    case moved
    /// The key means nothing to an editor.
    case ignored
  }

  private var characters: [Character]
  /// The cursor: the number of characters before it.
  public private(set) var cursor: Int
  /// Earlier entries, oldest first, each once.
  public private(set) var history: [String]
  private var place: Int?
  private var draft: [Character] = []
  private let historyLimit = 200

  /// An editor with the cursor behind `text`.
  public init(_ text: String = "", history: [String] = []) {
    characters = Array(text)
    cursor = characters.count
    self.history = history
  }

  /// The text; setting it puts the cursor behind it.
  public var text: String {
    get { String(characters) }
    set {
      characters = Array(newValue)
      cursor = characters.count
      place = nil
    }
  }

  /// The text before the cursor.
  public var beforeCursor: String { String(characters[..<cursor]) }
  /// The columns before the cursor as they are drawn.
  public var cursorColumn: Int { textWidth(beforeCursor) }

  /// Acts on a key.
  public mutating func handle(_ key: Key) -> Outcome {
    if let character = key.typed {
      insert([character])
      return .changed
    }
    switch (key.code, key.modifiers) {
    case (.backspace, []): return erase(from: cursor - 1, to: cursor)
    case (.delete, []), (.character("d"), .control): return erase(from: cursor, to: cursor + 1)
    case (.character("u"), .control): return erase(from: 0, to: cursor)
    case (.character("k"), .control): return erase(from: cursor, to: characters.count)
    case (.character("w"), .control), (.backspace, .alt): return erase(from: startOfWord, to: cursor)
    case (.left, []), (.character("b"), .control): return move(to: cursor - 1)
    case (.right, []), (.character("f"), .control): return move(to: cursor + 1)
    case (.left, .control), (.left, .alt), (.character("b"), .alt): return move(to: startOfWord)
    case (.right, .control), (.right, .alt), (.character("f"), .alt): return move(to: endOfWord)
    case (.home, []), (.character("a"), .control): return move(to: 0)
    case (.end, []), (.character("e"), .control): return move(to: characters.count)
    case (.up, []): return recall(-1)
    case (.down, []): return recall(1)
    default: return .ignored
    }
  }

  /// Inserts pasted text as one line: line breaks and tabs become spaces, other control characters are left out.
  public mutating func paste(_ text: String) {
    insert(
      text.compactMap { character -> Character? in
        if character.isNewline || character == "\t" { return " " }
        return character.unicodeScalars.contains { $0.properties.generalCategory == .control } ? nil : character
      })
  }

  /// Puts the text into the history as its newest entry, unless it is empty, and empties the editor.
  public mutating func commit() -> String {
    let entry = text
    if !entry.isEmpty {
      history.removeAll { $0 == entry }
      history.append(entry)
      if history.count > historyLimit { history.removeFirst(history.count - historyLimit) }
    }
    text = ""
    return entry
  }

  private mutating func insert(_ new: [Character]) {
    // A mark typed by itself joins the character before it: counting starts anew from the whole text.
    let before = String(characters[..<cursor]) + String(new)
    let after = String(characters[cursor...])
    characters = Array(before + after)
    cursor = min(Array(before).count, characters.count)
    place = nil
  }

  private mutating func erase(from: Int, to: Int) -> Outcome {
    let range = max(0, from)..<min(characters.count, max(to, max(0, from)))
    guard !range.isEmpty else { return .moved }
    characters.removeSubrange(range)
    cursor = min(cursor, range.lowerBound)
    place = nil
    return .changed
  }

  private mutating func move(to target: Int) -> Outcome {
    cursor = min(max(0, target), characters.count)
    return .moved
  }

  private var startOfWord: Int {
    var index = cursor
    while index > 0 && characters[index - 1] == " " { index -= 1 }
    while index > 0 && characters[index - 1] != " " { index -= 1 }
    return index
  }

  private var endOfWord: Int {
    var index = cursor
    while index < characters.count && characters[index] == " " { index += 1 }
    while index < characters.count && characters[index] != " " { index += 1 }
    return index
  }

  private mutating func recall(_ step: Int) -> Outcome {
    let current = place ?? history.count
    let target = current + step
    guard target >= 0 && target <= history.count && target != current else { return .moved }
    if place == nil { draft = characters }
    characters = target == history.count ? draft : Array(history[target])
    cursor = characters.count
    place = target == history.count ? nil : target
    return .changed
  }
}
