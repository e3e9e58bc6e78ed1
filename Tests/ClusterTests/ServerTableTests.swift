import ClusterState
import Kube
import Session
import TestSupport
import Testing

/// Kinds without a screen: custom resources as the server itself prints them, listed and watched.
@Suite(.requiresControlPlane) struct ServerTableTests {
  @Test func customResourcesAreListedAndWatched() async throws {
    let cluster = try await ControlPlane.shared()
    let namespace = try await cluster.makeNamespace("tables")
    let group = "\(namespace).podmedic.dev"
    let live = try LiveSession(cluster)
    try await live.discover()
    #expect(live.session.catalog.resource(named: "boats.\(group)") == nil)
    try await cluster.kubectl("create", "-f", "-", input: Self.definition(group))
    try await cluster.kubectl("wait", "--for=condition=Established", "crd/boats.\(group)")
    for (name, sails) in [("anna", 3), ("berta", 1)] {
      try await cluster.kubectl("create", "-f", "-", input: Self.boat(group, namespace, name, sails: sails))
    }

    // A kind that came later is found when the server is asked again.
    live.session.refresh()
    try await live.run(
      until: { live.session.catalog.resource(named: "boats.\(group)") != nil }, "the new kind is not discovered")
    let boats = try #require(live.session.catalog.resource(named: "boat.\(group)"))
    #expect(live.session.catalog.resource(named: "bt.\(group)") == boats)
    try await live.read(Subscription(boats, namespace: namespace))

    let store = try #require(live.state.store(boats))
    #expect(store.columns.map(\.name) == ["Name", "Sails", "Afloat", "Built", "Captain", "Age"])
    #expect(store.columns.map(\.type) == ["string", "integer", "boolean", "date", "string", "date"])
    #expect(store.columns.map(\.priority) == [0, 0, 0, 0, 1, 0])
    #expect(live.rows(boats) == ["anna": ["anna", "3", "true", "null"], "berta": ["berta", "1", "true", "null"]])
    let rows = live.rows(boats)
    #expect(
      try await cluster.kubectl("-n", namespace, "get", "boats.\(group)", "--no-headers")
        .split(separator: "\n").map { $0.split(separator: " ").prefix(2).joined(separator: " ") }
        == rows.keys.sorted().map { rows[$0]?.prefix(2).joined(separator: " ") })
    try await live.converge(boats, namespace: namespace)

    // Changed, added, removed: the watch tells.
    try await cluster.kubectl(
      "-n", namespace, "patch", "boats.\(group)", "anna", "--type=merge", "-p",
      #"{"spec": {"sails": 4, "afloat": false}}"#)
    try await cluster.kubectl("create", "-f", "-", input: Self.boat(group, namespace, "clara", sails: 2))
    try await cluster.kubectl("-n", namespace, "delete", "boats.\(group)", "berta")
    try await live.run(
      until: {
        live.rows(boats) == ["anna": ["anna", "4", "false", "null"], "clara": ["clara", "2", "true", "null"]]
      }, "\(live.rows(boats))")
    try await live.converge(boats, namespace: namespace)
    #expect(live.freshness(boats) == .live)
    let sent = live.requests.filter { $0.contains("/boats?") }
    #expect(sent.count == 2, "one list, one watch: \(sent)")
    #expect(store.columns.count == 6, "a watch must not take the columns away")

    try await cluster.kubectl("delete", "crd", "boats.\(group)", "--wait=false")
    try await live.run(until: { store.count == 0 }, "\(live.rows(boats))")
    try await cluster.kubectl("delete", "namespace", namespace, "--wait=false")
  }

  @Test func builtInKindsWithoutATypeAreTablesToo() async throws {
    let cluster = try await ControlPlane.shared()
    let namespace = try await cluster.makeNamespace("templates")
    let live = try LiveSession(cluster)
    try await live.discover()
    let kind = try #require(live.session.catalog.resource(named: "podtemplates"))
    for number in 0..<3 {
      try await cluster.kubectl(
        "-n", namespace, "create", "-f", "-",
        input: """
          {"apiVersion": "v1", "kind": "PodTemplate", "metadata": {"name": "template-\(number)"},
           "template": {"spec": {"containers": [{"name": "c", "image": "image-\(number)"}]}}}
          """)
    }
    try await live.read(Subscription(kind, namespace: namespace))
    #expect(live.rows(kind)["template-1"]?.prefix(3) == ["template-1", "c", "image-1"])
    try await cluster.kubectl("delete", "namespace", namespace, "--wait=false")
  }

  private static func definition(_ group: String) -> String {
    """
    {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
     "metadata": {"name": "boats.\(group)"},
     "spec": {"group": "\(group)", "scope": "Namespaced",
       "names": {"plural": "boats", "singular": "boat", "kind": "Boat", "shortNames": ["bt"]},
       "versions": [{"name": "v1", "served": true, "storage": true,
         "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}},
         "additionalPrinterColumns": [
           {"name": "Sails", "type": "integer", "jsonPath": ".spec.sails"},
           {"name": "Afloat", "type": "boolean", "jsonPath": ".spec.afloat"},
           {"name": "Built", "type": "date", "jsonPath": ".spec.built"},
           {"name": "Captain", "type": "string", "jsonPath": ".spec.captain", "priority": 1},
           {"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"}]}]}}
    """
  }

  private static func boat(_ group: String, _ namespace: String, _ name: String, sails: Int) -> String {
    """
    {"apiVersion": "\(group)/v1", "kind": "Boat", "metadata": {"name": "\(name)", "namespace": "\(namespace)"},
     "spec": {"sails": \(sails), "afloat": true}}
    """
  }
}

extension LiveSession {
  /// The first four cells of every row, by the object's name.
  fileprivate func rows(_ resource: Resource) -> [String: [String]] {
    var rows: [String: [String]] = [:]
    state.store(resource)?.forEach {
      guard let row = $0 as? TableRow else { return }
      rows[row.metadata.name] = row.cells.prefix(4).map { $0.string ?? $0.text() }
    }
    return rows
  }
}
