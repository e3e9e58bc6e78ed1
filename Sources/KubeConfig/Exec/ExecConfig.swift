/// A credential plugin of a user: a program that prints credentials.
public struct ExecConfig: Sendable, Hashable {
  /// A variable that the plugin gets besides those of podmedic.
  public struct Variable: Sendable, Hashable {
    /// The name.
    public var name: String
    /// The value; people keep passwords here.
    public var value: Secret

    /// A variable.
    public init(name: String, value: Secret) {
      self.name = name
      self.value = value
    }
  }

  /// The version that requires `interactiveMode`.
  public static let v1 = "client.authentication.k8s.io/v1"
  /// The version in which `interactiveMode` is `IfAvailable` unless set.
  public static let v1beta1 = "client.authentication.k8s.io/v1beta1"

  /// The program: an absolute path, or a name to look up in `PATH`.
  public var command = ""
  /// Its arguments.
  public var arguments: [String] = []
  /// Its additional environment; the last of equal names counts.
  public var environment: [Variable] = []
  /// The version of its input and output.
  public var apiVersion = ""
  /// What a person can do when the program is missing; free of control characters.
  public var installHint = ""
  /// Whether it is told about the cluster.
  public var provideClusterInfo = false
  /// `Never`, `IfAvailable` or `Always`; anything else does not validate.
  public var interactiveMode = ""

  /// A plugin without a command.
  public init() {}

  /// Whether the plugin is to get the terminal.
  /// - Throws: when it insists on a terminal and there is none.
  public func isInteractive(hasTerminal: Bool) throws(ExecError) -> Bool {
    switch interactiveMode {
    case "Never": return false
    case "IfAvailable": return hasTerminal
    case "Always":
      guard hasTerminal else {
        throw ExecError(
          "exec plugin cannot support interactive mode: standard input is not a terminal",
          hint: "Log in with the plugin in a terminal first, then start podmedic again.")
      }
      return true
    default:
      throw ExecError("exec plugin cannot support interactive mode: unknown interactiveMode: \"\(interactiveMode)\"")
    }
  }

  /// The command as a person would type it, for `doctor`; the values of variables are not in it.
  public var commandLine: String {
    ([command] + arguments).map(PlainText.withoutControls).joined(separator: " ")
  }
}

/// Why a credential plugin gave no credentials.
public struct ExecError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The error in client-go's words; free of control characters.
  public let message: String
  /// What to do next.
  public let hint: String?

  init(_ message: String, hint: String? = nil) {
    self.message = PlainText.withoutControls(message)
    self.hint = hint.map(PlainText.withoutControls)
  }

  /// The message.
  public var description: String { message }
}
