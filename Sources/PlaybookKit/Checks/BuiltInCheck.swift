import Diagnosis
import Kube

/// A check written in Swift: a pure function from the facts and its parameters to a judgement.
public struct BuiltInCheck: Sendable {
  /// What playbooks call it: small letters and dashes.
  public let name: String
  /// What it looks at and when it says what, in one sentence or two.
  public let about: String
  /// Kinds of subjects that it can judge; empty for any.
  public let kinds: [String]
  /// What it can be given.
  public let parameters: [Parameter]
  /// The kinds that must be watched for it besides the subject's.
  public let reads: [any KubeObject.Type]
  /// The function.
  let judge: @Sendable (PlaybookFacts, CheckArguments) -> Judgement

  /// A check.
  init(
    _ name: String, _ about: String, kinds: [String] = [], parameters: [Parameter] = [],
    reads: [any KubeObject.Type] = [], judge: @escaping @Sendable (PlaybookFacts, CheckArguments) -> Judgement
  ) {
    self.name = name
    self.about = about
    self.kinds = kinds
    self.parameters = parameters
    self.reads = reads
    self.judge = judge
  }

  /// What a check can be given.
  public struct Parameter: Sendable {
    /// What a value must be.
    public enum Kind: Sendable, Hashable {
      /// A text.
      case text
      /// Texts.
      case texts
      /// Codes of findings, one or several.
      case codes
      /// A whole number.
      case number
      /// A duration as Go writes it (`5m`).
      case duration
      /// A quantity (`1Gi`).
      case quantity
      /// One of these words.
      case word([String])
      /// The id of an earlier step.
      case step

      /// How documentation names it.
      public var words: String {
        switch self {
        case .text: "text"
        case .texts: "list of texts"
        case .codes: "finding codes"
        case .number: "number"
        case .duration: "duration"
        case .quantity: "quantity"
        case .word(let words): words.joined(separator: ", ")
        case .step: "id of an earlier step"
        }
      }
    }

    /// The key in the file.
    public let name: String
    /// What its value must be.
    public let kind: Kind
    /// Whether it must be given.
    public let isRequired: Bool
    /// What it does, and what happens without it.
    public let about: String

    init(_ name: String, _ kind: Kind, isRequired: Bool = false, _ about: String) {
      self.name = name
      self.kind = kind
      self.isRequired = isRequired
      self.about = about
    }
  }
}

/// What a check is given in a file. Reading has made sure that it fits the check's parameters.
public struct CheckArguments: Sendable {
  /// A value.
  enum Value: Sendable {
    case text(String)
    case texts([String])
    case codes([FindingCode])
    case number(Int)
    case duration(Duration)
    case quantity(Quantity)
  }

  var values: [String: Value] = [:]

  /// A text or word.
  func text(_ name: String) -> String? { if case .text(let text) = values[name] { text } else { nil } }
  /// Texts.
  func texts(_ name: String) -> [String]? { if case .texts(let texts) = values[name] { texts } else { nil } }
  /// Codes of findings.
  func codes(_ name: String) -> [FindingCode] { if case .codes(let codes) = values[name] { codes } else { [] } }
  /// A whole number.
  func number(_ name: String) -> Int? { if case .number(let number) = values[name] { number } else { nil } }
  /// A duration.
  func duration(_ name: String) -> Duration? {
    if case .duration(let duration) = values[name] { duration } else { nil }
  }
  /// A quantity.
  func quantity(_ name: String) -> Quantity? {
    if case .quantity(let quantity) = values[name] { quantity } else { nil }
  }
}

/// Every built-in check, by theme. To add one, write it in the file of its theme and put it into that file's list; a new
/// theme is one more line here.
public enum CheckTable {
  /// All checks.
  public static let all: [BuiltInCheck] =
    findingChecks + containerChecks + configChecks + imageChecks + ownerChecks + resourceChecks
    + creationChecks + schedulingChecks + [placementCheck] + attachmentChecks + probeChecks
    + rolloutChecks + daemonSetChecks + scheduleChecks + policyChecks + storageChecks
    + heapChecks + [recommendationCheck] + serviceChecks + addressChecks + ingressChecks + nodeChecks + drainChecks
    + controlPlaneChecks

  /// The check with a name.
  public static func named(_ name: String) -> BuiltInCheck? { byName[name] }

  private static let byName = Dictionary(all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
}
