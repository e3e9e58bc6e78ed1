/// Whether a session may change its cluster.
public enum WritePolicy: Sendable, Equatable {
  /// It may.
  case open
  /// It may not, and nothing in the running program changes that.
  case readOnly(String)
  /// It may not until a person names the context to unlock it.
  case locked(String)

  /// What flags and configuration say for a context; `unlocked` are contexts that a person has named.
  public init(context: String, readOnly: Bool, configuration: Configuration, unlocked: Set<String> = []) {
    if readOnly {
      self = .readOnly("podmedic was started with --read-only")
    } else if let problem = configuration.problems.first {
      self = .readOnly("the configuration must be put right first: \(problem)")
    } else if configuration.isReadOnly {
      self = .readOnly("the configuration has readOnly: true")
    } else if let pattern = configuration.protected.first(where: { Self.matches(context, $0) }),
      !unlocked.contains(context)
    {
      let name = context.isEmpty ? "a cluster without a context" : "context \(context)"
      self = .locked("\(name) is protected (\(pattern)): unlock it first")
    } else {
      self = .open
    }
  }

  /// Why nothing may be changed; nil when it may.
  public var reason: String? {
    switch self {
    case .open: nil
    case .readOnly(let reason), .locked(let reason): reason
    }
  }

  /// Whether a text is what a pattern describes: `*` stands for any text, `?` for any character, all else for itself.
  static func matches(_ text: String, _ pattern: String) -> Bool {
    let text = Array(text)
    let pattern = Array(pattern)
    var (at, star, mark) = (0, -1, 0)
    var here = 0
    while here < text.count {
      if at < pattern.count, pattern[at] == "*" {
        star = at
        mark = here
        at += 1
      } else if at < pattern.count, pattern[at] == "?" || pattern[at] == text[here] {
        at += 1
        here += 1
      } else if star >= 0 {
        at = star + 1
        mark += 1
        here = mark
      } else {
        return false
      }
    }
    return pattern[at...].allSatisfy { $0 == "*" }
  }
}
