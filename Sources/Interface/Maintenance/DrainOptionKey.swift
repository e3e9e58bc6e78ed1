import Draining
import Kube
import Terminal

/// The options of a drain that have a value to type.
enum DrainOptionKey: String, CaseIterable {
  case gracePeriod = "grace-period"
  case timeout
  case podSelector = "pod-selector"
  case skipWait = "skip-wait-for-delete-timeout"
  case batch

  /// What can be typed.
  var hint: String {
    switch self {
    case .gracePeriod: "seconds for each pod; 0 kills at once, nothing is the pod's own"
    case .timeout: "such as 5m for each node; nothing is for ever"
    case .podSelector: "label=value: only such pods; nothing is all"
    case .skipWait: "seconds: pods whose deletion is older are not waited for; nothing waits for all"
    case .batch: "so many pods of a node at a time; nothing is all at once"
    }
  }

  /// The value that holds now.
  func text(_ terms: DrainTerms) -> String {
    switch self {
    case .gracePeriod: terms.options.gracePeriod < 0 ? "" : "\(terms.options.gracePeriod)"
    case .timeout: terms.options.timeout == .zero ? "" : GoDuration.text(terms.options.timeout)
    case .podSelector: terms.options.podSelector.description
    case .skipWait:
      terms.options.skipWaitForDeleteTimeout == 0 ? "" : "\(terms.options.skipWaitForDeleteTimeout)"
    case .batch: terms.batch.map { "\($0)" } ?? ""
    }
  }

  /// Sets the value that was typed, or says what is wrong with it.
  func set(_ text: String, in terms: inout DrainTerms) -> String? {
    // Selectors are lists of words: only what stands around a value means nothing.
    var text = text[...]
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    switch self {
    case .gracePeriod:
      guard text.isEmpty || Int(text).map({ $0 >= 0 && $0 <= 1_000_000 }) == true else {
        return "a grace period is a number of seconds, not \"\(text)\""
      }
      terms.options.gracePeriod = Int(text) ?? -1
    case .timeout:
      do throws(GoDurationFailure) {
        let timeout = text.isEmpty ? .zero : try GoDuration.parse(String(text))
        guard timeout >= .zero else { return "a timeout cannot be negative" }
        terms.options.timeout = timeout
      } catch {
        return error.message
      }
    case .podSelector:
      do throws(LabelQueryFailure) { terms.options.podSelector = try LabelQuery(parsing: String(text)) } catch {
        return "that is no label selector: \"\(text)\""
      }
    case .skipWait:
      guard text.isEmpty || Int(text).map({ $0 >= 0 && $0 <= 1_000_000 }) == true else {
        return "that is a number of seconds, not \"\(text)\""
      }
      terms.options.skipWaitForDeleteTimeout = Int(text) ?? 0
    case .batch:
      guard text.isEmpty || Int(text).map({ $0 > 0 }) == true else {
        return "a batch is a number of pods, 1 or more, not \"\(text)\""
      }
      terms.batch = Int(text)
    }
    return nil
  }

  /// Every option with its key and what holds now, for the page behind the row of flags.
  static func lines(_ terms: DrainTerms) -> [[Span]] {
    let options = terms.options
    let rows: [(key: String, flag: String, value: String, meaning: String)] = [
      ("i", "--ignore-daemonsets", yes(options.ignoreDaemonSets), "pods of DaemonSets stay and stop nothing"),
      ("e", "--delete-emptydir-data", yes(options.deleteEmptyDirData), "also pods whose local data is lost"),
      ("f", "--force", yes(options.force), "also pods that nothing replaces"),
      ("p", "--grace-period", gracePeriod.text(terms), "seconds to end, for each pod"),
      ("t", "--timeout", timeout.text(terms), "how long each node may take"),
      ("l", "--pod-selector", podSelector.text(terms), "only pods with these labels"),
      ("W", "--skip-wait-for-delete-timeout", skipWait.text(terms), "seconds: later ones are left"),
      ("x", "--disable-eviction", yes(options.disableEviction), "delete: budgets forbid nothing then"),
      ("B", "--batch", batch.text(terms), "so many pods at a time (podmedic's own)"),
      ("w", "--wait-ready", yes(terms.waitsReady), "wait for replacements (podmedic's own)"),
    ]
    return rows.map { row in
      let flag = row.flag + String(repeating: " ", count: max(1, 24 - row.flag.count))
      let value = row.value.isEmpty ? "not set" : row.value
      return [
        Span(" \(row.key)  ", .key), Span(flag, .fieldName),
        Span(value + String(repeating: " ", count: max(1, 10 - value.count)), value == "not set" ? .dim : .accent),
        Span(row.meaning, .dim),
      ]
    }
  }

  private static func yes(_ flag: Bool) -> String { flag ? "yes" : "" }
}
