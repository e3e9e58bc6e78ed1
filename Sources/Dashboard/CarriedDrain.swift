import Draining
import Kube
import Remedies
import Session

/// A drain that the dashboard carries out.
struct CarriedDrain {
  /// The interface's number of it.
  let id: Int
  /// Who carries it out.
  let execution: DrainExecution
  /// Where it is written down.
  let log: any DrainJournal
}

/// Where drains are written down, so that they can be taken up again.
public protocol KeptDrains: AnyObject {
  /// Begins the log of a drain.
  func begin(id: String) -> Result<any DrainJournal, JournalFailure>
  /// The last drain of a session's server that was cut off and that nobody carries out; nil when there is none.
  func unfinished(of session: ClusterSession) -> DrainLog?
  /// The drains of a node of a session's server that belong to one maintenance; see `DrainLog.maintenance`.
  func maintenance(of node: DrainOrder.Target, _ session: ClusterSession) -> [DrainLog]
  /// Notes in the logs of a session's server that a node is open again since `time`, so that their drains are not
  /// offered any more; says where that could not be written.
  func noteUncordoned(node: String, uid: String, at time: Timestamp, of session: ClusterSession) -> [JournalFailure]
  /// Takes the log of a drain of a session's server up again, with what it says so far.
  func resume(id: String, of session: ClusterSession) -> Result<KeptDrain, JournalFailure>
}

/// A drain that can go on.
public struct KeptDrain {
  /// What is known of it.
  public var log: DrainLog
  /// Where it goes on being written down.
  public var journal: any DrainJournal

  /// A drain.
  public init(log: DrainLog, journal: any DrainJournal) {
    self.log = log
    self.journal = journal
  }
}
