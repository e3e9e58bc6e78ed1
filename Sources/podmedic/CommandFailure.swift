import KubeClient
import KubeConfig
import PlainInterface

/// Why a command ends without success.
struct CommandFailure: Error {
  /// One sentence, in kubectl's wording where kubectl has one; "" when everything has been said.
  var message: String
  /// What to do next.
  var hint: String?
  /// The exit status.
  var status: Int32 = 1

  init(_ message: String, hint: String? = nil, status: Int32 = 1) {
    self.message = message
    self.hint = hint
    self.status = status
  }

  init(_ failure: APIFailure, status: Int32 = 1) {
    self.init(failure.sentence, hint: failure.hint, status: status)
  }

  init(_ error: KubeConfigError) {
    self.init("error: \(error)", hint: error.hint)
  }

  /// A wrong command line that kubectl knows too, in its words and with its exit status.
  static func asKubectl(_ message: String, hint: String? = nil) -> CommandFailure {
    CommandFailure("error: \(message)", hint: hint)
  }

  /// What a wrong command line of podmedic's own ends with: 1 and 2 are verdicts of some commands.
  static let usageStatus: Int32 = 64

  /// A wrong command line of podmedic's own.
  static func usage(_ message: String, hint: String? = nil) -> CommandFailure {
    CommandFailure("error: \(message)", hint: hint, status: usageStatus)
  }

  /// A value of `--at` that is no time.
  static func invalidTime(_ text: String) -> CommandFailure {
    .usage("invalid --at \"\(PlainText.line(text))\": it must be a time such as 2026-01-02T15:04:05Z")
  }
}
