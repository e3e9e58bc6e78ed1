import Kube
import Testing

@testable import Diagnosis

@Suite struct NodeStatusWordTests {
  private func node(_ ready: String?, cordoned: Bool = false) -> Node {
    var node = Node()
    if let ready {
      var condition = NodeCondition()
      condition.type = "Ready"
      condition.status = ready
      node.status.conditions = [condition]
    }
    node.spec.unschedulable = cordoned
    return node
  }

  @Test func words() {
    #expect(node("True").statusWord == "Ready")
    #expect(node("False").statusWord == "NotReady")
    #expect(node("Unknown").statusWord == "NotReady")
    #expect(node(nil).statusWord == "Unknown")
    #expect(node("True", cordoned: true).statusWord == "Ready,SchedulingDisabled")
    #expect(node(nil, cordoned: true).statusWord == "Unknown,SchedulingDisabled")
  }
}

@Suite struct ExitCodeTests {
  @Test(arguments: [
    (0, "exit 0 (finished)"), (1, "exit 1"), (126, "exit 126 (command not executable)"),
    (127, "exit 127 (command not found)"), (137, "exit 137 (SIGKILL)"), (139, "exit 139 (SIGSEGV)"),
    (143, "exit 143 (SIGTERM)"), (134, "exit 134 (SIGABRT)"), (200, "exit 200"),
    (255, "exit 255 (exit status out of range)"), (-1, "exit -1"), (Int.min, "exit \(Int.min)"),
  ])
  func text(code: Int, text: String) {
    #expect(ExitCode.text(code) == text)
  }
}

@Suite struct ContainerSummaryTests {
  @Test func everyContainerInOrderOfTheSpec() {
    let pod = pod {
      $0.spec.initContainers = [container("setup"), sidecar("proxy")]
      $0.spec.containers = [container("app"), container("new")]
      $0.status.initContainerStatuses = [terminated("setup", end(0, "Completed")), running("proxy")]
      $0.status.containerStatuses = [
        waiting("app", "CrashLoopBackOff", "back-off 10s", restarts: 2, last: end(137, "OOMKilled"))
      ]
      var debug = EphemeralContainer()
      debug.container = container("debug")
      $0.spec.ephemeralContainers = [debug]
    }
    let summaries = ContainerSummary.all(of: pod)
    #expect(
      summaries.map { "\($0.name) \($0.role) \($0.state)" } == [
        "setup init Completed", "proxy sidecar Running", "app container CrashLoopBackOff", "new container Waiting",
        "debug ephemeral Waiting",
      ])
    #expect(summaries[2].lastState == "OOMKilled, exit 137 (SIGKILL)")
    #expect(summaries[2].stateDetail == "back-off 10s")
    #expect(summaries[2].exitCode == 137)
    #expect(summaries[2].restarts == 2)
    #expect(summaries[0].stateDetail.isEmpty)
  }

  @Test func statesInWords() {
    func summary(_ status: ContainerStatus) -> String {
      let summary = ContainerSummary.all(of: pod { $0.status.containerStatuses = [status] })[0]
      return "\(summary.state): \(summary.stateDetail)"
    }
    #expect(summary(terminated("app", end(139, "Error"))) == "Error: exit 139 (SIGSEGV)")
    #expect(summary(terminated("app", end(0, signal: 9))) == "Signal:9: SIGKILL")
    #expect(summary(terminated("app", end(7))) == "ExitCode:7: exit 7")
    #expect(summary(waiting("app", "")) == "Waiting: ")
  }
}
