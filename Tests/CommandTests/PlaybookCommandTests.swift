import Foundation
import Kube
import TestSupport
import Testing

/// `podmedic playbook` and `podmedic explain`, on a capture, so that every word is known.
@Suite struct PlaybookCommandTests {
  private static let objects = """
    apiVersion: v1
    kind: Pod
    metadata: {name: web, namespace: shop, uid: u1, creationTimestamp: "2026-01-01T00:00:00Z"}
    spec: {nodeName: n1, containers: [{name: app, image: "shop/web:1", envFrom: [{configMapRef: {name: settngs}}]}]}
    status:
      phase: Pending
      containerStatuses:
      - name: app
        state: {waiting: {reason: CreateContainerConfigError, message: 'configmap "settngs" not found'}}
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: settings, namespace: shop, uid: u2}
    data: {a: b}
    ---
    apiVersion: v1
    kind: Node
    metadata: {name: n1, uid: u3}
    """

  private func run(_ arguments: String...) async throws -> CommandResult {
    let folder = try TemporaryFolder()
    let file = try folder.file("shop.yaml", Data(Self.objects.utf8)).path
    return try await Podmedic.run(arguments + ["--from", file, "--at", "2026-01-01T12:00:00Z"])
  }

  @Test func aRunNamesTheCauseAndEndsWithOne() async throws {
    let result = try await run("playbook", "run", "config-error", "pod/web", "--answer", "fix=yes")
    #expect(result.status == 1, "\(result)")
    #expect(result.text.contains("cause: configmap \"settngs\" not found\n"), "\(result)")
    // Single objects are no list: that something is missing among them proves nothing.
    #expect(result.text.contains("configmaps: the capture has single configmaps"), "\(result)")
    #expect(result.text.contains("answered yes"), "\(result)")
  }

  @Test func theReportIsADocument() async throws {
    let result = try await run("playbook", "run", "config-error", "-o", "json")
    let json = try JSONValue(parsing: result.text)
    #expect(json["apiVersion"]?.string == "podmedic.dev/v1")
    #expect(json["kind"]?.string == "PlaybookRun")
    #expect(json["verdict"]?.string == "problem")
    #expect(json["time"]?.string == "2026-01-01T12:00:00Z")
    #expect(json["path"]?.array?.first?.string == "state")
    let again = try await run("playbook", "run", "config-error", "-o", "json")
    #expect(again.status == 1)
  }

  @Test func anObjectIsExplained() async throws {
    let result = try await run("explain", "pod", "web")
    #expect(result.status == 1, "\(result)")
    #expect(result.text.hasPrefix("critical: configmap \"settngs\" not found (pod.config-missing)\n"), "\(result)")
    #expect(result.text.contains("A container cannot be configured"), "\(result)")
    // What was not looked at is named as a person reads it; of many steps some are.
    let others = try #require(result.text.components(separatedBy: "\nnot on the way:\n").last)
    let lines = others.split(separator: "\n").prefix { $0.hasPrefix("  ") }
    #expect(!lines.isEmpty && lines.count <= 7 && lines.allSatisfy { $0.dropFirst(2).contains(" ") }, "\(result)")
  }

  @Test func whatIsNotThereCannotBeTold() async throws {
    let result = try await run("explain", "pod/nope")
    #expect(result.status == 2 && result.text == "", "\(result)")
    #expect(result.errorText.contains("the capture has single pods"), "\(result)")
  }

  @Test func anUnknownPlaybookIsSuggested() async throws {
    let result = try await run("playbook", "run", "oom-kiled")
    #expect(result.errorText.contains("Did you mean \"oom-killed\"?"), "\(result)")
  }

  @Test func mistakesInFilesAreListed() async throws {
    let folder = try TemporaryFolder()
    let file = try folder.file("x.yaml", Data("kind: Playbook\nname: x\nsteps: []\n".utf8)).path
    let result = try await Podmedic.run(["playbook", "lint", file])
    #expect(result.status == 1 && result.text.contains("\(file):3:8: at least one step is needed\n"), "\(result)")
    #expect(try await Podmedic.run(["lint", file]).text == result.text)
  }
}
