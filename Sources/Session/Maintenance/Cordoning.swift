import ClusterState
import Draining
import Kube
import KubeClient
import Remedies

extension ClusterSession {
  /// Cordons or uncordons a node that is not so yet, if it is still this one: written to the journal before and after.
  /// Fails with a sentence part.
  public func setCordon(
    _ isWanted: Bool, _ node: DrainOrder.Target, isDryRun: Bool, journal: any RemedyJournal,
    _ completion: @escaping (Result<Node, CordonFailure>) -> Void
  ) {
    var entry = JournalEntry()
    entry.id = freshJournalID()
    entry.time = wallTime
    entry.context = place.context
    entry.cluster = place.cluster
    entry.user = place.user
    entry.remedy = isWanted ? "cordon" : "uncordon"
    entry.title = isWanted ? "cordon the node" : "uncordon the node"
    entry.object.kind = "Node"
    entry.object.apiVersion = "v1"
    entry.object.name = node.name
    entry.object.uid = node.uid
    entry.changes = ["spec.unschedulable: \(isWanted ? "not set -> true" : "true -> not set")"]
    entry.kubectl = ["kubectl \(entry.remedy) \(node.name)"]
    entry.undo = isWanted ? "uncordon" : "cordon"
    let note = CordonNote(user: place.user, time: wallTime)
    entry.back = isWanted ? .undoingCordon(of: entry.object, note) : .undoingUncordon(of: entry.object)
    if !isDryRun, let reason = writePolicy.reason { return completion(.failure(CordonFailure(text: reason))) }
    if !isDryRun, case .failure(let failure) = journal.append(entry) {
      return completion(
        .failure(CordonFailure(text: "nothing was changed, because it cannot be recorded: \(failure.message)")))
    }
    let request =
      isWanted
      ? CordonPatch.cordon(node: node.name, uid: node.uid, note: note, isDryRun: isDryRun)
      : CordonPatch.uncordon(node: node.name, uid: node.uid, isDryRun: isDryRun)
    client.send(request) { [self] result in
      let outcome = Self.outcome(result, isWanted)
      if !isDryRun {
        entry.moment = .ended
        entry.time = wallTime
        switch outcome {
        case .success:
          entry.outcome = "succeeded"
          entry.detail = isWanted ? "cordoned" : "uncordoned"
        case .failure(let failure):
          entry.outcome = failure.mayHaveHappened ? "unknown" : "not-applied"
          entry.detail = failure.text
          entry.back = nil
        }
        // The beginning is written; that the end is not changes nothing about what was done.
        if case .failure(let failure) = journal.append(entry) {
          client.onWarning?("the journal lacks the outcome: \(failure.message)")
        }
      }
      completion(outcome)
    }
  }

  /// Reads a node as the server has it now.
  public func readNode(_ name: String, _ completion: @escaping (Result<Node, APIFailure>) -> Void) {
    client.send(.get(Node.resource, namespace: nil, name: name)) { result in
      do throws(APIFailure) {
        completion(.success(try result.get().object(Node.self)))
      } catch {
        completion(.failure(error))
      }
    }
  }

  private static func outcome(
    _ result: Result<APIResponse, APIFailure>, _ isWanted: Bool
  ) -> Result<Node, CordonFailure> {
    do throws(APIFailure) {
      let node = try result.get().object(Node.self)
      guard node.spec.unschedulable == isWanted else {
        return .failure(CordonFailure(text: "the server has accepted it, and the node is as it was"))
      }
      return .success(node)
    } catch {
      return .failure(CordonFailure(text: DrainError.Part(error).text, mayHaveHappened: error.mayHaveHappened))
    }
  }
}

/// Why a node was not cordoned or uncordoned, as a part of a sentence.
public struct CordonFailure: Error, Sendable, Equatable {
  /// For a person.
  public var text: String
  /// Whether the server may have done it all the same.
  public var mayHaveHappened = false
}
