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

  /// A context that names a user who is not there works without credentials, as in kubectl: the dashboard says why it is
  /// refused, before anything is.
  @Test(arguments: [[], ["--context", "here", "--keys", ":ctx lost<enter>"]])
  func aMissingUserIsToldOf(arguments: [String]) async throws {
    let demo = try Demo("calm")
    let config = """
      clusters: [{name: c, cluster: {server: "http://127.0.0.1:\(demo.port)"}}]
      contexts: [{name: here, context: {cluster: c}}, {name: lost, context: {cluster: c, user: nobody}}]
      current-context: lost
      """
    let kubeconfig = try demo.folder.file("lost", Data(config.utf8)).path
    let file = demo.folder.path + "/screen.txt"
    let result = try await Podmedic.run(
      ["--save-screen", file, "--size", "120x24"] + arguments, kubeconfig: kubeconfig)
    #expect(result.status == 0, "\(result)")
    let screen = try String(contentsOfFile: file, encoding: .utf8)
    #expect(screen.contains("user \"nobody\" was not found for context \"lost\""), "\(screen)")
  }
}
