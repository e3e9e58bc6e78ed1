import Dashboard
import Draining
import Kube
import KubeConfig
import Remedies
import Session

/// Drains of this machine's user: a file each in `$XDG_STATE_HOME/podmedic/drains`, which the command `drain --resume`
/// reads too.
final class DrainFolder: KeptDrains {
  private let environment: [String: String]

  init(environment: [String: String]) { self.environment = environment }

  func begin(id: String) -> Result<any DrainJournal, JournalFailure> {
    DrainLogFile.create(id: id, environment: environment).map { $0 }
  }

  func resume(id: String, of session: ClusterSession) -> Result<KeptDrain, JournalFailure> {
    let found = DrainLogs.resumable(server: session.connection.server.description, environment: environment).last {
      $0.log.header.id == id
    }
    guard let found else {
      let ended = DrainLogs.endedByUncordon(server: session.connection.server.description, environment: environment)
        .last { $0.log.header.id == id }
      let why = ended.map { "it was ended when \($0.log.uncordoned.joined(separator: ", ")) was uncordoned" }
      return .failure(JournalFailure(message: why ?? "its log is not there any more"))
    }
    return DrainLogFile.reopen(found.path).flatMap { file in
      // Whoever held the lock may have written meanwhile.
      guard let log = DrainLogs.read(found.path), log.isResumable else {
        return .failure(JournalFailure(message: "it has ended meanwhile"))
      }
      return .success(KeptDrain(log: log, journal: file))
    }
  }

  func maintenance(of node: DrainOrder.Target, _ session: ClusterSession) -> [DrainLog] {
    DrainLogs.maintenance(of: node, server: session.connection.server.description, environment: environment)
  }

  func noteUncordoned(node: String, uid: String, at time: Timestamp, of session: ClusterSession) -> [JournalFailure] {
    DrainLogs.noteUncordoned(
      node: node, uid: uid, at: time, server: session.connection.server.description, environment: environment)
  }

  func unfinished(of session: ClusterSession) -> DrainLog? {
    guard let last = DrainLogs.resumable(server: session.connection.server.description, environment: environment).last
    else { return nil }
    // A log that cannot be locked is that of a drain which goes on elsewhere.
    guard case .success = DrainLogFile.reopen(last.path) else { return nil }
    return last.log
  }
}

/// Drains of a cluster that ends with the program: written down nowhere else.
final class MemoryDrains: KeptDrains {
  private final class Log: DrainJournal {
    var lines = ""

    func append(_ record: DrainRecord) -> Result<Void, JournalFailure> {
      lines += record.line + "\n"
      return .success(())
    }
  }

  private var logs: [String: Log] = [:]

  func begin(id: String) -> Result<any DrainJournal, JournalFailure> {
    let log = Log()
    logs[id] = log
    return .success(log)
  }

  func maintenance(of node: DrainOrder.Target, _ session: ClusterSession) -> [DrainLog] {
    DrainLog.maintenance(of: node, among: logs.values.compactMap { DrainLog(text: $0.lines) })
  }

  func noteUncordoned(node: String, uid: String, at time: Timestamp, of session: ClusterSession) -> [JournalFailure] {
    let closed = logs.values.filter { log in
      DrainLog(text: log.lines)?.header.order.nodes.contains { $0.name == node && (uid.isEmpty || $0.uid == uid) }
        == true
    }
    for log in closed { _ = log.append(.uncordoned(node, time)) }
    return []
  }

  func unfinished(of session: ClusterSession) -> DrainLog? { nil }

  func resume(id: String, of session: ClusterSession) -> Result<KeptDrain, JournalFailure> {
    guard let journal = logs[id], let log = DrainLog(text: journal.lines) else {
      return .failure(JournalFailure(message: "its log is not there any more"))
    }
    return .success(KeptDrain(log: log, journal: journal))
  }
}
