import Diagnosis
import Kube
import PlaybookKit

/// A playbook on a page of its own: first which one on which object, then its run.
final class PlaybookPage {
  /// What a person wants to have looked into.
  struct Wish: Equatable {
    /// The object; nil for what has the worst of the playbook's findings.
    var object: ObjectReference?
    /// The container of a pod.
    var container: String?
    /// The playbook; nil for the one that fits best.
    var playbook: String?
    /// Findings that the wish is about, the worst first.
    var codes: [FindingCode] = []
  }

  let wish: Wish
  /// The run, once playbook and object are found.
  var guided: GuidedRun?
  /// Why there is none.
  var refusal: String?
  /// Playbooks that fit the object, the best first.
  var offers: [String] = []

  init(_ wish: Wish) { self.wish = wish }
}
