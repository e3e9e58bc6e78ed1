import Remedies

/// A journal that is gone with the program: for clusters that are gone with it too, so that what was tried out in them
/// never stands beside what was done to real ones.
public final class MemoryJournal: RemedyJournal {
  private var lines = ""

  /// An empty journal.
  public init() {}

  /// Keeps an entry.
  public func append(_ entry: JournalEntry) -> Result<Void, JournalFailure> {
    lines += entry.line + "\n"
    return .success(())
  }

  /// What has been kept.
  public func history() -> Result<JournalHistory, JournalFailure> { .success(JournalHistory(text: lines)) }
}
