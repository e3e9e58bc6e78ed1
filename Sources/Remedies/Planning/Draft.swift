import ClusterState
import Kube

/// A remedy while it is being worked out.
struct Draft {
  let order: RemedyOrder
  let scene: RemedyScene
  /// From the object that was named to the one that is changed.
  let chain: [ObjectReference]
  /// The object that is changed.
  let target: ObjectReference
  /// Its kind.
  let resource: Resource
  /// It, as the server has it.
  let object: JSONValue
  /// What else had to be read.
  let others: [JSONValue]

  var title = ""
  var edits: [FieldEdit] = []
  /// Requests other than the patch that `edits` make.
  var steps: [RemedyStep] = []
  var consequences: [Consequence] = []
  var kubectl: [String] = []
  /// Why it cannot be taken back; nil when the edits can be.
  var noUndo: String?
  var wait = RemedyWait(condition: .accepted, deadline: .seconds(60))
  var typedName: String?

  init(
    order: RemedyOrder, scene: RemedyScene, chain: [ObjectReference], target: ObjectReference, resource: Resource,
    object: JSONValue, others: [JSONValue]
  ) {
    self.order = order
    self.scene = scene
    self.chain = chain
    self.target = target
    self.resource = resource
    self.object = object
    self.others = others
    if order.kind?.isSevere ?? false { typedName = target.name }
  }

  /// A parameter.
  func text(_ name: String) -> String? { order.parameters[name] }

  /// A parameter that is a number.
  func number(_ name: String) -> Int? { order.parameters[name].flatMap { Int($0) } }

  /// The value of a parameter that is a number or a text.
  func intOrText(_ name: String) -> JSONValue? {
    order.parameters[name].map { text in Int(text).map { .int($0) } ?? .string(text) }
  }

  mutating func set(_ path: FieldPath, _ value: JSONValue?) { edits.append(FieldEdit(path, value)) }

  mutating func warn(_ weight: Consequence.Weight, _ text: String) {
    consequences.append(Consequence(weight, text))
  }

  /// ` -n shop`, or nothing.
  var namespaceFlag: String { target.namespace.isEmpty ? "" : " -n \(ShellText.quoted(target.namespace))" }

  /// `deployment/checkout -n shop`.
  var kubectlTarget: String { "\(resource.singular)/\(target.name)\(namespaceFlag)" }

  func refusal(_ reason: RemedyRefusal.Reason, _ message: String) -> RemedyRefusal { RemedyRefusal(reason, message) }

  // MARK: The end

  /// The remedy.
  func finished() throws(RemedyRefusal) -> Remedy {
    var edited = EditedObject(object)
    for edit in edits { try edited.apply(edit) }
    if steps.isEmpty, edited.operations.isEmpty {
      throw refusal(.alreadySo, "\(target.shortName) is so already: \(title) would change nothing")
    }
    var all = steps
    if !edited.operations.isEmpty {
      var operations = edited.operations
      if let version = object[path: "metadata", "resourceVersion"] {
        // The server compares a written version with its own, and refuses with a conflict when they differ.
        operations.insert(
          ["op": "replace", "path": "/metadata/resourceVersion", "value": version], at: 0)
      }
      all.insert(RemedyStep(resource: resource, object: target, change: .patch(operations), before: object), at: 0)
    }
    var remedy = Remedy(
      order: order, target: target, title: title, chain: chain, steps: all,
      changes: FieldChange.between(object, edited.object), consequences: consequences + fieldManagers(edited),
      kubectl: kubectl.isEmpty ? [patchLine(edited.operations)] : kubectl, undo: undo(edited), wait: wait,
      confirmation: .yes, edits: edits)
    remedy.consequences.sort { $0.weight > $1.weight }
    if let name = typedName ?? (remedy.consequences.first?.weight == .danger ? target.name : nil) {
      remedy.confirmation = .name(name)
    }
    return remedy
  }

  private func undo(_ edited: EditedObject) -> RemedyUndo {
    if let noUndo { return .impossible(noUndo) }
    guard steps.isEmpty else { return .impossible("what is deleted or created cannot be taken back") }
    var order = RemedyOrder(.undo, target)
    order.restores = edited.restores
    order.undone = title
    return .order(order)
  }

  private func patchLine(_ operations: [JSONValue]) -> String {
    let patch = String(decoding: JSONValue.array(operations).bytes(), as: UTF8.self)
    return "kubectl patch \(kubectlTarget) --type=json -p \(ShellText.quoted(patch))"
  }

  // MARK: Who would take it back

  /// Who writes the object from somewhere else, and would write it again.
  private func fieldManagers(_ edited: EditedObject) -> [Consequence] {
    guard !edited.operations.isEmpty, order.name != .cordon, order.name != .uncordon else { return [] }
    return Keepers.of(object).map {
      Consequence(.danger, "\($0) manages \(target.shortName) and is likely to undo the change: make it there as well")
    } + Keepers.appliers(of: object).map { Consequence(.note, $0) }
  }
}

/// Programs that write objects from a source of their own: GitOps, Helm, operators.
enum Keepers {
  /// Those that keep writing an object, from its labels, annotations, managed fields and owners.
  static func of(_ object: JSONValue) -> [String] {
    let labels = object[path: "metadata", "labels"]
    let annotations = object[path: "metadata", "annotations"]
    var keepers: [String] = []
    func add(_ keeper: String) { if !keepers.contains(keeper) { keepers.append(keeper) } }
    if let release = annotations?["meta.helm.sh/release-name"]?.string {
      add("Helm release \(release)")
    } else if labels?["app.kubernetes.io/managed-by"]?.string == "Helm" {
      add("Helm")
    }
    if annotations?["argocd.argoproj.io/tracking-id"] != nil || labels?["argocd.argoproj.io/instance"] != nil {
      add("Argo CD")
    }
    if let name = labels?["kustomize.toolkit.fluxcd.io/name"]?.string { add("Flux kustomization \(name)") }
    if let name = labels?["helm.toolkit.fluxcd.io/name"]?.string { add("Flux Helm release \(name)") }
    for entry in object[path: "metadata", "managedFields"]?.array ?? [] {
      guard entry["operation"]?.string == "Apply" || entry["operation"]?.string == "Update",
        entry["subresource"]?.string == nil, let manager = entry["manager"]?.string
      else { continue }
      switch manager {
      case "argocd-controller", "argocd-application-controller": add("Argo CD")
      case "kustomize-controller": if !keepers.contains(where: { $0.hasPrefix("Flux") }) { add("Flux") }
      case "helm-controller": if !keepers.contains(where: { $0.hasPrefix("Flux") }) { add("Flux") }
      case "fleetagent": add("Rancher Fleet")
      case "HashiCorp", "Terraform": add("Terraform")
      case "pulumi-kubernetes": add("Pulumi")
      case "addon-manager", "kube-addon-manager": add("the addon manager")
      default: break
      }
    }
    if labels?["addonmanager.kubernetes.io/mode"]?.string == "Reconcile" { add("the addon manager") }
    for owner in object[path: "metadata", "ownerReferences"]?.array ?? [] where owner["controller"]?.bool == true {
      guard let kind = owner["kind"]?.string, let name = owner["name"]?.string else { continue }
      add("\(kind.lowercased())/\(name)")
    }
    return keepers
  }

  /// What a later `kubectl apply` of the same file would do.
  static func appliers(of object: JSONValue) -> [String] {
    object[path: "metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration"] == nil
      ? [] : ["the object was made with kubectl apply: change its file too, or the next apply takes this back"]
  }
}
