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
    // Its time stands still, and is long past: nothing happens between the two looks at it, and no finding comes to
    // hold for long enough in between.
    let demo = try Demo("shop", at: "2026-01-02T03:04:05Z")
    let path = demo.folder.path + "/capture.tar.gz"
    let recorded = try await demo.run("record", path, "--redact", "--all-kinds")
    let live = try await demo.run("check", "-A", "-o", "json")
    #expect(recorded.status == 0)
    let captured = try await Podmedic.run(["check", "--from", path, "-o", "json"])
    #expect(captured.status == 1)
    let (expected, found) = try (findings(live.text), findings(captured.text))
    #expect(expected.count > 10)
    #expect(found.difference(from: expected).isEmpty, "\(found.difference(from: expected))")
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

  /// What `kubectl cluster-info dump` writes: nodes.json above, a folder of lists for each namespace, logs below them.
  @Test(.enabled(if: TestCluster.currentKubectl != nil, "no current kubectl; 'make setup-tests' fetches it"))
  func aDumpOfKubectlIsRead() async throws {
    let demo = try Demo("shop")
    let folder = demo.folder.url.path + "/dump"
    let kubectl = TestCluster.currentKubectl ?? "kubectl"
    let dumped = try await Podmedic.bash(
      "'\(kubectl)' --cache-dir '\(demo.folder.url.path)/cache' cluster-info dump -A --output-directory '\(folder)'",
      kubeconfig: demo.kubeconfig)
    #expect(dumped.status == 0, "\(dumped)")
    let check = try await Podmedic.run(["check", "--from", folder])
    #expect(check.status == 1, "\(check)")
    for words in ["deployment/orders", "pod.oom-killed", "image not found", "NotReady"] {
      #expect(check.text.contains(words), "\(check)")
    }
    let logs = try await Podmedic.run(["logs", "deploy/orders", "-n", "shop", "--tail", "2", "--from", folder])
    #expect(logs.status == 0 && !logs.text.isEmpty, "\(logs)")
    let explain = try await Podmedic.run(["explain", "deploy/checkout", "-n", "shop", "--from", folder])
    #expect(explain.status == 1 && explain.text.contains("limit of 256Mi"), "\(explain)")
  }

  @Test func doctorTellsWhatACaptureHas() async throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("pods.json", Data(#"{"kind":"PodList","apiVersion":"v1","items":[]}"#.utf8)).path
    let doctor = try await Podmedic.run(["doctor", "--from", path, "--at", "2026-01-02T03:04:05Z"])
    #expect(doctor.status == 0, "\(doctor)")
    #expect(doctor.text.contains("Taken:             2026-01-02T03:04:05Z"), "\(doctor)")
    #expect(doctor.text.contains("no: the capture has no list of nodes"), "\(doctor)")
    #expect(!doctor.text.contains("may do") && !doctor.text.contains("capture.invalid"), "\(doctor)")
  }

  @Test func nothingCanBeChangedInACapture() async throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("pods.json", Data(#"{"kind":"PodList","apiVersion":"v1","items":[]}"#.utf8)).path
    let remedy = try await Podmedic.run(["remedy", "apply", "delete-pod", "pod/a", "--yes", "--from", path])
    #expect(remedy.status == 1)
    #expect(remedy.errorText.contains("this is a capture: nothing can be changed in it"), "\(remedy)")
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
