import Kube

/// A remedy that is asked for: which one, for which object, with which parameters. Nothing has been looked up yet.
public struct RemedyOrder: Sendable, Equatable {
  /// Which remedy.
  public var name: RemedyName
  /// The object that it is for; with a uid only if it is still that one. Its namespace is "" for cluster-scoped kinds.
  public var object: ObjectReference
  /// Parameters by name, as text.
  public var parameters: [String: String]
  /// Earlier values to write back, for `undo`.
  var restores: [FieldRestore] = []
  /// What is taken back, for `undo`.
  var undone = ""

  /// An order of one of `RemedyKind.all`.
  public init(_ name: RemedyName, _ object: ObjectReference, _ parameters: [String: String] = [:]) {
    self.name = name
    self.object = object
    self.parameters = parameters
  }

  /// What the remedy is; nil for `undo`.
  public var kind: RemedyKind? { RemedyKind.named(name) }

  /// `set-resources deployment/checkout memory-limit=512Mi`: how the order is given on the command line.
  public var commandLine: String {
    let given = parameters.keys.sorted().map { ShellText.quoted("\($0)=\(parameters[$0] ?? "")") }
    return ([name.rawValue, ShellText.quoted(object.kind.lowercased() + "/" + object.name)] + given).joined(
      separator: " ")
  }
}

/// Why a remedy cannot be had, as a sentence for a person.
public struct RemedyRefusal: Error, Sendable, Equatable, CustomStringConvertible {
  /// What stands in the way.
  public enum Reason: Sendable, Equatable {
    /// Asked for wrongly: parameters or kind.
    case order
    /// The object, or one that it depends on, is not there or has been replaced.
    case missing
    /// Something that must be known first cannot be.
    case unknown
    /// It is so already.
    case alreadySo
    /// It would not help, or must not be done.
    case unsuitable
  }
  /// What stands in the way.
  public var reason: Reason
  /// The sentence.
  public var message: String

  /// A refusal.
  public init(_ reason: Reason, _ message: String) {
    self.reason = reason
    self.message = message
  }

  /// The sentence.
  public var description: String { message }
}
