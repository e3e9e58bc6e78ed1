import Foundation
import TestSupport
import Testing

/// Options as people write them to kubectl mean the same here.
@Suite struct SpellingTests {
  private static let pods = """
    apiVersion: v1
    kind: PodList
    items:
    - {metadata: {name: a, namespace: shop, uid: a, labels: {app: web, v: "1"}}, status: {phase: Running}}
    - {metadata: {name: b, namespace: shop, uid: b, labels: {app: db}}, status: {phase: Running}}
    - {metadata: {name: c, namespace: bank, uid: c, labels: {app: web}}, status: {phase: Running}}
    """

  private func run(_ arguments: [String]) async throws -> CommandResult {
    let folder = try TemporaryFolder()
    let file = try folder.file("pods.yaml", Data(Self.pods.utf8))
    return try await Podmedic.run(arguments + ["--from", file.path, "--at", "2026-01-01T12:00:00Z"])
  }

  @Test(arguments: [
    ("get pods -nshop -owide", "get pods -n shop -o wide"),
    ("get pods -n=shop -o=name", "get pods -n shop -o name"),
    ("-nshop get pods -lapp=web -Lapp", "get pods -n shop -l app=web -L app"),
    ("get pods -A=true --no-headers=true", "get pods -A --no-headers"),
    ("get pods -Aoname", "get pods -A -o name"),
    ("get pods --all-namespaces=true --no-headers=false --show-labels=T", "get pods -A --show-labels"),
    ("get pods --all-namespaces=0 -nshop --insecure-skip-tls-verify=true", "get pods -n shop"),
    ("get pods -w=false -nbank --v=0", "get pods -n bank"),
  ])
  func theSameIsMeant(short: String, long: String) async throws {
    func words(_ line: String) -> [String] { line.split(separator: " ").map(String.init) }
    let expected = try await run(words(long))
    #expect(expected.status == 0 && !expected.text.isEmpty && expected.errorText == "", "\(expected)")
    let found = try await run(words(short))
    #expect(found.text == expected.text && found.status == 0, "\(found)")
  }

  /// What is wrong is still said, and a value is never taken for an option.
  @Test func whatIsNoSwitchIsLeftToTheParser() async throws {
    let maybe = try await run(["get", "pods", "--no-headers=maybe"])
    #expect(maybe.status == 1 && maybe.errorText.contains("no-headers"), "\(maybe)")
    let named = try await run(["get", "pods", "-n", "-nshop"])
    #expect(!named.text.contains("web"), "\(named)")
  }
}
