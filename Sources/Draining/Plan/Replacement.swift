/// What comes in the place of a pod that goes.
public enum Replacement: Sendable, Equatable {
  /// A pod that fits on this node, and perhaps on others: which of them the scheduler takes depends on scores and
  /// chance.
  case fits(node: String)
  /// A pod that stays Pending, in the scheduler's words.
  case findsNoRoom(String)
  /// Nothing, for this reason.
  case none(String)
  /// Nobody can tell, for this reason.
  case unknown(String)

  /// Why it is so, for people; "" for a pod that fits.
  public var reason: String {
    switch self {
    case .fits: ""
    case .findsNoRoom(let reason), .none(let reason), .unknown(let reason): reason
    }
  }
}
