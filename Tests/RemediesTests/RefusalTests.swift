import ClusterState
import Kube
import Testing

@testable import Remedies

/// What is refused, and in which words; and what is said where something cannot be told.
@Suite struct RefusalTests {
  struct Row: CustomTestStringConvertible {
    var name: RemedyName
    var object: String
    var parameters: [String: String] = [:]
    var reason: RemedyRefusal.Reason
    var says: String
    var testDescription: String { "\(name.rawValue) \(object) \(parameters)" }
  }

  @Test(arguments: [
    Row(name: .cordon, object: "pod/alone", reason: .order, says: "cordon is not for a Pod"),
    Row(name: .scale, object: "deployment/checkout", reason: .order, says: "scale needs replicas"),
    Row(
      name: .scale, object: "deployment/checkout", parameters: ["replicas": "-1"], reason: .order,
      says: "replicas must be a whole number"),
    Row(
      name: .scale, object: "deployment/checkout", parameters: ["replicas": "2"], reason: .alreadySo,
      says: "would change nothing"),
    Row(
      name: .setResources, object: "deployment/checkout", reason: .order, says: "set-resources needs at least one of"),
    Row(
      name: .setResources, object: "deployment/checkout", parameters: ["memory-limit": "lots"], reason: .order,
      says: "memory-limit must be a quantity"),
    Row(
      name: .setResources, object: "deployment/checkout", parameters: ["memory-request": "1Gi"], reason: .unsuitable,
      says: "the memory request 1Gi would be above the limit 128Mi"),
    Row(
      name: .setResources, object: "pod/alone", parameters: ["memory-limit": "1Gi"], reason: .unsuitable,
      says: "has no controller"),
    Row(
      name: .setResources, object: "job/import", parameters: ["memory-limit": "1Gi"], reason: .unsuitable,
      says: "pod template of a Job cannot be changed"),
    Row(
      name: .setResources, object: "statefulset/db", parameters: ["memory-limit": "1Gi"], reason: .order,
      says: "which container? statefulset/db has db, agent"),
    Row(
      name: .setResources, object: "statefulset/db", parameters: ["container": "dbb", "memory-limit": "1Gi"],
      reason: .order, says: "has no container \"dbb\""),
    Row(name: .cordon, object: "node/n2", reason: .alreadySo, says: "would change nothing"),
    Row(
      name: .removeTaint, object: "node/n2", parameters: ["key": "node.kubernetes.io/unschedulable"],
      reason: .unsuitable, says: "uncordon the node instead"),
    Row(name: .outOfService, object: "node/n2", reason: .unsuitable, says: "node/n2 is Ready"),
    Row(
      name: .removeFinalizer, object: "deployment/checkout", parameters: ["finalizer": "x"], reason: .unsuitable,
      says: "is not being deleted"),
    Row(
      name: .expandClaim, object: "persistentvolumeclaim/data", parameters: ["size": "1Gi"], reason: .unsuitable,
      says: "cannot shrink"),
    Row(
      name: .lowerClaim, object: "persistentvolumeclaim/data", parameters: ["size": "4Gi"], reason: .unsuitable,
      says: "cannot become smaller"),
    Row(
      name: .expandClaim, object: "persistentvolumeclaim/waiting", parameters: ["size": "20Gi"], reason: .unsuitable,
      says: "only a claim that is Bound"),
    Row(
      name: .rolloutUndo, object: "deployment/checkout", parameters: ["revision": "7"], reason: .missing,
      says: "has no revision 7: kept are 2, 1"),
    Row(name: .rolloutUndo, object: "statefulset/db", reason: .missing, says: "no revision of statefulset/db is kept"),
    Row(
      name: .setEnvReference, object: "deployment/checkout", parameters: ["from": "nope", "to": "x"], reason: .missing,
      says: "do not refer to nope"),
    Row(
      name: .webhookFailurePolicy, object: "validatingwebhookconfiguration/policy",
      parameters: ["webhook": "other", "policy": "Ignore"], reason: .missing, says: "it has check.example.com"),
    Row(
      name: .setTargetPort, object: "service/web", parameters: ["port": "443", "target-port": "1"], reason: .order,
      says: "which port? service/web has http"),
    Row(name: .deleteFailedPods, object: "node/n2", reason: .alreadySo, says: "there are no failed pods on node/n2"),
  ])
  func isRefused(_ row: Row) throws {
    let refusal = try Sample.bench().refusal(row.name, row.object, row.parameters)
    #expect(refusal.reason == row.reason)
    #expect(refusal.message.contains(row.says), "\(refusal.message)")
  }

  @Test func aPodOfSomethingUnknownIsNotTouched() throws {
    var bench = try Sample.bench()
    try bench.put(
      Sample.barePod.replacing(
        #""uid":"p9""#,
        with: #""uid":"p9","ownerReferences":[{"apiVersion":"argoproj.io/v1","kind":"Rollout","name":"r","uid":"x","#
          + #""controller":true}]"#))
    let refusal = try bench.refusal(.setResources, "pod/alone", ["memory-limit": "1Gi"])
    #expect(refusal.message == "pod/alone belongs to rollout/r, whose controller decides: change it there")
  }

  @Test func ownersThatCannotBeReadAreNotGuessed() throws {
    let bench = try Sample.bench()
    bench.state.store(of: ReplicaSet.self)?.freshness = .forbidden("no")
    bench.state.store(of: ReplicaSet.self)?.remove(uid: "r2")
    let refusal = try bench.refusal(.setResources, "pod/checkout-2-a", ["memory-limit": "1Gi"])
    #expect(refusal.reason == .unknown)
    #expect(refusal.message.contains("replicasets may not be read: no"))
  }

  @Test func whatCannotBeToldIsSaid() throws {
    let bench = try Sample.bench()
    bench.state.store(of: HorizontalPodAutoscaler.self)?.freshness = .forbidden("no")
    bench.state.store(of: HorizontalPodAutoscaler.self)?.remove(uid: "h1")
    let remedy = try bench.make(.scale, "deployment/checkout", ["replicas": "3"])
    #expect(remedy.texts(.note).contains("whether an autoscaler sets the replicas cannot be told"))
  }

  @Test func anotherUIDIsAnotherObject() throws {
    let bench = try Sample.bench()
    var reference = try bench.reference("deployment/checkout")
    reference.uid = "older"
    #expect(throws: RemedyRefusal(.missing, "deployment/checkout has been replaced by another of the same name")) {
      _ = try bench.make(RemedyOrder(.scale, reference, ["replicas": "3"]))
    }
  }

  struct Keeper: CustomTestStringConvertible {
    var metadata: String
    var name: String
    var testDescription: String { name }
  }

  @Test(arguments: [
    Keeper(metadata: #""annotations":{"meta.helm.sh/release-name":"shop"}"#, name: "Helm release shop"),
    Keeper(metadata: #""labels":{"app.kubernetes.io/managed-by":"Helm"}"#, name: "Helm"),
    Keeper(metadata: #""labels":{"argocd.argoproj.io/instance":"shop"}"#, name: "Argo CD"),
    Keeper(metadata: #""labels":{"kustomize.toolkit.fluxcd.io/name":"apps"}"#, name: "Flux kustomization apps"),
    Keeper(metadata: #""managedFields":[{"manager":"kustomize-controller","operation":"Apply"}]"#, name: "Flux"),
    Keeper(
      metadata: #""ownerReferences":[{"kind":"Postgres","name":"main","controller":true}]"#, name: "postgres/main"),
  ])
  func whoeverKeepsTheObjectIsNamed(_ keeper: Keeper) throws {
    let object = try JSONValue(parsing: "{\"metadata\":{\(keeper.metadata)}}")
    #expect(Keepers.of(object) == [keeper.name])
  }

  @Test func handsOfPeopleAreNoKeepers() throws {
    let object = try JSONValue(
      parsing: #"{"metadata":{"managedFields":[{"manager":"kubectl-edit","operation":"Update"},"#
        + #"{"manager":"kube-controller-manager","operation":"Update","subresource":"status"}]}}"#)
    #expect(Keepers.of(object).isEmpty)
  }

  @Test func roomIsLookedFor() throws {
    let bench = try Sample.bench()
    let large = try bench.make(.setResources, "deployment/checkout", ["memory-limit": "4Gi", "memory-request": "2Gi"])
    #expect(large.texts(.danger).contains("no node has 2Gi of memory: the largest has 1Gi"))
    #expect(large.confirmation == .name("checkout"))
  }
}
