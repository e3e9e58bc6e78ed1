import Kube
import Testing

@testable import ClusterState

@Suite struct ObjectStoreTests {
  private func pod(_ name: String, uid: String, node: String = "", owner: String = "") -> Pod {
    var pod = Pod()
    pod.metadata.namespace = "shop"
    pod.metadata.name = name
    pod.metadata.uid = uid
    pod.spec.nodeName = node
    if !owner.isEmpty {
      var reference = OwnerReference()
      reference.uid = owner
      pod.metadata.ownerReferences = [reference]
    }
    return pod
  }

  private func store(_ pods: [Pod]) -> ObjectStore {
    let store = ObjectStore(resource: Pod.resource, coverage: .cluster)
    for pod in pods { store.put(pod) }
    return store
  }

  @Test func relistRemovesWhatTheServerNoLongerHas() {
    let store = store([pod("a", uid: "1"), pod("b", uid: "2")])
    store.beginListing()
    store.put(pod("b", uid: "2"))
    #expect(store.count == 2, "nothing disappears while the list is under way")
    store.endListing()
    #expect(store.object(uid: "1") == nil)
    #expect(store.object(namespace: "shop", name: "b") != nil)
    #expect(store.count == 1)
  }

  @Test func namesakeWithAnotherUIDReplacesTheOld() {
    let store = store([pod("web-0", uid: "old", node: "n1")])
    store.put(pod("web-0", uid: "new", node: "n2"))
    #expect(store.object(uid: "old") == nil)
    #expect(store.object(namespace: "shop", name: "web-0")?.metadata.uid == "new")
    #expect(store.objects(onNode: "n1").isEmpty)
    #expect(store.objects(onNode: "n2").count == 1)
  }

  @Test func lateDeletionOfTheOldNamesakeKeepsTheNew() {
    let store = store([pod("web-0", uid: "new")])
    store.remove(pod("web-0", uid: "old"))
    #expect(store.count == 1)
  }

  @Test func indexesFollowChanges() {
    let store = store([pod("a", uid: "1", owner: "rs"), pod("b", uid: "2", owner: "rs")])
    #expect(store.objects(ownedBy: "rs").map(\.metadata.name) == ["a", "b"])
    store.put(pod("a", uid: "1", node: "n1"))
    #expect(store.objects(ownedBy: "rs").map(\.metadata.name) == ["b"])
    #expect(store.objects(onNode: "n1").map(\.metadata.name) == ["a"])
    store.remove(uid: "2")
    #expect(store.objects(ownedBy: "rs").isEmpty)
  }

  @Test func freedSlotsAreUsedAgain() {
    let store = store([pod("a", uid: "1")])
    store.remove(uid: "1")
    store.put(pod("b", uid: "2"))
    var names: [String] = []
    store.forEach { names.append($0.metadata.name) }
    #expect(names == ["b"])
  }

  @Test func changesSinceARevision() {
    let store = store([pod("a", uid: "1"), pod("b", uid: "2")])
    let revision = store.revision
    #expect(store.changes(since: revision) == [])
    store.put(pod("b", uid: "2", node: "n1"))
    store.remove(uid: "1")
    #expect(store.changes(since: revision) == ["1", "2"])
    for index in 0..<40_000 { store.put(pod("c", uid: "\(index)")) }
    #expect(store.changes(since: revision) == nil, "too long ago to replay")
  }

  @Test func whatChangedMoreThanHalfIsReadAnew() {
    let store = store((0..<200).map { pod("p\($0)", uid: "\($0)") })
    let revision = store.revision
    for index in 0..<100 { store.put(pod("p\(index)", uid: "\(index)", node: "n1")) }
    #expect(store.changes(since: revision)?.count == 100)
    store.put(pod("p100", uid: "100", node: "n1"))
    #expect(store.changes(since: revision) == nil)
  }

  @Test func absenceIsEvidenceOnlyWhenTheKindIsReadToTheEnd() {
    let state = ClusterState()
    #expect(!state.isConclusive(Pod.self))
    let store = ObjectStore(resource: Pod.resource, coverage: .namespace("shop"))
    state.add(store)
    store.freshness = .loading(received: 5, remaining: nil)
    #expect(!state.isConclusive(Pod.self, namespace: "shop"))
    store.freshness = .live
    #expect(state.isConclusive(Pod.self, namespace: "shop"))
    #expect(!state.isConclusive(Pod.self, namespace: "other"))
    store.freshness = .forbidden("no")
    #expect(!state.isConclusive(Pod.self, namespace: "shop"))
  }
}
