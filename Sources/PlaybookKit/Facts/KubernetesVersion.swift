/// A version of Kubernetes as far as it matters for what it can do: `1.33`.
public struct KubernetesVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The first number.
  public let major: Int
  /// The second number.
  public let minor: Int

  /// Reads `1.33`, `v1.33.2` or `v1.30.4-gke.1348000`; nil for anything else.
  public init?(_ text: some StringProtocol) {
    let numbers = (text.hasPrefix("v") ? text.dropFirst() : text[...]).split(
      separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
    guard numbers.count >= 2, let major = Int(numbers[0]), major >= 0,
      let minor = Int(numbers[1].prefix { $0.isASCII && $0.isNumber })
    else { return nil }
    self.major = major
    self.minor = minor
  }

  /// Older is less.
  public static func < (left: Self, right: Self) -> Bool {
    (left.major, left.minor) < (right.major, right.minor)
  }

  /// `1.33`.
  public var description: String { "\(major).\(minor)" }
}
