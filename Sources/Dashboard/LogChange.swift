import Interface
import Session

extension LogChange {
  /// What the interface shows of what has happened to a log.
  init(_ event: LogEvent) {
    switch event {
    case .line(let line):
      self = .line(LogRow(source: line.source, time: line.time?.timestamp, text: line.text))
    case .gap(let source, let reason):
      self = .remark(source: source, "lines may be missing here: \(reason)", isOver: false)
    case .restarted(let source, let count):
      self = .remark(source: source, "the container was restarted (\(count) times so far)", isOver: false)
    case .waiting(let source, let reason):
      self = .remark(source: source, "nothing to read yet: \(reason)", isOver: false)
    case .interrupted(let source, let reason):
      self = .remark(source: source, "interrupted, trying again: \(reason)", isOver: false)
    case .ended(let source): self = .remark(source: source, "end of the log", isOver: true)
    case .failed(let source, let reason): self = .remark(source: source, reason, isOver: true)
    }
  }
}
