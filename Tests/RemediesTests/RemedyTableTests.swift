import Kube
import Testing

@testable import Remedies

/// Every remedy on an object that it is for.
@Suite struct RemedyTableTests {
  struct Row: CustomTestStringConvertible {
    var name: RemedyName
    var object: String
    var parameters: [String: String] = [:]
    var target = ""
    var patch = ""
    var kubectl = ""
    /// Part of a consequence's text.
    var says = ""
    var testDescription: String { "\(name.rawValue) \(object)" }
  }

  static let rows = [
    Row(
      name: .setResources, object: "pod/checkout-2-a", parameters: ["memory-limit": "256Mi", "cpu-request": "100m"],
      target: "deployment/checkout",
      patch: #"[{"op":"replace","path":"/spec/template/spec/containers/0/resources/limits/memory","value":"256Mi"},"#
        + #"{"op":"add","path":"/spec/template/spec/containers/0/resources/requests/cpu","value":"100m"}]"#,
      kubectl: "kubectl set resources deployment/checkout -n shop -c app --limits=memory=256Mi --requests=cpu=100m",
      says: "replaces its pod, step by step"),
    Row(
      name: .setImage, object: "statefulset/db", parameters: ["container": "agent", "image": "agent:2"],
      patch: #"[{"op":"replace","path":"/spec/template/spec/containers/1/image","value":"agent:2"}]"#,
      kubectl: "kubectl set image statefulset/db -n shop agent=agent:2", says: "partition is 2"),
    Row(
      name: .setProbe, object: "deployment/checkout",
      parameters: ["probe": "liveness", "field": "failureThreshold", "value": "10"],
      patch: #"[{"op":"add","path":"/spec/template/spec/containers/0/livenessProbe/failureThreshold","value":10}]"#),
    Row(
      name: .setEnvReference, object: "deployment/checkout", parameters: ["from": "conf", "to": "config"],
      patch: #"[{"op":"replace","path":"/spec/template/spec/containers/0/env/0/valueFrom/configMapKeyRef/name","#
        + #""value":"config"}]"#),
    Row(
      name: .setPullSecret, object: "cronjob/nightly", parameters: ["secret": "reg"],
      patch: #"[{"op":"add","path":"/spec/jobTemplate/spec/template/spec/imagePullSecrets","value":[{"name":"reg"}]}]"#,
      says: "Jobs that run now are not changed"),
    Row(
      name: .addToleration, object: "deployment/checkout", parameters: ["key": "gpu", "effect": "NoSchedule"],
      patch: #"[{"op":"add","path":"/spec/template/spec/tolerations","value":"#
        + #"[{"key":"gpu","operator":"Exists","effect":"NoSchedule"}]}]"#),
    Row(
      name: .setRolloutBounds, object: "deployment/checkout", parameters: ["max-surge": "0", "max-unavailable": "50%"],
      patch: #"[{"op":"replace","path":"/spec/strategy/rollingUpdate/maxSurge","value":0},"#
        + #"{"op":"replace","path":"/spec/strategy/rollingUpdate/maxUnavailable","value":"50%"}]"#),
    Row(
      name: .rolloutRestart, object: "deployment/checkout",
      patch: #"[{"op":"add","path":"/spec/template/metadata/annotations","value":"#
        + #"{"kubectl.kubernetes.io/restartedAt":"2026-05-28T20:26:40Z"}}]"#,
      kubectl: "kubectl rollout restart deployment/checkout -n shop"),
    Row(
      name: .rolloutUndo, object: "pod/checkout-2-a", target: "deployment/checkout",
      patch: #"[{"op":"replace","path":"/spec/template","value":{"metadata":{"labels":{"app":"checkout"}},"#
        + #""spec":{"containers":[{"name":"app","image":"checkout:1"}]}}}]"#,
      kubectl: "kubectl rollout undo deployment/checkout -n shop --to-revision=1"),
    Row(
      name: .rolloutPause, object: "deployment/checkout", patch: #"[{"op":"add","path":"/spec/paused","value":true}]"#,
      kubectl: "kubectl rollout pause deployment/checkout -n shop"),
    Row(
      name: .setPartition, object: "statefulset/db",
      patch: #"[{"op":"replace","path":"/spec/updateStrategy/rollingUpdate/partition","value":0}]"#),
    Row(
      name: .scale, object: "deployment/checkout", parameters: ["replicas": "5"],
      patch: #"[{"op":"replace","path":"/spec/replicas","value":5}]"#,
      kubectl: "kubectl scale deployment/checkout -n shop --current-replicas=2 --replicas=5",
      says: "horizontalpodautoscaler/checkout sets the replicas, between 2 and 6"),
    Row(
      name: .setAutoscalerBounds, object: "horizontalpodautoscaler/checkout", parameters: ["max": "1", "min": "1"],
      patch: #"[{"op":"replace","path":"/spec/minReplicas","value":1},"#
        + #"{"op":"replace","path":"/spec/maxReplicas","value":1}]"#, says: "1 pods are deleted"),
    Row(
      name: .resumeJob, object: "job/import", patch: #"[{"op":"replace","path":"/spec/suspend","value":false}]"#),
    Row(
      name: .suspendCronJob, object: "cronjob/nightly",
      patch: #"[{"op":"replace","path":"/spec/suspend","value":true}]"#),
    Row(name: .recreateJob, object: "job/import", says: "whatever the Job has done already is done again"),
    Row(name: .triggerCronJob, object: "cronjob/nightly"),
    Row(
      name: .deletePod, object: "pod/checkout-2-a", kubectl: "kubectl delete pod/checkout-2-a -n shop",
      says: "poddisruptionbudget/checkout allows 0 disruptions now"),
    Row(name: .deletePod, object: "pod/alone", says: "it is gone for ever"),
    Row(
      name: .forceDelete, object: "pod/checkout-2-a",
      kubectl: "kubectl delete pod/checkout-2-a -n shop --force --grace-period=0", says: "may go on running on n1"),
    Row(
      name: .deleteFailedPods, object: "namespace/shop",
      kubectl: "kubectl delete pods -n shop --field-selector=status.phase=Failed", says: "shop/gone: Evicted"),
    Row(
      name: .removeSchedulingGate, object: "pod/gated", parameters: ["gate": "quota"],
      patch: #"[{"op":"remove","path":"/spec/schedulingGates/0"}]"#),
    Row(
      name: .cordon, object: "node/n1",
      patch:
        #"[{"op":"add","path":"/spec/unschedulable","value":true},{"op":"add","path":"/metadata/annotations","value":"#
        + #"{"podmedic.dev/cordoned-by":"","podmedic.dev/cordoned-at":"2026-05-28T20:26:40Z"}}]"#,
      kubectl: "kubectl cordon n1", says: "no other node takes pods"),
    Row(
      name: .uncordon, object: "node/n2", patch: #"[{"op":"remove","path":"/spec/unschedulable"}]"#,
      kubectl: "kubectl uncordon n2"),
    Row(
      name: .removeTaint, object: "node/n1", parameters: ["key": "gpu"],
      patch: #"[{"op":"remove","path":"/spec/taints/0"}]"#, kubectl: "kubectl taint node n1 gpu-"),
    Row(
      name: .outOfService, object: "node/n1",
      patch: #"[{"op":"add","path":"/spec/taints/-","value":{"key":"node.kubernetes.io/out-of-service","#
        + #""value":"nodeshutdown","effect":"NoExecute"}}]"#, says: "powered off"),
    Row(
      name: .labelNode, object: "node/n1", parameters: ["key": "disk/type", "value": "ssd"],
      patch: #"[{"op":"add","path":"/metadata/labels","value":{"disk/type":"ssd"}}]"#),
    Row(
      name: .expandClaim, object: "persistentvolumeclaim/data", parameters: ["size": "20Gi"],
      patch: #"[{"op":"replace","path":"/spec/resources/requests/storage","value":"20Gi"}]"#),
    Row(
      name: .lowerClaim, object: "persistentvolumeclaim/data", parameters: ["size": "6Gi"],
      patch: #"[{"op":"replace","path":"/spec/resources/requests/storage","value":"6Gi"}]"#),
    Row(
      name: .clearSelectedNode, object: "persistentvolumeclaim/waiting",
      patch: #"[{"op":"remove","path":"/metadata/annotations/volume.kubernetes.io~1selected-node"}]"#),
    Row(
      name: .allowVolumeExpansion, object: "storageclass/slow",
      patch: #"[{"op":"add","path":"/allowVolumeExpansion","value":true}]"#),
    Row(
      name: .clearClaimReference, object: "persistentvolume/pv-1", patch: #"[{"op":"remove","path":"/spec/claimRef"}]"#,
      says: "its reclaim policy is Delete"),
    Row(
      name: .patchServiceSelector, object: "service/web", parameters: ["selector": "app=checkout"],
      patch: #"[{"op":"replace","path":"/spec/selector","value":{"app":"checkout"}}]"#,
      says: "1 pods have these labels, 1 of them ready"),
    Row(
      name: .setTargetPort, object: "service/web", parameters: ["target-port": "http"],
      patch: #"[{"op":"replace","path":"/spec/ports/0/targetPort","value":"http"}]"#),
    Row(
      name: .setIngressClass, object: "ingress/web", parameters: ["class": "nginx"],
      patch: #"[{"op":"add","path":"/spec/ingressClassName","value":"nginx"},"#
        + #"{"op":"remove","path":"/metadata/annotations/kubernetes.io~1ingress.class"}]"#,
      says: "there is no ingressclass/nginx"),
    Row(
      name: .patchBudget, object: "poddisruptionbudget/checkout", parameters: ["max-unavailable": "1"],
      patch: #"[{"op":"remove","path":"/spec/minAvailable"},"#
        + #"{"op":"add","path":"/spec/maxUnavailable","value":1}]"#),
    Row(
      name: .raiseQuota, object: "resourcequota/team", parameters: ["resource": "pods", "hard": "20"],
      patch: #"[{"op":"replace","path":"/spec/hard/pods","value":"20"}]"#),
    Row(
      name: .webhookFailurePolicy, object: "validatingwebhookconfiguration/policy",
      parameters: ["webhook": "check.example.com", "policy": "Ignore"],
      patch: #"[{"op":"replace","path":"/webhooks/0/failurePolicy","value":"Ignore"}]"#, says: "no longer checked"),
    Row(
      name: .removeFinalizer, object: "pod/gated", parameters: ["finalizer": "example.com/hold"],
      patch: #"[{"op":"remove","path":"/metadata/finalizers/0"}]"#, says: "left behind"),
    Row(
      name: .deleteObject, object: "deployment/checkout", kubectl: "kubectl delete deployment/checkout -n shop",
      says: "its 1 pods are deleted with it"),
  ]

  @Test(arguments: rows) func isWorkedOut(_ row: Row) throws {
    let bench = try Sample.bench()
    let remedy = try bench.make(row.name, row.object, row.parameters)
    #expect(remedy.target.shortName == (row.target.isEmpty ? row.object : row.target))
    if !row.patch.isEmpty { #expect(remedy.patch == row.patch) }
    if !row.kubectl.isEmpty { #expect(remedy.kubectl == [row.kubectl]) }
    #expect(remedy.consequences.contains { $0.text.contains(row.says) } || row.says.isEmpty, "\(remedy.consequences)")
    for step in remedy.steps {
      switch step.change {
      case .patch(let operations):
        let version = bench.object(remedy.target)?[path: "metadata", "resourceVersion"]
        #expect(operations.first?["path"] == "/metadata/resourceVersion")
        #expect(operations.first?["value"] == version)
      case .delete: #expect(!step.object.uid.isEmpty)
      case .create: #expect(step.verb == "create")
      }
    }
    let isSevere = RemedyKind.named(row.name)?.isSevere ?? true
    let isDangerous = remedy.consequences.contains { $0.weight == .danger }
    #expect(remedy.confirmation == (isSevere || isDangerous ? .name(remedy.target.name) : .yes))
  }

  @Test func whoIsNotReadyOrTaintedTakesNoPods() throws {
    var bench = try Sample.bench()
    func node(_ name: String, ready: Bool, taint: String = "") -> String {
      let taints = taint.isEmpty ? "" : #"{"key":"k","effect":"\#(taint)"}"#
      return #"{"apiVersion":"v1","kind":"Node","metadata":{"name":"\#(name)","uid":"\#(name)","resourceVersion":"9"},"#
        + #""spec":{"taints":[\#(taints)]},"status":{"conditions":[{"type":"Ready","status":"\#(ready ? "True" : "Unknown")"}]}}"#
    }
    try bench.put(node("lost", ready: false))
    try bench.put(node("special", ready: true, taint: "NoSchedule"))
    let alone = try bench.make(.cordon, "node/n1").consequences
    #expect(alone.contains { $0.text.contains("go to 0 other nodes (3 more are cordoned, not ready or tainted)") })
    #expect(alone.contains { $0.weight == .danger })
    try bench.put(node("good", ready: true, taint: "PreferNoSchedule"))
    let helped = try bench.make(.cordon, "node/n1").consequences
    #expect(helped.contains { $0.text.contains("go to 1 other node (3 more") }, "\(helped)")
    #expect(!helped.contains { $0.weight == .danger })
  }

  @Test func everyRemedyIsInTheTable() {
    #expect(Set(RemedyKind.all.map(\.name)) == Set(RemedyName.allCases).subtracting([.undo]))
    let covered = Set(Self.rows.map(\.name))
    // These are the same code the other way round.
    let twins: Set<RemedyName> = [.rolloutResume, .suspendJob, .resumeCronJob]
    #expect(Set(RemedyKind.all.map(\.name)).subtracting(covered) == twins)
  }

  /// What is taken back is what was there before.
  @Test(arguments: rows) func undoRestores(_ row: Row) throws {
    var bench = try Sample.bench()
    let remedy = try bench.make(row.name, row.object, row.parameters)
    guard case .order(let undo) = remedy.undo else { return }
    let before = try #require(bench.object(remedy.target))
    let after = try EditedObject.applying(remedy, to: before)
    #expect(FieldChange.between(before, after) == remedy.changes)
    try bench.put(after)
    let back = try bench.make(undo)
    let restored = try EditedObject.applying(back, to: after)
    #expect(Self.sorted(restored) == Self.sorted(before))
  }

  /// Without empty maps that were made on the way, and with lists of objects in the order of their names.
  private static func sorted(_ value: JSONValue) -> JSONValue {
    switch value {
    case .object(let map): .object(SmallMap(uniquing: map.entries.map { ($0.key, sorted($0.value)) }))
    case .array(let elements): .array(elements.map(sorted).sorted { $0.bytes().lexicographicallyPrecedes($1.bytes()) })
    default: value
    }
  }
}

extension EditedObject {
  /// The object after a remedy's patch, made by following the operations and not by the code that wrote them.
  static func applying(_ remedy: Remedy, to object: JSONValue) throws -> JSONValue {
    guard case .patch(let operations)? = remedy.steps.first?.change else { return object }
    return try following(operations, object)
  }

  /// The object after the operations of a JSON patch.
  static func following(_ operations: [JSONValue], _ object: JSONValue) throws -> JSONValue {
    var result = object
    for operation in operations {
      let pointer = try #require(operation["path"]?.string).split(separator: "/").map {
        String($0)
          .replacing("~1", with: "/").replacing("~0", with: "~")
      }
      result = try patched(result, pointer[...], operation["op"]?.string ?? "", operation["value"])
    }
    return result
  }

  private static func patched(
    _ value: JSONValue, _ path: ArraySlice<String>, _ operation: String, _ new: JSONValue?
  ) throws -> JSONValue {
    let name = try #require(path.first)
    let isLast = path.count == 1
    if var elements = value.array {
      if name == "-" { return .array(elements + [try #require(new)]) }
      let index = try #require(Int(name))
      try #require(elements.indices.contains(index))
      if !isLast {
        elements[index] = try patched(elements[index], path.dropFirst(), operation, new)
      } else if operation == "remove" {
        elements.remove(at: index)
      } else {
        elements[index] = try #require(new)
      }
      return .array(elements)
    }
    var result = value
    try #require(value.object != nil)
    if !isLast {
      result[name] = try patched(try #require(value[name]), path.dropFirst(), operation, new)
    } else {
      try #require((value[name] == nil) == (operation == "add"))
      result[name] = operation == "remove" ? nil : new
    }
    return result
  }
}
