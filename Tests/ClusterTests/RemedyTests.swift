import ClusterState
import Kube
import KubeClient
import Remedies
import Session
import TestSupport
import Testing

/// Remedies on a real API server: dry run, precondition, conflict and undo are the server's own.
@Suite(.requiresControlPlane) struct RemedyTests {
  private final class MemoryJournal: RemedyJournal {
    var entries: [JournalEntry] = []

    func append(_ entry: JournalEntry) -> Result<Void, JournalFailure> {
      entries.append(entry)
      return .success(())
    }

    func history() -> Result<JournalHistory, JournalFailure> {
      .success(JournalHistory(text: entries.map(\.line).joined(separator: "\n")))
    }
  }

  @Test func resourcesAreSetAndTakenBack() async throws {
    let cluster = try await ControlPlane.shared()
    let namespace = try await cluster.makeNamespace("remedy")
    try await cluster.kubectl(
      "-n", namespace, "create", "-f", "-",
      input: """
        {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": {"replicas": 0,
         "selector": {"matchLabels": {"app": "web"}}, "template": {"metadata": {"labels": {"app": "web"}}, "spec":
         {"containers": [{"name": "web", "image": "x", "resources": {"limits": {"memory": "64Mi"}}}]}}}}
        """)
    func limit() async throws -> String {
      try await cluster.kubectl(
        "-n", namespace, "get", "deployment", "web", "-o",
        "jsonpath={.spec.template.spec.containers[0].resources.limits.memory}")
    }
    let live = try LiveSession(cluster)
    try await live.discover()
    var reference = ObjectReference()
    reference.kind = "Deployment"
    reference.apiVersion = "apps/v1"
    reference.namespace = namespace
    reference.name = "web"
    let journal = MemoryJournal()
    let order = RemedyOrder(.setResources, reference, ["memory-limit": "1024Mi"])
    // Kinds that an old server does not serve are left out.
    live.session.setNeeds(Set(order.needs.map { Subscription($0.resource, namespace: namespace) }))
    try await live.run(
      until: {
        order.needs.allSatisfy { type in
          switch live.freshness(type.resource) {
          case .live, .notServed, .forbidden, .failed: true
          default: false
          }
        }
      }, "not everything is read")

    func question(_ order: RemedyOrder, isDryRun: Bool = false) async throws -> RemedyExecution {
      let execution = RemedyExecution(order, session: live.session, journal: journal, isDryRun: isDryRun)
      live.session.onChange = { [weak execution] in execution?.clusterChanged() }
      execution.start()
      try await live.run(
        until: { execution.run.phase == .confirming || execution.run.outcome != nil }, "\(execution.run.phase)")
      return execution
    }
    func finish(_ execution: RemedyExecution) async throws {
      execution.reply("y")
      try await live.run(
        until: { execution.run.outcome != nil || execution.run.phase == .confirming }, "\(execution.run.phase)")
      execution.close()
    }

    let tried = try await question(order, isDryRun: true)
    #expect(tried.run.outcome == .tried)
    #expect(
      tried.run.trial?.changes.map(\.line) == [
        "spec.template.spec.containers[web].resources.limits.memory: 64Mi -> 1Gi"
      ])
    #expect(try await limit() == "64Mi")

    // A label that somebody sets between question and answer is a conflict, after which the same change goes through.
    let applied = try await question(order)
    try await cluster.kubectl("-n", namespace, "label", "deployment", "web", "colour=green")
    try await finish(applied)
    #expect(applied.run.outcome == .succeeded, "\(applied.run.phase)")
    #expect(try await limit() == "1Gi")
    #expect(journal.entries.map(\.moment) == [.began, .ended])

    // Somebody sets another limit between question and answer: the person is asked again.
    let other = try await question(RemedyOrder(.setResources, reference, ["memory-limit": "2Gi"]))
    try await cluster.kubectl("-n", namespace, "set", "resources", "deployment", "web", "--limits=memory=3Gi")
    try await finish(other)
    #expect(other.run.phase == .confirming, "\(other.run.phase)")
    #expect(other.run.trial?.changes.first?.before == "3Gi")
    #expect(try await limit() == "3Gi")

    // What somebody else has changed is not taken back; once it is as it was left, it is.
    let undo = try #require(applied.run.undo)
    let refused = try await question(undo)
    #expect(refused.run.outcome?.sentence.contains("is 3Gi now") == true, "\(refused.run.phase)")
    try await cluster.kubectl("-n", namespace, "set", "resources", "deployment", "web", "--limits=memory=1Gi")
    let back = try await question(undo)
    try await finish(back)
    #expect(back.run.outcome == .succeeded, "\(back.run.phase)")
    #expect(try await limit() == "64Mi")

    // What the server does not admit is its own sentence, and nothing is changed.
    let bad = try await question(RemedyOrder(.addToleration, reference, ["key": "no key!"]))
    #expect(bad.run.outcome?.word == "rejected")
    #expect(bad.run.outcome?.sentence.contains("spec.template.spec.tolerations[0].key") == true)
    try await cluster.kubectl("delete", "namespace", namespace, "--wait=false")
  }
}
