/// Which API server's eviction to follow: what it looks at changed once.
public struct EvictionRules: Sendable, Hashable {
  /// The minor version of Kubernetes 1.
  public let minor: Int

  /// The rules of Kubernetes 1.`minor`.
  public init(minor: Int) { self.minor = minor }

  /// Kubernetes 1.20, which knows policy/v1beta1 only.
  public static let kubernetes120 = EvictionRules(minor: 20)
  /// Kubernetes 1.36.
  public static let current = EvictionRules(minor: 36)

  /// Before policy/v1 (1.21), pods without labels and budgets with an empty selector never met.
  var ignoresEmptySelectors: Bool { minor < 21 }
}
