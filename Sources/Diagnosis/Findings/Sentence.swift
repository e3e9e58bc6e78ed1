import Kube

/// A sentence in which times are still times, so that `2m ago` can be brought up to date without diagnosing again.
public struct Sentence: Sendable, Hashable, ExpressibleByStringInterpolation {
  fileprivate var parts: [Part]

  fileprivate enum Part: Sendable, Hashable {
    case text(String)
    case ago(Timestamp)
    case lasting(Timestamp)
    case next(Timestamp)
    case words(String)
  }

  /// A sentence without times.
  public init(stringLiteral text: String) { parts = [.text(text)] }

  /// A sentence without times.
  public init(_ text: String) { parts = [.text(text)] }

  /// A sentence of texts and times.
  public init(stringInterpolation: StringInterpolation) { parts = stringInterpolation.parts }

  /// The text at a moment.
  public func text(now: Timestamp) -> String {
    var text = ""
    for part in parts {
      switch part {
      case .text(let fixed): text += fixed
      case .ago(let time): text += Self.ago(time, now: now)
      case .lasting(let time): text += Self.length(now.since(time))
      case .next(let time): text += time > now ? "next try in \(time.since(now).human)" : "next try due"
      case .words(let words): text += words.isEmpty ? "" : ": \(words)"
      }
    }
    return text
  }

  /// The last words that it quotes; "" when it quotes none.
  var words: String {
    for case .words(let words) in parts { return words }
    return ""
  }

  /// The sentence without the last words that it quotes.
  var withoutWords: Sentence {
    var sentence = self
    sentence.parts.removeAll { if case .words = $0 { true } else { false } }
    return sentence
  }

  /// This sentence followed by another.
  public static func + (left: Self, right: Self) -> Self {
    var sentence = left
    sentence.parts += right.parts
    return sentence
  }

  /// Clocks differ: what is said to be in the future happened just now.
  private static func length(_ duration: Duration) -> String { max(duration, .zero).human }

  /// `2m ago`. Who looks at a capture as of an earlier moment is told what came `2m later`.
  private static func ago(_ time: Timestamp, now: Timestamp) -> String {
    let ahead = time.since(now)
    return ahead > .seconds(30) ? "\(ahead.human) later" : "\(length(now.since(time))) ago"
  }

  /// Collects the parts of a sentence.
  public struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var parts: [Part] = []

    /// Nothing yet.
    public init(literalCapacity: Int, interpolationCount: Int) {}

    /// A fixed text.
    public mutating func appendLiteral(_ literal: String) { if !literal.isEmpty { parts.append(.text(literal)) } }

    /// A fixed text.
    public mutating func appendInterpolation(_ text: some StringProtocol) { parts.append(.text(String(text))) }

    /// A number.
    public mutating func appendInterpolation(_ number: Int) { parts.append(.text(String(number))) }

    /// `2m ago`.
    public mutating func appendInterpolation(ago time: Timestamp) { parts.append(.ago(time)) }

    /// `2m`: how long something has lasted.
    public mutating func appendInterpolation(lasting time: Timestamp) { parts.append(.lasting(time)) }

    /// `next try in 3m12s`, or `next try due` once that is over.
    public mutating func appendInterpolation(next time: Timestamp) { parts.append(.next(time)) }

    /// `: no such file`: what somebody said last, behind what is said about it; nothing when that is "".
    public mutating func appendInterpolation(words: String) { parts.append(.words(words)) }

    /// A sentence within a sentence.
    public mutating func appendInterpolation(_ sentence: Sentence) { parts += sentence.parts }
  }
}
