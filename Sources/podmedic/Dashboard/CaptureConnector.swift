import Captures
import CursesTerminal
import Dashboard
import DataFiles
import EventLoop
import Interface
import Session

/// Makes the session with a capture, which has no other contexts.
final class CaptureConnector: FirstConnector {
  weak var terminal: CursesTerminal?
  private let captured: CapturedCluster
  private let loop: Loop

  init(_ captured: CapturedCluster, loop: Loop) {
    self.captured = captured
    self.loop = loop
  }

  func first() throws(CommandFailure) -> ConnectedSession {
    var facts = SessionFacts()
    facts.context = captured.name
    facts.capture = SessionFacts.Capture(
      path: captured.capture.paths.joined(separator: ", "), time: captured.capture.time)
    let session = try captured.session(loop)
    facts.writeRefusal = session.writeRefusal
    return ConnectedSession(session: session, facts: facts, namespace: captured.namespace)
  }

  func connect(context: String, _ completion: @escaping (Result<ConnectedSession, ConnectionFailure>) -> Void) {
    let path = captured.capture.paths.joined(separator: ", ")
    let failure = ConnectionFailure(message: "this is a capture (\(path)): start podmedic without --from for a cluster")
    loop.post { completion(.failure(failure)) }
  }
}
