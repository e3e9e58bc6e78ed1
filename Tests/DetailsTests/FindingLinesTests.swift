import Diagnosis
import Kube
import Testing

@testable import Details

@Suite struct FindingLinesTests {
  private let pod = """
    {"metadata":{"name":"web-1","namespace":"shop","uid":"p1","creationTimestamp":"\(ago(900))"},
     "spec":{"nodeName":"n1","restartPolicy":"Always",
      "containers":[{"name":"web","image":"web:1","resources":{"limits":{"memory":"64Mi"}}}]},
     "status":{"phase":"Running","containerStatuses":[{"name":"web","restartCount":4,
      "state":{"waiting":{"reason":"CrashLoopBackOff"}},
      "lastState":{"terminated":{"exitCode":137,"reason":"OOMKilled","finishedAt":"\(ago(60))"}}}]}}
    """

  @Test func findingsComeFirstWithWhatTheyRestOn() throws {
    let cluster = cluster([try decode(Pod.self, pod)], read: [Pod.self, Event.self])
    let findings = Triage.diagnose(cluster, now: now).findings
    let finding = try #require(findings.first)
    let page = try details(pod, Pod.resource, in: cluster, findings: findings)
    let section = try #require(page.sections.first)
    #expect(section.title == "Findings")
    #expect(section.lines[0] == DetailLine(label: "critical", text: finding.summary(now: now), mark: .critical))
    #expect(section.lines.dropFirst().prefix(finding.evidence.count).map(\.label) == finding.evidence.map(\.field))
    #expect(section.lines.dropFirst().allSatisfy { $0.mark == .dim && $0.indent == 1 })
  }

  @Test func findingsAboutOthersNameThem() throws {
    let cluster = cluster([try decode(Pod.self, pod)], read: [Pod.self, Event.self])
    let page = try details(
      #"{"metadata":{"name":"web","namespace":"shop","uid":"d1"}}"#, Deployment.resource, in: cluster,
      findings: Triage.diagnose(cluster, now: now).findings)
    #expect(page.sections.first?.lines.first?.text.hasPrefix("pod/web-1: ") == true)
  }
}
