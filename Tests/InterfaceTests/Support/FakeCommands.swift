import Kube
import KubeClient
import Remedies

/// Commands in containers, as a server would carry them out at once.
struct FakeCommands {
  /// What commands write, by their text; others are not found.
  var outputs: [String: CommandOutput] = [:]
  /// Whether the user may run any.
  var isAllowed = true
  private(set) var runs: [Int: CommandRun] = [:]
  /// What was really run.
  private(set) var ran: [String] = []
  private(set) var journal: [JournalEntry] = []

  mutating func start(_ id: Int, _ order: CommandOrder) -> CommandRun {
    let place = RemedyRun.Place(context: "demo", cluster: "demo", user: "demo-admin")
    var run = CommandRun(order, place: place, id: "command-\(id)")
    carryOut(run.start(), &run)
    runs[id] = run
    return run
  }

  mutating func reply(_ id: Int, _ text: String) -> CommandRun? {
    guard var run = runs[id] else { return nil }
    carryOut(run.handle(.reply(text)), &run)
    runs[id] = run
    return run
  }

  private mutating func carryOut(_ effects: [CommandRun.Effect], _ run: inout CommandRun) {
    for effect in effects {
      switch effect {
      case .send(let number, let request):
        let answer: JSONValue =
          request.method == "GET"
          ? ["metadata": ["uid": .string(run.order.pod.uid)]] : ["status": ["allowed": .bool(isAllowed)]]
        carryOut(run.handle(.answered(number, .success(RemedyAnswer(json: answer)))), &run)
      case .record(let entry):
        journal.append(entry)
        carryOut(run.handle(.recorded(.success(()))), &run)
      case .run:
        ran.append(run.order.text)
        let output =
          outputs[run.order.text] ?? CommandOutput(text: "", end: .failed("executable file not found in $PATH"))
        carryOut(run.handle(.ran(.success(output))), &run)
      }
    }
  }
}
