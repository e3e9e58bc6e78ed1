/// What comes in the place of a pod that goes.
public enum Replacement: Sendable, Equatable {
  /// A pod that fits on this node, and perhaps on others: which of them the scheduler takes depends on scores and
  /// chance.
  case fits(node: String)
  /// A pod that comes back to the node that is drained: its template names the node, so that no scheduler is asked.
  case comesBack(node: String)
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
    case .comesBack(let node): "its template names \(node) (spec.nodeName), past the scheduler and the cordon"
    case .findsNoRoom(let reason), .none(let reason), .unknown(let reason): reason
    }
  }
}
