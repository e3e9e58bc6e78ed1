import ClusterState
import DataFiles
import Draining
import Kube
import KubeClient
import PlainInterface
import Scheduling
import Session

/// `podmedic drain … --plan`: what a drain would do; nothing is written.
struct DrainPlanCommand {
  /// Formats of the plan.
  enum Format: String, CaseIterable { case text, json, markdown }

  private let host: RunHost
  private var context: CommandContext { host.context }
  private var remarks: [String] = []

  /// Reads what the plan rests on, prints the plan and fails with 1 when the drain is blocked, and with 2 when it
  /// cannot be told. The nodes are those with the given names, or those that the selector matches; the order, which
  /// has none, says how they are drained.
  static func run(
    _ connection: ConnectionFlags, nodes names: [String], selector: LabelQuery?, order: DrainOrder, format: Format
  ) throws(CommandFailure) {
    do throws(CommandFailure) {
      var command = DrainPlanCommand(host: RunHost(try CommandContext(connection)))
      try command.run(names, selector, order, format)
    } catch {
      // Whatever kept it from looking, it could not be told.
      var failure = error
      if failure.status == 1, !failure.message.isEmpty { failure.status = 2 }
      throw failure
    }
  }

  private init(host: RunHost) { self.host = host }

  private mutating func run(
    _ names: [String], _ selector: LabelQuery?, _ order: DrainOrder, _ format: Format
  ) throws(CommandFailure) {
    let version = context.isCapture ? nil : version()
    try host.readEverywhere(DrainPlanner.reads)
    let gitVersion = version?.gitVersion ?? context.session.serverVersion?.gitVersion
    if gitVersion == nil { remarks.append("the server does not tell its version: today's rules are followed") }
    let nodes = try nodes(names, selector)
    var planner = DrainPlanner(
      host.state, options: order.options, rules: gitVersion.map { SchedulerRules(gitVersion: $0) } ?? .current,
      now: context.now)
    planner.waitsReady = order.waitsReady
    planner.batch = order.batch
    var plan = planner.plan(nodes)
    if context.isCapture {
      plan.access = plan.calls.map { call in
        var call = call
        call.answer = .unknown("this is a capture")
        return call
      }
    } else {
      let losing = Set(plan.pods.filter { !$0.loses.isEmpty }.map(\.node)).sorted()
      planner.usage = usage(losing)
      let access = access(plan.calls)
      plan = planner.plan(nodes)
      plan.access = access
    }
    let writer = DrainPlanWriter(plan, cluster: host.cluster, remarks: remarks, now: context.now)
    switch format {
    case .text: Output.write(writer.text)
    case .json: Output.write(writer.json.text(indent: 2) + "\n")
    case .markdown: Output.write(writer.markdown)
    }
    try context.finish()
    switch plan.outcome {
    case .canProceed: return
    case .blocked: throw CommandFailure("", status: 1)
    case .unknown: throw CommandFailure("", status: 2)
    }
  }

  /// The nodes in the order of the command line, each once, or by name.
  private func nodes(_ names: [String], _ selector: LabelQuery?) throws(CommandFailure) -> [String] {
    guard context.isRead(Node.self) else {
      throw CommandFailure(context.refusal(of: Node.self), status: 2)
    }
    if let selector {
      let matching = host.state.all(Node.self).filter { selector.matches($0.metadata.labels) }.map(\.metadata.name)
      guard !matching.isEmpty else { throw CommandFailure("error: no node matches \(selector)", status: 2) }
      return matching.sorted()
    }
    var nodes: [String] = []
    for name in try NodeSelection(context).names(names) where !nodes.contains(name) {
      guard host.state.get(Node.self, name: name) != nil else {
        throw CommandFailure("Error from server (NotFound): nodes \"\(PlainText.line(name))\" not found", status: 2)
      }
      nodes.append(name)
    }
    return nodes
  }

  /// The version decides about the rules, so it is waited for.
  private func version() -> ServerVersion? {
    var version: Result<JSONValue, APIFailure>?
    context.client.send(.version) { result in
      version = result.flatMap { response in
        do throws(APIFailure) { return .success(try response.json()) } catch { return .failure(error) }
      }
    }
    context.wait { version != nil }
    return (try? version?.get()).flatMap { ServerVersion($0) }
  }

  // MARK: What the kubelets say

  private mutating func usage(_ nodes: [String]) -> [String: VolumeUsage] {
    var answers: [String: Result<APIResponse, APIFailure>] = [:]
    for node in nodes {
      let request = APIRequest.get(Node.resource, namespace: nil, name: node, subresource: "proxy/stats/summary")
      context.client.send(request) { answers[node] = $0 }
    }
    context.wait { answers.count == nodes.count }
    var usage: [String: VolumeUsage] = [:]
    for node in nodes {
      do throws(APIFailure) {
        usage[node] = VolumeUsage(summary: try answers[node]?.get().json() ?? .null)
      } catch {
        remarks.append("how much the volumes of \(node) hold is not known: \(error.sentence)")
      }
    }
    return usage
  }

  // MARK: What this user may do

  /// Asks for everywhere first: whoever may do something everywhere need not be asked for each namespace.
  private func access(_ calls: [AccessCheck]) -> [AccessCheck] {
    var everywhere: [AccessCheck] = []
    for call in calls {
      var wide = call
      wide.namespace = nil
      if !everywhere.contains(wide) { everywhere.append(wide) }
    }
    everywhere = ask(everywhere)
    let allowed = Set(everywhere.filter { $0.answer == .allowed }.map(\.text))
    var answers = everywhere.filter { $0.answer == .allowed || calls.map(\.text).contains($0.text) }
    let narrow = calls.filter { call in
      var wide = call
      wide.namespace = nil
      return call.namespace != nil && !allowed.contains(wide.text)
    }
    answers += ask(narrow)
    return answers
  }

  private func ask(_ calls: [AccessCheck]) -> [AccessCheck] {
    var calls = calls
    var open = calls.count
    var answers: [Int: AccessCheck.Answer] = [:]
    for (index, call) in calls.enumerated() {
      context.session.mayDo(
        verb: call.verb, call.resource, subresource: call.subresource, namespace: call.namespace
      ) { result in
        open -= 1
        switch result {
        case .success(let answer): answers[index] = answer.isAllowed ? .allowed : .denied
        case .failure(let failure): answers[index] = .unknown(failure.sentence)
        }
      }
    }
    context.wait { open == 0 }
    for index in calls.indices { calls[index].answer = answers[index] ?? calls[index].answer }
    return calls
  }
}
