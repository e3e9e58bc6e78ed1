import Foundation
import Kube
import TestSupport
import Testing

/// Remedies on the demo cluster, over real connections: what is shown, what happens, what is written down.
@Suite struct RemedyCommandTests {
  /// The demo, with a place for the journal.
  private struct Place {
    let demo: Demo
    let folder: TemporaryFolder

    init() throws {
      demo = try Demo("shop")
      folder = try TemporaryFolder()
    }

    func run(_ line: String) async throws -> CommandResult {
      try await Podmedic.bash(
        "export XDG_STATE_HOME='\(folder.url.path)' XDG_CONFIG_HOME='\(folder.url.path)/config'; " + line,
        kubeconfig: demo.kubeconfig)
    }

    func limit() async throws -> String {
      let deployment = try await run("$podmedic get deploy checkout -n shop -o json").text
      let json = try JSONValue(parsing: deployment)
      let containers = json[path: "spec", "template", "spec", "containers"]
      return containers?[0]?[path: "resources", "limits", "memory"]?.string ?? ""
    }
  }

  /// Nothing is run in a container unless somebody says so; the demo then says that it has no real ones.
  @Test func commandsOfPlaybooksNeedAWord() async throws {
    let place = try Place()
    let run = "$podmedic playbook run container-isolation deployment/cart -n shop"
    let without = try await place.run("\(run) </dev/null")
    #expect(without.text.contains("it runs a command in a container: --allow-exec lets it"), "\(without)")
    #expect(without.status == 2)
    let readOnly = try await place.run("\(run) --allow-exec --read-only </dev/null")
    #expect(readOnly.text.contains("podmedic was started with --read-only"), "\(readOnly)")
    #expect(try await place.run("$podmedic history").text == "")
    let with = try await place.run("\(run) --allow-exec </dev/null")
    #expect(with.text.contains("the containers of the demo cluster are not real"), "\(with)")
    #expect(with.errorText.contains("command     id\ncluster     demo (context demo, user demo-admin)\n"), "\(with)")
    let history = try await place.run("$podmedic history --long")
    #expect(history.text.contains("run a command in container cart: id  not-applied"), "\(history)")
    #expect(history.text.contains("undo     what a command has done cannot be taken back"), "\(history)")
  }

  @Test func moreMemoryEndsTheOOM() async throws {
    let place = try Place()
    let before = try await place.run("$podmedic check -n shop")
    #expect(before.text.contains("deployment/checkout"), "\(before)")
    #expect(before.text.contains("pod.oom-killed"))
    let pods = try await place.run("$podmedic get pods -n shop -l app=checkout -o name")
    let pod = try #require(pods.text.split(separator: "\n").first)

    let tried = try await place.run(
      "$podmedic remedy apply set-resources \(pod) memory-limit=512Mi -n shop --dry-run")
    #expect(tried.status == 0, "\(tried)")
    for part in [
      "cluster     demo (context demo, user demo-admin)", "-> deployment/checkout in namespace shop",
      "containers[checkout].resources.limits.memory: 256Mi -> 512Mi",
      "kubectl set resources deployment/checkout -n shop -c checkout --limits=memory=512Mi",
      "the server would accept it; nothing was changed",
    ] { #expect(tried.text.contains(part), "\(tried)") }
    #expect(try await place.limit() == "256Mi")

    let applied = try await place.run(
      "$podmedic remedy apply set-resources \(pod) memory-limit=512Mi -n shop --yes")
    #expect(applied.status == 0, "\(applied)")
    #expect(applied.text.hasSuffix("done\n"), "\(applied)")
    #expect(try await place.limit() == "512Mi")
    let after = try await place.run("$podmedic check -n shop")
    #expect(!after.text.contains("deployment/checkout"), "\(after)")

    let history = try await place.run("$podmedic history --long")
    #expect(history.text.contains("give container checkout memory limit 512Mi  succeeded"), "\(history)")
    let lines = try String(contentsOfFile: place.folder.url.path + "/podmedic/history", encoding: .utf8)
    #expect(lines.split(separator: "\n").count == 2)
  }

  struct Row: CustomTestStringConvertible {
    var line: String
    var status: Int32
    var says: String
    var testDescription: String { line }
  }

  @Test func mistakesAndGuardsAreSaid() async throws {
    let place = try Place()
    let rows = [
      Row(line: "remedy apply cordon node/node-a1", status: 64, says: "there is no terminal to ask on"),
      Row(line: "remedy apply cordon node/nope -y", status: 1, says: "nodes \"nope\" not found"),
      Row(line: "remedy apply cordon deploy/checkout -n shop -y", status: 1, says: "cordon is not for a Deployment"),
      Row(line: "remedy apply scale deploy/checkout -n shop -y", status: 64, says: "scale needs replicas"),
      Row(line: "remedy apply scal deploy/checkout -n shop -y", status: 64, says: "there is no remedy \"scal\""),
      Row(
        line: "remedy apply scale deploy/checkout replicas=1 -n shop -y --read-only", status: 1,
        says: "podmedic was started with --read-only"),
      Row(
        line: "remedy apply set-resources deploy/checkout memory-request=1Ti memory-limit=1Ti -n shop --dry-run",
        status: 0, says: "the server would accept it"),
    ]
    for row in rows {
      let result = try await place.run("$podmedic \(row.line)")
      #expect(result.status == row.status, "\(result)")
      #expect((result.text + result.errorText).contains(row.says), "\(result)")
    }
    #expect(try await place.limit() == "256Mi")
    let history = try await place.run("$podmedic history")
    #expect(history.text.isEmpty && history.errorText.contains("Nothing has been changed"), "\(history)")
  }

  @Test func protectedContextsMustBeNamed() async throws {
    let place = try Place()
    let scale = "$podmedic remedy apply scale deploy/frontend replicas=7 -n shop -y"
    _ = try await place.run(
      "mkdir -p $XDG_CONFIG_HOME/podmedic; echo 'protected: [dem*]' >$XDG_CONFIG_HOME/podmedic/config.yaml")
    let refused = try await place.run(scale)
    #expect(refused.status == 1)
    #expect(refused.errorText.contains("context demo is protected (dem*): unlock it first"), "\(refused)")
    let other = try await place.run(scale + " --unlock prod")
    #expect(other.status == 1)
    let unlocked = try await place.run(scale + " --unlock demo --no-wait")
    #expect(unlocked.status == 0, "\(unlocked)")
  }

  @Test func withoutAJournalNothingIsChanged() async throws {
    let place = try Place()
    let result = try await place.run(
      "export XDG_STATE_HOME=/dev/null; $podmedic remedy apply set-resources deploy/checkout memory-limit=300Mi -n shop -y"
    )
    #expect(result.status == 1)
    #expect(result.errorText.contains("nothing was changed, because it cannot be recorded"), "\(result)")
    #expect(try await place.limit() == "256Mi")
  }

  /// Every remedy that has a fitting object in the demo is at least tried there.
  @Test func theServerAcceptsWhatIsWorkedOut() async throws {
    let place = try Place()
    let lines = [
      "set-image deploy/frontend image=registry/x:2 -n shop", "rolloutrestart", "rollout-restart deploy/cart -n shop",
      "rollout-pause deploy/cart -n shop", "scale deploy/cart replicas=5 -n shop",
      "set-rollout-bounds deploy/cart max-surge=1 max-unavailable=0 -n shop",
      "add-toleration deploy/cart key=gpu -n shop", "set-pull-secret deploy/cart secret=reg -n shop",
      "rollout-undo deploy/catalog -n shop", "cordon node/node-a1", "label-node node/node-a1 key=disk value=ssd",
      "delete-object deploy/cart -n shop", "patch-service-selector svc/cart selector=app=cart2 -n shop",
      "set-target-port svc/cart target-port=9999 -n shop",
    ].filter { $0.contains(" ") }
    for line in lines {
      let result = try await place.run("$podmedic remedy apply \(line) --dry-run")
      #expect(result.status == 0, "\(line): \(result)")
    }
  }
}
