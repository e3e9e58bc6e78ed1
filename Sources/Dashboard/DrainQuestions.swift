import Draining
import Interface
import Kube
import KubeClient
import Session

/// Asks what the plan of a drain needs beside what is watched: what the volumes hold, and what this user may do.
struct DrainQuestions {
  private let session: ClusterSession

  init(_ session: ClusterSession) { self.session = session }

  /// Asks, and answers once when everything has been answered.
  func ask(nodes: [String], calls: [AccessCheck], _ completion: @escaping (DrainFacts) -> Void) {
    let answers = Answers(completion)
    for node in nodes {
      answers.open += 1
      let request = APIRequest.get(Node.resource, namespace: nil, name: node, subresource: "proxy/stats/summary")
      session.client.send(request) { result in
        do throws(APIFailure) {
          answers.facts.usage[node] = VolumeUsage(summary: try result.get().json())
        } catch {
          answers.facts.remarks.append("how much the volumes of \(node) hold is not known: \(error.sentence)")
        }
        answers.close()
      }
    }
    // Whoever may do something everywhere need not be asked for each namespace.
    for (wide, narrow) in Self.groups(calls) {
      ask(wide, answers) { check in
        if check.answer == .allowed || narrow == [wide] {
          for call in narrow { answers.add(call, check.answer) }
        } else {
          for call in narrow { ask(call, answers) { answers.add(call, $0.answer) } }
        }
      }
    }
    answers.close()
  }

  /// Calls by what they are everywhere, in their order.
  private static func groups(_ calls: [AccessCheck]) -> [(wide: AccessCheck, narrow: [AccessCheck])] {
    var groups: [(wide: AccessCheck, narrow: [AccessCheck])] = []
    for call in calls {
      var wide = call
      wide.namespace = nil
      if let place = groups.firstIndex(where: { $0.wide == wide }) {
        groups[place].narrow.append(call)
      } else {
        groups.append((wide, [call]))
      }
    }
    return groups
  }

  private func ask(_ call: AccessCheck, _ answers: Answers, _ completion: @escaping (AccessCheck) -> Void) {
    answers.open += 1
    session.mayDo(verb: call.verb, call.resource, subresource: call.subresource, namespace: call.namespace) { result in
      var call = call
      switch result {
      case .success(let answer): call.answer = answer.isAllowed ? .allowed : .denied
      case .failure(let failure): call.answer = .unknown(failure.sentence)
      }
      completion(call)
      answers.close()
    }
  }

  /// What has been answered so far.
  private final class Answers {
    var facts = DrainFacts()
    /// Questions under way; one for the asking itself.
    var open = 1
    private let completion: (DrainFacts) -> Void

    init(_ completion: @escaping (DrainFacts) -> Void) { self.completion = completion }

    func add(_ call: AccessCheck, _ answer: AccessCheck.Answer) {
      var call = call
      call.answer = answer
      facts.access.append(call)
    }

    func close() {
      open -= 1
      if open == 0 { completion(facts) }
    }
  }
}
