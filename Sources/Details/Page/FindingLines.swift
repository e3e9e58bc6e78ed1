import Diagnosis
import Kube

extension Page {
  /// What is wrong, worst first as it was given: the sentence and what it rests on.
  mutating func findings(_ findings: [Finding], about subject: Subject) {
    section("Findings") { page in
      for finding in findings {
        let isOwn =
          finding.object.uid == subject.uid && !subject.uid.isEmpty
          || finding.object.kind == subject.resource.kind && finding.object.name == subject.name
        let about = isOwn ? "" : "\(finding.object.shortText): "
        page.add("\(finding.severity)", about + Page.oneLine(finding.summary(now: page.now)), finding.severity.mark)
        page.indented { page in
          for evidence in finding.evidence {
            let place =
              evidence.object.uid == subject.uid ? evidence.field : "\(evidence.object.shortText) \(evidence.field)"
            let when = evidence.time.map { " (\(page.age($0)) ago)" } ?? ""
            page.add(place, Page.oneLine(evidence.value) + when, .dim)
          }
        }
      }
    }
  }
}

extension Severity {
  /// How a severity is shown.
  var mark: DetailMark {
    switch self {
    case .critical: .critical
    case .warning: .warning
    case .notice: .notice
    }
  }
}
