import Testing

@testable import HTTPTransport

@Suite struct NearnessTests {
  @Test(arguments: [
    ("127.0.0.1", 6_000, false, true), ("127.9.9.9", 10_000, false, true), ("::1", 1, false, true),
    // A tunnel listens on loopback; the handshake goes through it.
    ("127.0.0.1", 10_001, false, false), ("127.0.0.1", 45_000, false, false),
    // Without TLS nothing tells a tunnel (`kubectl proxy`) from a server.
    ("127.0.0.1", 0, false, false), ("127.0.0.1", 6_000, true, false), ("10.0.0.1", 1_000, false, false),
    ("1270::1", 1_000, false, false), ("", 1_000, false, false),
  ])
  func onlyAQuickHandshakeOnLoopbackIsTheSameMachine(
    _ address: String, _ handshake: Int64, _ usesProxy: Bool, _ isSame: Bool
  ) {
    #expect(Nearness(address: address, handshake: handshake, usesProxy: usesProxy).isSameMachine() == isSame)
  }
}
