import Foundation
import TestSupport
import Testing

@Suite struct ContextSwitchTests {
  /// Whoever acts as somebody else must not get their own rights back without a word.
  @Test func impersonationStaysInAnotherContext() async throws {
    let demo = try Demo("calm")
    let kubeconfig = try Podmedic.kubeconfig(demo.folder, server: "http://127.0.0.1:\(demo.port)")
    let file = demo.folder.path + "/screen.txt"
    let result = try await Podmedic.run(
      ["--as", "jane", "--save-screen", file, "--keys", ":ctx other<enter>:po<enter>"], kubeconfig: kubeconfig)
    #expect(result.status == 0, "\(result)")
    let screen = try String(contentsOfFile: file, encoding: .utf8)
    #expect(screen.contains(" other as jane "), "\(screen)")
  }
}
