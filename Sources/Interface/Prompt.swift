import Terminal

/// A line that is being typed at the bottom of the screen.
struct Prompt {
  enum Kind: Equatable {
    /// Behind `:`.
    case command
    /// Behind `/` in a table.
    case filter
    /// Behind `/` in a text.
    case search
    /// Behind `/` in a log.
    case logFilter
    /// How many replicas something shall have.
    case replicas([RowObject])
    /// The answer to a remedy's question.
    case reply(String)
    /// The answer to whether a command is to be run.
    case runCommand(id: Int, String)
    /// A note to a step of a playbook.
    case note(step: String)
    /// The object that a playbook shall look at.
    case subject(playbook: String, kinds: String)
    /// What a remedy of a step of a playbook lacks.
    case parameters(step: String, title: String)
    /// The value of an option of a drain.
    case drainOption(DrainOptionKey, DrainTerms)
    /// The name of what is to be drained.
    case drain(String, count: Int)
    /// The name of what is to be cordoned again, for a drain to go on.
    case drainAgain(String)
  }

  let kind: Kind
  var editor: LineEditor
  /// What the typed text could go on as; the first is offered.
  var suggestions: [String] = []

  var sign: String {
    switch kind {
    case .command: ":"
    case .filter, .search, .logFilter: "/"
    case .replicas(let objects):
      "replicas of \(objects.count == 1 ? objects[0].name : "each of the \(objects.count)"): "
    case .reply(let question), .runCommand(_, let question): question + ": "
    case .note: "note: "
    case .subject(_, let kinds): "\(kinds) to look at: "
    case .parameters(_, let title): "\(title): "
    case .drainOption(let key, _): "--\(key.rawValue): "
    case .drain(let consent, let count):
      // Words of podmedic's own are quoted, or they would be read as a description.
      "type \(consent.contains(" ") ? "\"\(consent)\"" : consent) to drain \(count == 1 ? "it" : "them"): "
    case .drainAgain(let name): "type \(name) to cordon it again and go on: "
    }
  }

  /// What can be typed, shown as long as nothing is.
  var hint: String {
    switch kind {
    case .command: "KIND [NAMESPACE] [/filter] [label=value] [@context]"
    case .filter, .logFilter: "text or regex, !not, -f fuzzy\(kind == .filter ? ", -l label=value" : "")"
    case .search: "text"
    case .replicas: "a number"
    case .reply, .runCommand: ""
    case .note: "what you saw"
    case .subject: "NAME or KIND/NAME, and its NAMESPACE"
    case .parameters: "name=value name=value"
    case .drainOption(let key, _): key.hint
    case .drain, .drainAgain: "esc leaves everything as it is"
    }
  }

  /// What is missing from the typed text to the first suggestion.
  var ghost: String {
    guard let first = suggestions.first, editor.text.count < first.count, first.hasPrefix(editor.text) else {
      return ""
    }
    return String(first.dropFirst(editor.text.count))
  }
}

/// The list of everything that can be done or opened here, found by typing.
struct Palette {
  struct Entry {
    var title: String
    var keys: String
    var help: String
    var run: Run
  }

  enum Run {
    case action(Action)
    case command(String)
    case hotkey(Key)
  }

  var editor = LineEditor()
  let entries: [Entry]
  var window = ListWindow()

  /// The entries whose title or help has the typed letters in order, those with the letters at the start of the title
  /// first.
  var matches: [Entry] {
    let typed = editor.text.lowercased()
    guard !typed.isEmpty else { return entries }
    let starting = entries.filter { $0.title.lowercased().hasPrefix(typed) }
    let containing = entries.filter {
      !$0.title.lowercased().hasPrefix(typed)
        && ($0.title.lowercased().contains(typed) || $0.help.lowercased().contains(typed))
    }
    return starting + containing
  }
}
