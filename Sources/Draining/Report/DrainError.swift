import HTTPTransport
import Kube
import KubeClient

/// Why a node could not be drained, in the shape of kubectl's errors, which decides how it is printed.
public struct DrainError: Sendable, Equatable {
  /// One error.
  public struct Part: Sendable, Equatable {
    /// The error as a part of other sentences.
    public var text: String
    /// The error as a sentence of its own; nil where it is only `text`.
    public var sentence: String?

    /// An error of kubectl's own.
    public init(_ text: String) { self.text = text }

    /// The server's refusal.
    public init(_ failure: APIFailure) {
      text = failure.plainText
      if case .status = failure { sentence = failure.sentence }
    }
  }

  /// Whether kubectl has collected it from several places; such errors get no `error: ` before them.
  public var isList: Bool
  /// The single errors.
  public var parts: [Part]

  /// Errors that were collected.
  public static func list(_ parts: [Part]) -> DrainError { DrainError(isList: true, parts: parts) }

  /// An error on its own.
  public static func single(_ part: Part) -> DrainError { DrainError(isList: false, parts: [part]) }

  /// All of it in one line.
  public var text: String { ErrorList.text(parts.map(\.text)) ?? "" }

  /// kubectl's last words about the nodes that could not be drained.
  public static func lastLines(_ errors: [DrainError]) -> [String] {
    guard errors.count == 1, let error = errors.first else {
      return errors.map { $0.isList ? $0.text : $0.parts.first?.sentence ?? $0.text }
    }
    if error.isList { return error.parts.map { $0.sentence ?? $0.text } }
    return error.parts.map { $0.sentence ?? "error: \($0.text)" }
  }
}

extension APIFailure {
  /// The failure as a part of other sentences: the server's words without `Error from server`.
  var plainText: String {
    if case .status(let status, _) = self, code != 401 { return status.message }
    return sentence
  }

  /// Whether the same request may succeed in a moment without anybody doing anything.
  var isPassing: Bool {
    switch self {
    case .transport(let failure):
      switch failure {
      case .refused, .unreachable, .timedOut, .closedEarly, .couldNotResolve, .other: true
      case .tls, .clientCertificate, .proxy, .tooLarge, .invalidRequest, .notHTTP: false
      }
    case .status(let status, _): [408, 429, 502, 503, 504].contains(status.code)
    case .malformed, .credentials, .readOnly: false
    }
  }
}
