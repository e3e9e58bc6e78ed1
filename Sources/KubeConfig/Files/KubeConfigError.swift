/// Why there is no connection to be had from the configuration, in kubectl's words, with what to do next.
public struct KubeConfigError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What kind of error it is.
  public enum Kind: Sendable, Hashable {
    /// The file of `--kubeconfig` does not exist.
    case missingFile
    /// A file cannot be read or understood.
    case unreadable
    /// Nothing is configured at all, and this is not a pod.
    case empty
    /// A context that is asked for does not exist.
    case unknownContext
    /// A cluster that is asked for does not exist.
    case unknownCluster
    /// A user that is asked for does not exist.
    case unknownUser
    /// What is configured contradicts itself or refers to what does not exist.
    case invalid
    /// A flag's value cannot be understood.
    case flag
  }

  /// What kind of error it is.
  public let kind: Kind
  /// Each thing that is wrong; at least one, free of control characters.
  public let problems: [String]
  /// What to do next, one sentence, free of control characters; nil when the problem says it.
  public let hint: String?

  init(_ kind: Kind, problems: [String], hint: String? = nil) {
    self.kind = kind
    // Names come from files: an escape sequence in one must not reach the terminal through a message about it.
    self.problems = problems.map(PlainText.withoutControls)
    self.hint = (hint ?? Self.standardHint(kind)).map(PlainText.withoutControls)
  }

  init(_ kind: Kind, _ problem: String, hint: String? = nil) { self.init(kind, problems: [problem], hint: hint) }

  /// The error as kubectl prints it after `error: `; several problems of a configuration stand in brackets.
  public var description: String {
    let list = problems.count == 1 ? problems.joined() : "[" + problems.joined(separator: ", ") + "]"
    return kind == .invalid || kind == .empty ? "invalid configuration: \(list)" : list
  }

  private static func standardHint(_ kind: Kind) -> String? {
    switch kind {
    case .missingFile: "Check the path given with --kubeconfig."
    case .unreadable: "Correct the file at the place named, or leave it out of KUBECONFIG."
    case .empty:
      "Point KUBECONFIG or --kubeconfig at a file, or run \"podmedic demo\" to look around without a cluster."
    case .unknownContext: "\"podmedic contexts\" lists the contexts there are."
    case .unknownCluster, .unknownUser: "\"kubectl config view\" shows the names there are."
    case .invalid: "Correct the kubeconfig; \"podmedic doctor\" shows which files were read."
    case .flag: nil
    }
  }
}
