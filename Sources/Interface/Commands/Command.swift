import Kube

/// What can be typed behind `:`, in k9s' grammar.
public enum Command: Equatable, Sendable {
  /// `:RES [NS] [/filter] [-f fuzzy] [label=value,…] [@context]`
  case open(OpenCommand)
  /// `:ctx`, or `:ctx NAME`
  case context(String?)
  /// `:ns NAME`: the pods of that namespace. Without a name `:ns` opens the namespaces screen.
  case namespace(String)
  /// `:q`, `:q!`, `:qa`, `:quit`, `:exit`
  case quit
  /// `:?`, `:h`, `:help`
  case help
  /// `:a`, `:aliases`: every kind that can be opened
  case aliases
  /// `:history`: what podmedic has changed
  case history
  /// `:drain NODE…`: the plan for draining nodes; `:drain`: the drain that is going on, or was the last
  case drain([String])
  /// `:glossary`: the words that podmedic explains; `:glossary TERM`: one of them
  case glossary(String?)
  /// `:playbooks`: every playbook
  case playbooks
  /// `:playbook NAME [[KIND/]NAME [NAMESPACE]]`: a playbook, on an object or on what has the worst of its findings
  case playbook(String, object: String?, namespace: String?)
  /// `:unlock NAME`: open a protected context for changes
  case unlock(String)
  /// `:xray KIND [NS]`: objects with all that hangs below them.
  case xray(kind: String, namespace: String?)
  /// `:can`: what this user may do; `:can u:NAME`, `g:NAME`, `s:NS:NAME`: what somebody else may.
  case can(String?)
  /// Nothing was typed.
  case nothing
}

/// A screen to open, with what narrows it.
public struct OpenCommand: Equatable, Sendable {
  /// The kind or screen as typed.
  public var word: String
  /// Namespace; "all" and "*" mean all.
  public var namespace: String?
  /// What to filter rows by, in the grammar of `/`.
  public var filter: String?
  /// Label selector.
  public var labels: String?
  /// Context to switch to first.
  public var context: String?

  /// A screen without narrowing.
  public init(word: String) { self.word = word }
}

extension Command {
  /// Reads what was typed behind `:`. Every text is some command; whether the word names a screen is for others to say.
  public init(parsing text: String) {
    let words = Self.words(text)
    guard let first = words.first else {
      self = .nothing
      return
    }
    let rest = Array(words.dropFirst())
    switch first.lowercased() {
    case "q", "q!", "qa", "qa!", "quit", "exit": self = .quit
    case "?", "h", "help": self = .help
    case "a", "alias", "aliases": self = .aliases
    case "history": self = .history
    case "drain": self = .drain(rest)
    case "glossary": self = .glossary(rest.isEmpty ? nil : rest.joined(separator: " "))
    case "playbooks", "playbook", "pb":
      self =
        rest.first.map { .playbook($0, object: rest.dropFirst().first, namespace: rest.dropFirst(2).first) }
        ?? .playbooks
    case "unlock": self = .unlock(rest.first ?? "")
    case "ctx", "context", "contexts": self = .context(rest.first)
    case "ns", "namespace", "namespaces":
      if let name = rest.first, !name.hasPrefix("/"), !name.hasPrefix("-") {
        self = .namespace(name)
      } else {
        self = .open(Self.open(first, rest))
      }
    case "x", "xr", "xray": self = .xray(kind: rest.first ?? "", namespace: rest.dropFirst().first)
    case "can": self = .can(rest.first)
    default: self = .open(Self.open(first, rest))
    }
  }

  private static func open(_ word: String, _ arguments: [String]) -> OpenCommand {
    var command = OpenCommand(word: word)
    // A filter may hold spaces: it goes to the end, but for words that can only be a selector or a context.
    var filter: [String]?
    var index = 0
    while index < arguments.count {
      let argument = arguments[index]
      if argument.hasPrefix("@") {
        command.context = String(argument.dropFirst())
      } else if Self.isSelector(argument) && (filter != nil || !argument.hasPrefix("/")) {
        command.labels = argument
      } else if filter != nil {
        filter?.append(argument)
      } else if argument == "-f" || argument == "/-f" {
        index += 1
        if index < arguments.count { command.filter = "-f " + arguments[index] }
      } else if argument.hasPrefix("/") {
        filter = [String(argument.dropFirst())]
      } else if argument == "-A" {
        command.namespace = "all"
      } else if argument == "-n" {
        index += 1
        if index < arguments.count { command.namespace = arguments[index] }
      } else {
        command.namespace = argument
      }
      index += 1
    }
    if let filter { command.filter = filter.joined(separator: " ") }
    return command
  }

  private static func isSelector(_ argument: String) -> Bool {
    argument.contains("=") || argument.contains(" in ") || argument.contains(" notin ")
  }

  /// Words separated by spaces; quotes hold a word together.
  private static func words(_ text: String) -> [String] {
    var words: [String] = []
    var word = ""
    var isWord = false
    var quote: Character?
    for character in text {
      if let open = quote {
        if character == open { quote = nil } else { word.append(character) }
      } else if character == "'" || character == "\"" {
        quote = character
        isWord = true
      } else if character == " " || character == "\t" {
        if isWord { words.append(word) }
        word = ""
        isWord = false
      } else {
        word.append(character)
        isWord = true
      }
    }
    if isWord { words.append(word) }
    return words
  }
}
