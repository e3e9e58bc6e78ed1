import Kube
import KubeClient
import Remedies
import Session
import TestSupport
import Testing

/// Commands in real containers: a real kubelet's WebSocket, output and exit status, and a real API server's permissions.
@Suite(.requiresControlPlane, .requiresRealNode) struct ExecTests {
  @Test func commandsRunInContainers() async throws {
    let cluster = try await ControlPlane.shared()
    try await cluster.startRealNode()
    let namespace = try await cluster.makeNamespace("exec")
    let pod: JSONValue = [
      "apiVersion": "v1", "kind": "Pod", "metadata": ["name": "shell"],
      "spec": [
        "nodeName": "localhost", "terminationGracePeriodSeconds": 0,
        "containers": [
          [
            "name": "c", "image": .string(TestCluster.realNodeImages.busybox),
            "command": ["sh", "-c", "exec sleep 1000"],
          ]
        ],
      ],
    ]
    try await cluster.kubectl("-n", namespace, "create", "-f", "-", input: pod.text())
    try await eventually("the pod does not run", seconds: 120) {
      try await cluster.kubectl(
        "-n", namespace, "get", "pod", "shell", "-o", "jsonpath={.status.containerStatuses[0].ready}") == "true"
    }
    let live = try LiveSession(cluster)

    func run(_ command: [String], timeout: Duration = .seconds(30), limit: Int = 1 << 20) async throws -> CommandOutput
    {
      var result: Result<CommandOutput, APIFailure>?
      live.session.client.run(
        .exec(namespace: namespace, pod: "shell", container: "c", command: command, timeout: timeout), limit: limit
      ) { result = $0 }
      try await live.run(until: { result != nil }, "\(command) has no end")
      return try #require(result).get()
    }
    #expect(try await run(["echo", "a b", "ü", "$HOME"]) == CommandOutput(text: "a b ü $HOME\n", end: .exited(0)))
    #expect(try await run(["true"]) == CommandOutput(text: "", end: .exited(0)))
    let failed = try await run(["sh", "-c", "echo out; echo err >&2; exit 7"])
    #expect(failed.end == .exited(7))
    // Two streams have no common order.
    #expect(failed.text == "out\nerr\n" || failed.text == "err\nout\n")
    // More than one frame, whole and in order.
    let numbers = try await run(["seq", "1", "40000"])
    #expect(numbers.text == (1...40_000).map { "\($0)\n" }.joined())
    #expect(numbers.end == .exited(0))
    #expect(try await run(["yes"], limit: 5000).end == .tooMuch(5000))
    #expect(
      try await run(["sh", "-c", "echo begun; sleep 60"], timeout: .seconds(2))
        == CommandOutput(text: "begun\n", end: .timedOut(.seconds(2))))
    let absent = try await run(["no-such-program"])
    guard case .failed(let text) = absent.end else {
      Issue.record("\(absent)")
      return
    }
    #expect(text.contains("no-such-program"))

    // The whole way, as the dashboard and the command line go it.
    func outcome(_ live: LiveSession, reply: String = "y") async throws -> CommandOutcome? {
      var reference = ObjectReference()
      reference.kind = "Pod"
      reference.namespace = namespace
      reference.name = "shell"
      let journal = MemoryJournal()
      let execution = CommandExecution(
        CommandOrder(pod: reference, container: "c", command: ["hostname"]), session: live.session,
        journal: journal)
      execution.start()
      try await live.run(
        until: { execution.run.phase == .confirming || execution.run.outcome != nil }, "\(execution.run.phase)")
      let isAsked = execution.run.phase == .confirming
      execution.reply(reply)
      try await live.run(until: { execution.run.outcome != nil }, "\(execution.run.phase)")
      let entries = try journal.history().get().records.map(\.entry.outcome)
      #expect(entries == (isAsked && reply == "y" ? ["succeeded"] : []))
      return execution.run.outcome
    }
    #expect(try await outcome(live) == .ran(CommandOutput(text: "shell\n", end: .exited(0))))
    #expect(try await outcome(live, reply: "n") == .declined)

    // Who may get pods/exec only passes this old server, but is not meant to run anything.
    for verbs in ["get", "create"] {
      try await cluster.kubectl(
        "-n", namespace, "create", "role", "exec-\(verbs)", "--verb=\(verbs)", "--resource=pods/exec")
      try await cluster.kubectl("-n", namespace, "create", "role", "see-\(verbs)", "--verb=get", "--resource=pods")
      for role in ["exec-\(verbs)", "see-\(verbs)"] {
        try await cluster.kubectl(
          "-n", namespace, "create", "rolebinding", role, "--role=\(role)", "--user=only-\(verbs)")
      }
      try await eventually("the server has not learned of the bindings") {
        let asked = ["-n", namespace, "--as", "only-\(verbs)", "auth", "can-i"]
        for question in [["get", "pods/shell"], [verbs, "pods", "--subresource=exec"]] {
          guard try await cluster.kubectlResult(asked + question).status == 0 else { return false }
        }
        return true
      }
      guard case .forbidden(let text)? = try await outcome(try LiveSession(cluster, as: "only-\(verbs)")) else {
        Issue.record("only-\(verbs) may run commands")
        continue
      }
      #expect(text.contains("may not \(verbs == "get" ? "create" : "get") pods/exec in namespace \(namespace)"))
    }
    try await cluster.kubectl("delete", "namespace", namespace, "--wait=false")
  }
}
