import Foundation
import Kube
import TestSupport
import Testing

/// `cordon`, `uncordon` and `drain` on the demo, over real connections, beside the real kubectl where there is one.
@Suite(.serialized) struct MaintenanceCommandTests {
  /// A demo, with a place for the journal.
  private struct Place {
    let demo: Demo
    let folder: TemporaryFolder

    init() throws {
      demo = try Demo("shop")
      folder = try TemporaryFolder()
    }

    var kubectl: String { TestCluster.currentKubectl ?? "kubectl" }

    func run(_ line: String) async throws -> CommandResult {
      try await Podmedic.bash(
        "export XDG_STATE_HOME='\(folder.url.path)' XDG_CONFIG_HOME='\(folder.url.path)/config'; " + line,
        kubeconfig: demo.kubeconfig)
    }
  }

  struct Row: CustomTestStringConvertible, Sendable {
    var line: String
    var status: Int32 = 1
    var says: String
    var testDescription: String { line }
  }

  @Test func mistakesAreSaidInKubectlsWords() async throws {
    let place = try Place()
    let rows = [
      Row(line: "drain", says: "error: USAGE: drain NODE [flags]\nSee 'podmedic drain -h' for help and examples\n"),
      Row(line: "cordon", says: "error: USAGE: cordon NODE [flags]"),
      Row(
        line: "drain node-a1 -l a=b",
        says: "error: cannot specify both a node name and a --selector option\nSee 'podmedic drain -h'"),
      Row(line: "drain nope node-a1", says: "Error from server (NotFound): nodes \"nope\" not found\n"),
      Row(line: "drain node-a1 --pod-selector='a in ('", says: "error: --pod-selector=<pod_selector> must be a valid"),
      Row(line: "drain -l ''", says: "error: You must provide one or more resources by argument or filename.\n"),
      Row(line: "drain -l 'pool in ('", says: "Error from server (BadRequest): Unable to find \"/v1, Resource=nodes\""),
      Row(line: "drain .", says: "error: invalid resource name \".\": [may not be '.']\n"),
      Row(line: "drain a%2Fb", says: "error: invalid resource name \"a%2Fb\": [may not contain '%']\n"),
      Row(
        line: "drain node-a1 --cordon-again", says: "error: --cordon-again says how to --resume a drain: name both\n"),
      Row(line: "drain ''", says: "error: resource name may not be empty\n"),
      Row(line: "drain pod/x", says: "Error from server (NotFound): pods \"x\" not found\n"),
      Row(line: "drain ns/shop", says: "error: expected resource of type node, got \"/v1, Resource=namespaces\"\n"),
      Row(line: "drain node-a1 ns/shop", says: "error: you may only specify a single resource type\n"),
      Row(line: "drain nodes.v1/x", says: "error: the server doesn't have a resource type \"nodes\" in group \"v1\"\n"),
      Row(line: "drain foo/x bar/y", says: "error: the server doesn't have a resource type \"foo\"\n"),
      Row(line: "drain node/", says: "error: arguments in resource/name form must have a single resource and name\n"),
      Row(line: "drain nodes./nope", says: "Error from server (NotFound): nodes \"nope\" not found\n"),
      Row(line: "drain a/b/c", says: "error: arguments in resource/name form may not have more than one slash\n"),
      Row(
        line: "drain node-a1 --timeout=abc",
        says: "error: invalid argument \"abc\" for \"--timeout\" flag: time: invalid duration \"abc\"\n"
          + "See 'podmedic drain --help' for usage.\n"),
      Row(
        line: "drain node-a1 --timeout 5",
        says: "error: invalid argument \"5\" for \"--timeout\" flag: time: missing unit in duration \"5\"\n"),
      Row(
        line: "drain node-a1 --grace-period=x",
        says:
          "error: invalid argument \"x\" for \"--grace-period\" flag: strconv.ParseInt: parsing \"x\": invalid syntax"),
      Row(
        line: "drain node-a1 --force=maybe",
        says: "invalid argument \"maybe\" for \"--force\" flag: strconv.ParseBool: parsing \"maybe\": invalid syntax"),
      Row(
        line: "drain node-a1 --dry-run=foo",
        says: "error: Invalid dry-run value (foo). Must be \"none\", \"server\", or \"client\".\n"),
      Row(
        line: "drain node-a1 --bogus", says: "error: unknown flag: --bogus\nSee 'podmedic drain --help' for usage.\n"),
      Row(line: "drain node-a1 -A", says: "error: unknown shorthand flag: 'A' in -A\n"),
      Row(line: "drain node-a1 --timeout", says: "error: flag needs an argument: --timeout\n"),
      Row(line: "cordon -l", says: "error: flag needs an argument: 'l' in -l\n"),
      Row(line: "cordon node-a1 --force", says: "error: unknown flag: --force\n"),
      Row(line: "drain node-a1 --batch=0", says: "error: --batch must be 1 or more, not 0\n"),
      Row(line: "drain node-a1 -o json", says: "error: --output is the format of a plan: it needs --plan\n"),
      Row(line: "drain --resume", says: "error: there is no drain of this cluster to go on with\n"),
      Row(line: "drain --resume=x", says: "error: there is no drain \"x\" to go on with\n"),
      // 1 would say that the drain is blocked.
      Row(line: "drain --plan", status: 2, says: "error: USAGE: drain NODE [flags]"),
      Row(line: "drain node-a1 --plan --timeout=abc", status: 2, says: "error: invalid argument \"abc\""),
      Row(
        line: "drain node-a1 --plan -o yaml", status: 2,
        says: "error: invalid argument \"yaml\" for \"-o, --output\" flag: a plan is written as text, json, markdown\n"),
      Row(
        line: "drain --resume=",
        says: "error: invalid argument \"\" for \"--resume\" flag: it names nothing; leave the = out, or name one\n"),
      Row(line: "drain node-a1 --plan --batch=0", status: 2, says: "error: --batch must be 1 or more, not 0\n"),
      Row(line: "drain --resume node-a1", says: "error: --resume goes on with the nodes and flags"),
      Row(line: "drain --resume --plan", status: 2, says: "error: --resume evicts, and --plan changes nothing: "),
      Row(line: "drain --resume --dry-run", says: "error: --resume evicts, and --dry-run=client changes nothing: "),
      Row(
        line: "drain --resume --dry-run=server", says: "error: --resume evicts, and --dry-run=server changes nothing: "),
      Row(
        line: "drain --resume --batch=3", says: "error: --resume goes on with the flags that the drain was begun with"),
      Row(line: "drain node-a1 --read-only", says: "error: podmedic was started with --read-only\n"),
      Row(line: "cordon node-a1 --read-only", says: "error: podmedic was started with --read-only\n"),
      Row(line: "drain -l a=nothing", status: 0, says: ""),
      // Flags of every command of kubectl that change nothing here are taken; the others are refused with a reason.
      Row(
        line: "drain -l a=nothing --cache-dir /nowhere --log-flush-frequency=5s --vmodule=a=1 --profile=none "
          + "--profile-output=p --match-server-version=false --warnings-as-errors=false --kuberc=", status: 0, says: ""),
      Row(line: "--cache-dir=/nowhere --vmodule a=1 drain -l a=nothing", status: 0, says: ""),
      Row(line: "get pods -n nowhere --cache-dir /x", status: 0, says: "No resources found in nowhere namespace."),
      Row(
        line: "drain node-a1 --log-flush-frequency=5",
        says: "error: invalid argument \"5\" for \"--log-flush-frequency\""),
      Row(line: "drain node-a1 --kuberc=x", says: "error: --kuberc is not supported: podmedic reads no preferences"),
      Row(line: "drain node-a1 --profile=cpu", says: "error: --profile is not supported: podmedic writes no profiles"),
      Row(line: "cordon node-a1 --warnings-as-errors", says: "error: --warnings-as-errors is not supported: podmedic"),
      Row(line: "get nodes --match-server-version", says: "error: --match-server-version is not supported: podmedic's"),
    ]
    for row in rows {
      let result = try await place.run("$podmedic \(row.line)")
      #expect(result.status == row.status, "\(result)")
      #expect(
        result.errorText.hasPrefix(row.says) || result.errorText.contains(row.says) && !row.says.isEmpty, "\(result)")
      #expect(result.text.isEmpty, "\(result)")
    }
    #expect(try await place.run("$podmedic history").errorText.contains("Nothing has been changed"))
  }

  @Test func cordonAndUncordonSayWhatKubectlSays() async throws {
    let place = try Place()
    let script = """
      $podmedic cordon node-a1 --dry-run=client; $podmedic cordon node-a1 --dry-run=server
      $podmedic cordon node/node-a1; $podmedic cordon node-a1
      $podmedic get node node-a1 -o jsonpath='{.spec.unschedulable} {.metadata.annotations.podmedic\\.dev/cordoned-by}{"\\n"}'
      $podmedic uncordon node-a1; $podmedic uncordon node-a1
      $podmedic get node node-a1 -o jsonpath='{.spec.unschedulable}/{.metadata.annotations.podmedic\\.dev/cordoned-by}{"\\n"}'
      """
    let result = try await place.run(script)
    #expect(
      result.text == """
        node/node-a1 cordoned (dry run)
        node/node-a1 cordoned (server dry run)
        node/node-a1 cordoned
        node/node-a1 already cordoned
        true demo-admin
        node/node-a1 uncordoned
        node/node-a1 already uncordoned
        /

        """, "\(result)")
    let history = try await place.run("$podmedic history")
    #expect(history.text.contains("node/node-a1  cordon the node  succeeded"), "\(history)")
    #expect(history.text.contains("node/node-a1  uncordon the node  succeeded"), "\(history)")
  }

  /// The id of the latest change with a name, as the history has it.
  private func latest(_ remedy: String, _ place: Place) async throws -> String {
    let history = try JSONValue(parsing: try await place.run("$podmedic history -o json").text)
    let records = (history["items"]?.array ?? []).filter { $0["remedy"]?.string == remedy }
    return try #require(records.max { ($0["time"]?.string ?? "") < ($1["time"]?.string ?? "") }?["id"]?.string)
  }

  @Test func cordonsAndDrainsAreTakenBackAsRemediesAre() async throws {
    let place = try Place()
    let field = "{.spec.unschedulable}/{.metadata.annotations.podmedic\\.dev/cordoned-by}"
    let state = "$podmedic get node node-b1 -o jsonpath='\(field)'"
    let open = try await place.run(state).text
    _ = try await place.run("$podmedic cordon node-b1")
    let cordon = try await latest("cordon", place)
    let undone = try await place.run("$podmedic remedy undo \(cordon) --yes; \(state)")
    #expect(undone.status == 0 && undone.text.hasSuffix(open), "\(undone)")
    // A cordon that somebody has made since is another one.
    _ = try await place.run("$podmedic cordon node-b1")
    let others = try await place.run("$podmedic remedy undo \(cordon) --yes")
    #expect(others.status == 1 && others.errorText.contains(" has changed since: it was set to "), "\(others)")
    _ = try await place.run("$podmedic uncordon node-b1")
    let uncordon = try await latest("uncordon", place)
    let closed = try await place.run("$podmedic remedy undo \(uncordon) --yes; \(state)")
    #expect(closed.text.contains("true/"), "\(closed)")
    _ = try await place.run("$podmedic uncordon node-b1")
    // Of a drain the cordon is taken back; then it is not offered to be gone on with.
    let flags = "--pod-selector=app=frontend --grace-period=1"
    let drained = try await place.run("$podmedic drain node-b1 \(flags)")
    #expect(drained.status == 0, "\(drained)")
    let opened = try await place.run("$podmedic remedy undo \(try await latest("drain", place)) --yes; \(state)")
    #expect(opened.status == 0 && opened.text.hasSuffix(open), "\(opened)")
    // Where the node was cordoned before, the drain has closed nothing.
    _ = try await place.run("$podmedic cordon node-b1; $podmedic drain node-b1 \(flags)")
    let kept = try await place.run("$podmedic remedy undo \(try await latest("drain", place)) --yes")
    #expect(kept.status == 1 && kept.errorText.contains("pods that are gone are replaced elsewhere"), "\(kept)")
  }

  @Test func maintenanceEndsWhenWhatTheDrainTookIsReady() async throws {
    let place = try Place()
    let run = "$podmedic playbook run node-maintenance node/node-b1 --answer work=yes -o json"
    func owners() async throws -> (verdict: String, sentence: String) {
      let report = try JSONValue(parsing: try await place.run(run).text)
      let step = report["steps"]?.array?.first { $0["id"] == "owners" }
      return (step?["verdict"]?.string ?? "", step?["sentence"]?.string ?? "")
    }
    #expect(try await owners().sentence.contains("no drain of the node"))
    let drained = try await place.run("$podmedic drain node-b1 --pod-selector=app=frontend --grace-period=1")
    #expect(drained.status == 0, "\(drained)")
    var last = try await owners()
    // The replacements of the demo become Ready by its own clock.
    for _ in 0..<100 where last.verdict != "ok" { last = try await owners() }
    #expect(last.verdict == "ok" && last.sentence.contains("that the drain of"), "\(last)")
  }

  @Test func protectedContextsAreNotTouched() async throws {
    let place = try Place()
    _ = try await place.run(
      "mkdir -p $XDG_CONFIG_HOME/podmedic; echo 'protected: [dem*]' >$XDG_CONFIG_HOME/podmedic/config.yaml")
    for command in ["cordon node-a1", "drain node-a1 --force", "drain --resume"] {
      let result = try await place.run("$podmedic \(command)")
      let reason = "error: context demo is protected (dem*): unlock it first with --unlock demo\n"
      #expect(result.status == 1 && result.errorText.hasPrefix(reason), "\(result)")
    }
    // Whoever only asks what the server would do changes nothing; --read-only lets nothing pass but reads.
    let pretended = try await place.run("$podmedic cordon node-a1 --dry-run=server; $podmedic get node node-a1")
    #expect(pretended.text.hasPrefix("node/node-a1 cordoned (server dry run)\n"), "\(pretended)")
    #expect(!pretended.text.contains("SchedulingDisabled"))
    let selector = "--pod-selector=app=frontend --dry-run=server"
    let evicted = try await place.run("$podmedic drain node-b1 \(selector)")
    #expect(evicted.status == 0 && evicted.text.contains("(server dry run)"), "\(evicted)")
    let refused = try await place.run("$podmedic drain node-b1 \(selector) --read-only")
    #expect(refused.status == 1 && refused.errorText.contains("--read-only"), "\(refused)")
    #expect(try await place.run("$podmedic drain node-a1 --dry-run=client --force").errorText.contains("cannot delete"))
    #expect(try await place.run("$podmedic cordon node-a1 --unlock demo").text == "node/node-a1 cordoned\n")
  }

  @Test func withoutALogNothingIsDone() async throws {
    let place = try Place()
    let result = try await place.run("export XDG_STATE_HOME=/dev/null; $podmedic drain node-a1 --force")
    #expect(result.status == 1)
    #expect(result.errorText.hasPrefix("error: nothing was changed, because it cannot be recorded: "), "\(result)")
    let node = try await place.run("$podmedic get node node-a1 -o jsonpath='{.spec.unschedulable}'")
    #expect(node.text.isEmpty)
  }

  /// What a drain said, without the order of pods and of the reasons in brackets, which is random in kubectl.
  private func lines(_ result: CommandResult) -> Set<String> {
    let text = result.text + result.errorText
    return Set(
      text.split(separator: "\n").filter { !$0.hasPrefix("hint: ") && !$0.contains("client-side throttling") }.map {
        let parts = $0.replacing("[", with: ", ").replacing("]", with: "").split(separator: ", ")
        return $0.contains("[") ? parts.sorted().joined(separator: ", ") : String($0)
      })
  }

  @Test(.enabled(if: TestCluster.currentKubectl != nil, "no current kubectl; 'make setup-tests' fetches it"))
  func theDemoIsDrainedAsByKubectl() async throws {
    let (ours, theirs) = (try Place(), try Place())
    let selector = "--pod-selector='app in (frontend,catalog)'"
    for flags in ["", selector, "--ignore-daemonsets --force --delete-emptydir-data --dry-run=client"] {
      let drained = try await ours.run("$podmedic drain node-b1 \(flags)")
      let expected = try await theirs.run("\(theirs.kubectl) drain node-b1 \(flags)")
      #expect(drained.status == expected.status, "\(drained)\n\(expected)")
      #expect(lines(drained) == lines(expected), "\(drained)\n\(expected)")
    }
    // Until the budget of redis: whoever waits for it ends with the timeout.
    let find = "get pods -n data -l app=redis -o jsonpath='{.items[0].spec.nodeName}'"
    let node = try await ours.run("$podmedic \(find)").text
    let flags = "--pod-selector='app in (redis,cart,grafana)' --delete-emptydir-data --grace-period=1"
    let blocked = try await ours.run("$podmedic drain \(node) \(flags) --timeout=12s")
    let expected = try await theirs.run("\(theirs.kubectl) drain \(node) \(flags) --timeout=12s")
    #expect(blocked.status == 1 && expected.status == 1, "\(blocked)\n\(expected)")
    #expect(blocked.errorText.contains("Cannot evict pod as it would violate the pod's disruption budget."))
    let kept = { (lines: Set<String>) in lines.filter { $0.hasPrefix("pod/") } }
    #expect(kept(lines(blocked)) == kept(lines(expected)), "\(blocked)\n\(expected)")
    for place in [ours, theirs] { _ = try await place.run("\(place.kubectl) delete pdb redis -n data") }
    let done = try await ours.run("$podmedic drain \(node) \(flags) --timeout=40s")
    let same = try await theirs.run("\(theirs.kubectl) drain \(node) \(flags) --timeout=40s")
    #expect(done.status == 0 && same.status == 0, "\(done)\n\(same)")
    #expect(done.text.hasSuffix("node/\(node) drained\n"))
    let history = try await ours.run("$podmedic history --long")
    #expect(history.text.contains("node/\(node)  drain the node  succeeded"), "\(history)")
    #expect(history.text.contains("kubectl drain \(node) --delete-emptydir-data --grace-period=1"), "\(history)")
  }

  @Test func aKilledDrainGoesOn() async throws {
    let place = try Place()
    let node = try await place.run(
      "$podmedic get pods -n data -l app=redis -o jsonpath='{.items[0].spec.nodeName}'"
    ).text
    let flags = "--ignore-daemonsets --force --delete-emptydir-data --grace-period=1"
    // It waits for the budget of redis when it is killed.
    let killed = try await place.run(
      """
      $podmedic drain \(node) \(flags) >out 2>err & drain=$!
      for try in {1..200}; do grep -q 'will retry' err && break; sleep 0.1; done
      $podmedic drain --resume; kill -9 $drain; wait $drain; cat out
      """.replacingOccurrences(of: "out", with: place.folder.url.path + "/out")
        .replacingOccurrences(of: "err", with: place.folder.url.path + "/err"))
    #expect(killed.errorText.contains("another podmedic is carrying this drain out"), "\(killed)")
    #expect(killed.text.contains("node/\(node) cordoned"), "\(killed)")
    #expect(try await place.run("$podmedic history").text.contains("drain the node  never ended"))
    _ = try await place.run("$podmedic remedy apply delete-object pdb/redis -n data --yes")
    let resumed = try await place.run("$podmedic drain --resume")
    #expect(resumed.status == 0, "\(resumed)")
    #expect(resumed.text.contains("evicting pod data/redis-"), "\(resumed)")
    #expect(resumed.text.hasSuffix("node/\(node) drained\n"), "\(resumed)")
    #expect(try await place.run("$podmedic drain --resume").status == 1)
  }

  @Test func itIsSaidWhoDrainsANodeNowAndWhatEndedADrain() async throws {
    let place = try Place()
    let node = try await place.run(
      "$podmedic get pods -n data -l app=redis -o jsonpath='{.items[0].spec.nodeName}'"
    ).text
    let folder = place.folder.url.path
    let flags = "--ignore-daemonsets --force --delete-emptydir-data --grace-period=1"
    func whileItDrains(_ command: String) -> String {
      """
      $podmedic drain \(node) \(flags) >/dev/null 2>\(folder)/err & drain=$!
      for try in {1..200}; do grep -q 'will retry' \(folder)/err && break; sleep 0.1; done
      \(command); kill -9 $drain; wait $drain 2>/dev/null
      """
    }
    _ = try await place.run(whileItDrains("true"))
    #expect(try await place.run("$podmedic uncordon \(node)").status == 0)
    let last = try await place.run("$podmedic drain --resume")
    let words = last.errorText.split(separator: " ")
    #expect(words.count > 3 && last.status == 1, "\(last)")
    let id = words.count > 3 ? words[3] : ""
    #expect(
      last.errorText
        == "error: the drain \(id) of \(node) was ended when \(node) was uncordoned with podmedic: there is "
        + "nothing to go on with\n")
    #expect(try await place.run("$podmedic drain --resume=\(id)").errorText == last.errorText)
    // It is refused for the pods of DaemonSets at once.
    let beside = try await place.run(whileItDrains("$podmedic drain \(node)"))
    #expect(beside.errorText.contains("hint: another podmedic is draining \(node) now, since 20"), "\(beside)")
    #expect(beside.errorText.contains("; both go on.\n"), "\(beside)")
  }

  /// Drains the node with the blocked pod, does something (`$node`) when the budget has refused, and then ends the drain:
  /// its exit status and what it wrote to stderr.
  private func interruptedDrain(
    _ place: Place, before: String = ":"
  ) async throws -> (node: String, result: CommandResult) {
    let node = try await place.run(
      "$podmedic get pods -n data -l app=redis -o jsonpath='{.items[0].spec.nodeName}'"
    ).text
    let folder = place.folder.url.path
    let result = try await place.run(
      """
      node=\(node)
      $podmedic drain $node --ignore-daemonsets --force --delete-emptydir-data --grace-period=1 >/dev/null 2>\(folder)/err &
      drain=$!
      for try in {1..200}; do grep -q 'will retry' \(folder)/err && break; sleep 0.1; done
      \(before) >/dev/null; kill -TERM $drain; wait $drain; echo "status $?"; cat \(folder)/err
      """)
    return (node, result)
  }

  @Test func anInterruptedDrainSaysWhatItHasDone() async throws {
    let place = try Place()
    let (node, result) = try await interruptedDrain(place)
    #expect(result.text.hasPrefix("status 143\n"), "\(result)")
    #expect(result.text.contains("Cancelled. "), "\(result)")
    #expect(
      result.text.contains("hint: this drain has cordoned \(node); \"podmedic uncordon \(node)\" opens it."),
      "\(result)")
    // What a person has ended is not gone on with unless it is named, and a new drain of the node says that it is left.
    let without = try await place.run("$podmedic drain --resume")
    #expect(without.status == 1, "\(without)")
    let words = without.errorText.split(separator: "=")
    #expect(
      words.first == "error: no drain of this cluster was cut off; that of \(node) was cancelled: --resume",
      "\(without)")
    let id = try #require(words.last?.split(separator: " ").first, "\(without)")
    #expect(without.errorText.hasSuffix("--resume=\(id) goes on with it\n"), "\(without)")
    let again = try await place.run("$podmedic drain \(node)")
    #expect(again.errorText.hasPrefix("hint: a drain of \(node), begun 20"), "\(again)")
    #expect(
      again.errorText.contains(
        "Z, was cancelled; this one takes its place, and \"--resume=\(id)\" does not find it any more.\n"), "\(again)")
    let gone = try await place.run("$podmedic drain --resume=\(id)")
    #expect(gone.errorText.contains("there is no drain \"\(id)\" to go on with"), "\(gone)")
  }

  @Test func whatSomebodyHasOpenedSinceIsNotOfferedToBeOpened() async throws {
    let place = try Place()
    let (node, result) = try await interruptedDrain(place, before: "$podmedic uncordon $node")
    #expect(result.text.contains("node/\(node) is open: somebody has uncordoned it since\n"), "\(result)")
    #expect(!result.text.contains("this drain has cordoned"), "\(result)")
  }
}
