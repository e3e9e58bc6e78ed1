import Foundation
import Kube
import TestSupport
import Testing

/// A cluster written by `record` and read by `--from`.
@Suite struct CaptureTests {
  /// What is wrong, without what depends on the second in which it was looked at.
  private func findings(_ output: String) throws -> [String] {
    let report = try JSONValue(parsing: output)
    return (report["findings"]?.array ?? []).map { finding in
      [finding["code"], finding["severity"], finding["object"], finding["owner"]].map { $0?.text() ?? "" }
        .joined(separator: " ")
    }.sorted()
  }

  @Test func aRecordedClusterHasTheSameFindings() async throws {
    let demo = try Demo("shop")
    let path = demo.folder.url.path + "/capture.tar.gz"
    let recorded = try await demo.run("record", path, "--redact", "--all-kinds")
    let live = try await demo.run("check", "-A", "-o", "json")
    #expect(recorded.status == 0)
    let captured = try await Podmedic.run(["check", "--from", path, "-o", "json"])
    #expect(captured.status == 1)
    #expect(try findings(captured.text) == findings(live.text))
    // Everything that reads reads it.
    let pods = try await Podmedic.run(["get", "pods", "-n", "shop", "--from", path])
    #expect(pods.text.contains("CrashLoopBackOff"))
    let custom = try await Podmedic.run(["get", "certificates", "--from", path])
    #expect(custom.text.hasPrefix("NAMESPACE   NAME"))
    let logs = try await Podmedic.run(["logs", "-p", "deploy/orders", "--tail", "3", "--from", path])
    #expect(logs.text.contains("main.main()"))
    let secrets = try await Podmedic.run(["get", "secrets", "-o", "json", "--from", path])
    #expect(secrets.text.contains(#""api-key": """#))
  }

  @Test func whatIsMissingIsNotOK() async throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("pods.json", Data(#"{"kind":"PodList","apiVersion":"v1","items":[]}"#.utf8)).path
    let check = try await Podmedic.run(["check", "--from", path])
    #expect(check.status == 2)
    let services = try await Podmedic.run(["get", "services", "--from", path])
    #expect(services.status == 1)
    #expect(services.errorText.contains("the capture has no list of services"))
  }
}
