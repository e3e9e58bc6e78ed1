/// What making a connection told of how far away its server is.
///
/// Compression is a bargain on a network and a loss on one's own machine, where bytes cost nothing and the server's
/// processor is one's own: a list of 10,000 pods takes 1.4 times as long with it. A loopback address alone proves
/// nothing, since tunnels listen there; but through a tunnel the TLS handshake takes the round trips to the real server.
struct Nearness: Equatable {
  /// Microseconds: longer than a handshake takes within a machine that is not overloaded, shorter than one across a
  /// network that is worth compressing for.
  static let longestLocalHandshake: Int64 = 10_000

  /// The address that was connected to, such as `127.0.0.1` or `::1`.
  var address: String
  /// Microseconds from the TCP connection to the end of the TLS handshake; 0 when there was none.
  var handshake: Int64
  /// Whether a proxy stands between.
  var usesProxy: Bool

  /// Whether the server runs on this machine, as far as can be told; when in doubt it does not.
  func isSameMachine(longestHandshake: Int64 = longestLocalHandshake) -> Bool {
    guard !usesProxy, handshake > 0, handshake <= longestHandshake else { return false }
    return address == "::1" || address.hasPrefix("127.")
  }
}
