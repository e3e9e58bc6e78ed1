import ClusterState
import DataFiles
import Diagnosis
import Kube
import PlainInterface
import PlaybookKit
import Playbooks
import Testing

/// Every playbook, run on every object of the bank that it is about, says sentences and lines that have all their parts.
@Suite struct PlaybookTextTests {
  private static let library = PlaybookLibrary(
    layers: [
      DataLayer(name: "embedded", source: .embedded(Playbooks.files.map { .init(path: $0.path, text: $0.text) }))
    ], fileSystem: MemoryFileSystem(), trustsEmbedded: true)

  @Test(arguments: Bank.names)
  func nothingReadsNotSet(name: String) throws {
    let state = ClusterState()
    for type in builtInKinds {
      let store = ObjectStore(resource: type.resource, coverage: .cluster)
      store.freshness = .live
      state.add(store)
    }
    let objects = try Bank.objects("cluster.yaml") + Bank.scenario(name).fault
    for object in objects { state.store(type(of: object).resource)?.put(object) }
    let triage = Triage.diagnose(state, now: Bank.now)
    let events = EventIndex()
    let cluster = CheckReport.Cluster()
    var runs = 0
    for entry in Self.library.entries {
      for object in objects where entry.playbook.scope.kinds.contains(type(of: object).resource.kind) {
        let run = PlaybookRun(entry.playbook, subject: object.reference)
        let report = run.evaluate(run.facts(state, triage: triage, events: events, now: Bank.now))
        let text = RunReportWriter(report, cluster: cluster).markdown
        let lines = text.split(separator: "\n").filter {
          $0.contains("(not set)") || $0.contains("kubectl") && $0.contains("none")
        }
        #expect(lines == [], "\(entry.playbook.name) on \(object.reference.shortText)")
        for cause in report.causes {
          #expect(!cause.text.hasSuffix(":") && !cause.text.hasSuffix(": "), "\(entry.playbook.name): \(cause.text)")
        }
        runs += 1
      }
    }
    #expect(runs > 0)
  }
}
