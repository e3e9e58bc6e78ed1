import DataFiles
import ScreenKit
import Screens
import Testing

@Suite struct ShippedScreensTests {
  static let library = ScreenLibrary(
    layers: [DataLayer(name: "embedded", source: .embedded(Screens.files.map { .init(path: $0.path, text: $0.text) }))],
    fileSystem: MemoryFileSystem(), types: .builtIn)

  @Test func nothingIsWrongWithThem() {
    #expect(Self.library.problems.map(\.description) == [])
    #expect(Self.library.entries.count == Screens.files.count)
  }

  @Test func theyAreAllThere() {
    let expected = [
      "configmaps", "containers", "contexts", "cronjobs", "daemonsets", "deployments", "endpointslices", "events",
      "horizontalpodautoscalers", "ingresses", "jobs", "leases", "limitranges", "namespaces", "nodes",
      "persistentvolumeclaims", "persistentvolumes", "poddisruptionbudgets", "pods", "replicasets",
      "resourcequotas", "secrets", "serviceaccounts", "services", "statefulsets", "storageclasses", "triage",
    ]
    #expect(Self.library.entries.map(\.screen.name) == expected)
  }

  @Test func filesAreCalledAsTheirScreens() {
    for entry in Self.library.entries { #expect(entry.path == "embedded:\(entry.screen.name).yaml") }
  }

  @Test func noNameMeansTwoScreens() {
    let names = Self.library.entries.flatMap { [$0.screen.name] + $0.screen.aliases }
    #expect(Set(names).count == names.count)
  }

  @Test func everyNamespacedScreenShowsTheNamespaceOnlyWhereItVaries() throws {
    for name in ["pods", "events", "secrets"] {
      let screen = try #require(Self.library[name])
      #expect(RowBuilder(screen, scope: ScopeFacts(namespace: nil)).columns.first?.header == "NAMESPACE")
      #expect(RowBuilder(screen, scope: ScopeFacts(namespace: "shop")).columns.first?.header != "NAMESPACE")
    }
  }
}
