import ClusterState
import Kube
import Terminal
import Testing

@testable import Interface

@Suite struct ServerTableTests {
  @Test func aBuiltInKindWithoutAScreenShowsTheServersRows() throws {
    let world = World()
    // That the objects are read for the rules must not hide the rows.
    try world.apply([
      "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role",
      "metadata": ["name": "reader", "namespace": "shop", "uid": "r1"],
    ])
    let store = ObjectStore(resource: Role.resource, coverage: .cluster)
    store.freshness = .live
    store.columns = [
      TableColumn(name: "Name", type: "string", priority: 0),
      TableColumn(name: "Created At", type: "date", priority: 0),
    ]
    var metadata = ObjectMeta()
    (metadata.name, metadata.namespace, metadata.uid) = ("reader", "shop", "r1")
    store.put(TableRow(metadata: metadata, cells: ["reader", "2027-01-01T00:00:00Z"]))
    world.state.add(table: store)
    world.open("roles")
    #expect(world.interface.needs == [Need(resource: Role.resource, namespace: nil, asTable: true)])
    let csv = try #require(world.interface.page?.table?.csv(now: World.start))
    #expect(csv == "NAMESPACE,NAME,CREATED AT\r\nshop,reader,2027-01-01T00:00:00Z\r\n")
    try world.press("d")
    let text = try #require(world.interface.page?.text)
    #expect(text.view.lines.contains { $0.map(\.text).joined().contains("Name:         reader") })
  }

  @Test func aDescriptionAsksForWhatItTellsAndIsWrittenAgainWhenThatComes() throws {
    let world = World(namespace: "shop")
    try world.apply(["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": "shop", "uid": "n1"]])
    let quotas = try world.store("resourcequotas")
    quotas.freshness = .loading(received: 0, remaining: nil)
    world.open("namespaces")
    try world.press("d")
    let asked = world.interface.needs.filter { $0.namespace == "shop" }.map(\.resource.plural)
    #expect(Set(asked).isSuperset(of: ["resourcequotas", "limitranges"]))
    func text() -> String {
      (world.interface.page?.text?.view.lines ?? []).map { $0.map(\.text).joined() }.joined(separator: "\n")
    }
    #expect(text().contains("Quotas are not read."))
    quotas.freshness = .live
    world.interface.update()
    #expect(text().contains("No resource quota."))
  }
}
