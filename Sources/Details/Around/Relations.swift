import ClusterState
import Diagnosis
import Kube

extension Page {
  /// Owners, what is owned, and what the object stands on.
  mutating func relations(of subject: Subject, _ around: Surroundings, in cluster: ClusterState) {
    section("Related") { page in
      if !around.owners.isEmpty {
        page.add(
          around.owners[0].controller ? "Controlled By" : "Owner",
          around.owners.map { "\($0.kind) \($0.name)" }.joined(separator: " -> "))
      }
      page.ground(of: subject, around, in: cluster)
      page.users(of: subject, in: cluster)
      page.owned(around)
    }
  }

  /// The owned pods in a table, the other objects by kind.
  private mutating func owned(_ around: Surroundings) {
    let others = around.owned.filter { $0.kind != "Pod" }
    if !others.isEmpty {
      group("Owns", mark: .plain) { page in
        for relative in others.prefix(50) {
          page.add(
            relative.kind,
            "\(relative.metadata.name)\(Page.word(relative)) (\(page.age(relative.metadata.creationTimestamp)))")
        }
        if others.count > 50 { page.add(nil, "… and \(others.count - 50) more", .dim) }
      }
    }
    podTable(around.owned.compactMap { $0.object as? Pod }, label: "Pods")
    if around.leftOut > 0 { add(nil, "… \(around.leftOut) more owned objects are left out", .dim) }
  }

  /// A few words about an owned object.
  private static func word(_ relative: Relative) -> String {
    switch relative.object {
    case let set as ReplicaSet:
      let revision = set.metadata.annotations["deployment.kubernetes.io/revision"].map { "revision \($0), " } ?? ""
      return "  \(revision)\(set.status.readyReplicas)/\(set.spec.replicas ?? 1) ready"
    case let job as Job:
      return "  \(job.status.active) active, \(job.status.succeeded) succeeded, \(job.status.failed) failed"
    case let claim as PersistentVolumeClaim: return "  \(claim.status.phase)"
    default: return ""
    }
  }

  /// Pods with status words; all words counted in the label's line.
  mutating func podTable(_ pods: [Pod], label: String) {
    guard !pods.isEmpty else { return }
    let summaries = pods.map { PodSummary($0) }
    var counts: [(word: String, count: Int)] = []
    for summary in summaries {
      if let index = counts.firstIndex(where: { $0.word == summary.status }) {
        counts[index].count += 1
      } else if counts.count < 12 {
        counts.append((summary.status, 1))
      }
    }
    let ready = zip(pods, summaries).count { $0.0.isReady }
    add(
      label, "\(pods.count), \(ready) ready: " + counts.map { "\($0.count) \($0.word)" }.joined(separator: ", "),
      ready == pods.count ? .good : .plain)
    // Those with trouble first: of many pods only some are shown.
    let order = pods.indices.sorted { (Page.rank(summaries[$0]), $0) < (Page.rank(summaries[$1]), $1) }
    indented { page in
      page.table(
        ["Name", "Ready", "Status", "Restarts", "Node", "Age"],
        order.prefix(30).map { index in
          let (pod, summary) = (pods[index], summaries[index])
          return (
            [
              pod.metadata.name, summary.ready, summary.status, summary.restartsText(now: page.now),
              pod.spec.nodeName.isEmpty ? "<none>" : pod.spec.nodeName, page.age(pod.metadata.creationTimestamp),
            ], Page.mark(ofPodStatus: summary.status) == .good ? .plain : Page.mark(ofPodStatus: summary.status)
          )
        })
      if pods.count > 30 { page.add(nil, "… and \(pods.count - 30) more", .dim) }
    }
  }

  private static func rank(_ summary: PodSummary) -> Int {
    switch mark(ofPodStatus: summary.status) {
    case .critical: 0
    case .warning, .unknown: 1
    case .notice: 2
    default: 3
    }
  }

  // MARK: What it stands on

  private mutating func ground(of subject: Subject, _ around: Surroundings, in cluster: ClusterState) {
    let spec: JSONValue
    switch subject.builtIn {
    case "Pod": spec = subject.json.at("spec")
    case "CronJob": spec = subject.json.at("spec", "jobTemplate", "spec", "template", "spec")
    case "Deployment", "ReplicaSet", "ReplicationController", "StatefulSet", "DaemonSet", "Job":
      spec = subject.json.at("spec", "template", "spec")
    default: return ground(ofOther: subject, in: cluster)
    }
    nodeLine(spec.text("nodeName"), in: cluster)
    let namespace = subject.namespace
    let named =
      (subject.typed as? Pod)?.claimNames
      ?? spec.list("volumes").map { $0.text("persistentVolumeClaim", "claimName") }.filter { !$0.isEmpty }
    // A StatefulSet's claims are named by its pods only.
    let claims = named + around.claimNames.filter { !named.contains($0) }
    for name in claims.prefix(50) { claimLine(name, namespace, in: cluster) }
    for reference in configReferences(spec) {
      let word: (String, DetailMark)
      if reference.kind == "Secret" {
        word = presence(Secret.self, reference.name, namespace, in: cluster, isOptional: reference.isOptional)
      } else {
        word = presence(ConfigMap.self, reference.name, namespace, in: cluster, isOptional: reference.isOptional)
      }
      add(reference.kind, "\(reference.name) (\(reference.uses.joined(separator: ", ")))\(word.0)", word.1)
    }
    let account = spec.text("serviceAccountName")
    if !account.isEmpty {
      let word = presence(ServiceAccount.self, account, namespace, in: cluster)
      add("ServiceAccount", account + word.0, word.1)
    }
    selectors(of: subject, in: cluster)
  }

  /// Whether a named object is there, as far as that can be told.
  private func presence<Object: KubeObject>(
    _ type: Object.Type, _ name: String, _ namespace: String, in cluster: ClusterState, isOptional: Bool = false
  ) -> (String, DetailMark) {
    if cluster.get(type, namespace: namespace, name: name) != nil { return ("", .plain) }
    guard cluster.isConclusive(type, namespace: namespace) else { return (", not checked", .dim) }
    return isOptional ? (", does not exist (optional)", .notice) : (", does not exist", .critical)
  }

  private mutating func nodeLine(_ name: String, in cluster: ClusterState) {
    guard !name.isEmpty else { return }
    guard let node = cluster.get(Node.self, name: name) else {
      let word = presence(Node.self, name, "", in: cluster)
      return add("Node", name + word.0, word.1)
    }
    let bad = node.status.conditions.filter { $0.type == "Ready" ? !$0.isTrue : !$0.isFalse }
    let details = bad.map { "\($0.type)=\($0.status) \($0.reason)" }.joined(separator: ", ")
    let isReady = node.status.conditions.contains { $0.type == "Ready" && $0.isTrue }
    add(
      "Node", "\(name) \(node.statusWord)" + (details.isEmpty ? "" : " (\(details))"),
      !isReady ? .critical : !bad.isEmpty ? .warning : node.spec.unschedulable ? .notice : .plain)
  }

  private mutating func claimLine(_ name: String, _ namespace: String, in cluster: ClusterState) {
    guard let claim = cluster.get(PersistentVolumeClaim.self, namespace: namespace, name: name) else {
      let word = presence(PersistentVolumeClaim.self, name, namespace, in: cluster)
      return add("PersistentVolumeClaim", name + word.0, word.1)
    }
    let volume = claim.spec.volumeName
    add(
      "PersistentVolumeClaim", "\(name) \(claim.status.phase)" + (volume.isEmpty ? "" : " to \(volume)"),
      claim.status.phase == "Bound" ? .plain : .warning)
  }

  /// Services and budgets whose selectors match a pod or the pods of a template.
  private mutating func selectors(of subject: Subject, in cluster: ClusterState) {
    let labels: SmallMap<String>
    switch subject.typed {
    case let pod as Pod: labels = pod.metadata.labels
    case let deployment as Deployment: labels = deployment.spec.template.metadata.labels
    case let set as ReplicaSet: labels = set.spec.template.metadata.labels
    case let set as StatefulSet: labels = set.spec.template.metadata.labels
    case let set as DaemonSet: labels = set.spec.template.metadata.labels
    default: return
    }
    for service in cluster.all(Service.self)
    where service.metadata.namespace == subject.namespace && !service.spec.selector.isEmpty
      && service.spec.selector.entries.allSatisfy({ labels[$0.key] == $0.value })
    {
      add(
        "Service",
        "\(service.metadata.name) \(service.spec.type) selects \(subject.builtIn == "Pod" ? "it" : "its pods")")
    }
    for budget in cluster.all(PodDisruptionBudget.self)
    where budget.metadata.namespace == subject.namespace && budget.spec.selector?.matches(labels) == true {
      let allowed = budget.status.disruptionsAllowed
      add(
        "PodDisruptionBudget", "\(budget.metadata.name) allows \(allowed) disruptions now",
        allowed > 0 ? .plain : .notice)
    }
  }

  private mutating func ground(ofOther subject: Subject, in cluster: ClusterState) {
    let (object, namespace) = (subject.json, subject.namespace)
    switch subject.builtIn {
    case "PersistentVolumeClaim":
      let volume = object.text("spec", "volumeName")
      if !volume.isEmpty {
        let word = presence(PersistentVolume.self, volume, "", in: cluster)
        add("PersistentVolume", volume + word.0, word.1)
      }
      let storageClass = object.text("spec", "storageClassName")
      if !storageClass.isEmpty {
        let word = presence(StorageClass.self, storageClass, "", in: cluster)
        add("StorageClass", storageClass + word.0, volume.isEmpty ? word.1 : .plain)
      }
    case "PersistentVolume":
      let claim = object.at("spec", "claimRef")
      if claim != .null { claimLine(claim.text("name"), claim.text("namespace"), in: cluster) }
    case "HorizontalPodAutoscaler":
      let target = object.at("spec", "scaleTargetRef")
      add("Scales", "\(target.text("kind")) \(target.text("name"))")
    case "Ingress":
      for name in backendNames(object.at("spec")) {
        let word = presence(Service.self, name, namespace, in: cluster)
        add("Service", name + word.0, word.1)
      }
      for secret in object.list("spec", "tls").map({ $0.text("secretName") }) where !secret.isEmpty {
        let word = presence(Secret.self, secret, namespace, in: cluster)
        add("Secret", "\(secret) (TLS)\(word.0)", word.1)
      }
    default: return
    }
  }

  // MARK: Who uses it

  private mutating func users(of subject: Subject, in cluster: ClusterState) {
    let namespace = subject.namespace
    func pods(where matches: (Pod) -> Bool) -> [Pod] {
      cluster.all(Pod.self).filter { $0.metadata.namespace == namespace && matches($0) }
    }
    switch subject.typed {
    case let service as Service where !service.spec.selector.isEmpty:
      let selector = service.spec.selector.entries
      let selected = pods { pod in selector.allSatisfy { pod.metadata.labels[$0.key] == $0.value } }
      if selected.isEmpty, cluster.isConclusive(Pod.self, namespace: namespace) {
        add("Selects", "no pods", .warning)
      }
      podTable(selected, label: "Selects")
    case let budget as PodDisruptionBudget:
      guard let selector = budget.spec.selector else { return }
      podTable(pods { selector.matches($0.metadata.labels) == true }, label: "Covers")
    case is PersistentVolumeClaim: usedBy { $0.claimNames.contains(subject.name) }
    case is ServiceAccount: usedBy { $0.spec.serviceAccountName == subject.name }
    case is ConfigMap, is Secret: usedBy { $0.names(subject.builtIn, subject.name) }
    default: return
    }

    func usedBy(_ uses: (Pod) -> Bool) {
      let users = pods(where: uses)
      if users.isEmpty, cluster.isConclusive(Pod.self, namespace: namespace) { return add("Used By", "no pods", .dim) }
      podTable(users, label: "Used By")
    }
  }
}

/// The Services that an Ingress leads to, each once, in order.
func backendNames(_ spec: JSONValue) -> [String] {
  var names: [String] = []
  var seen: Set<String> = []
  let paths = spec.list("rules").flatMap { $0.list("http", "paths") }.map { $0.at("backend") }
  for backend in [spec.at("defaultBackend")] + paths {
    let name = backend.text("service", "name")
    if !name.isEmpty, seen.insert(name).inserted { names.append(name) }
  }
  return names
}

extension Pod {
  /// Whether it names a ConfigMap or Secret.
  fileprivate func names(_ kind: String, _ name: String) -> Bool {
    let isSecret = kind == "Secret"
    let containers = spec.initContainers + spec.containers + spec.ephemeralContainers.map(\.container)
    let inVolume = spec.volumes.contains { volume in
      isSecret
        ? volume.secret?.secretName == name
          || volume.projected?.sources.contains { $0.secret?.name == name } == true
        : volume.configMap?.name == name || volume.projected?.sources.contains { $0.configMap?.name == name } == true
    }
    return inVolume || isSecret && spec.imagePullSecrets.contains { $0.name == name }
      || containers.contains { container in
        container.envFrom.contains { (isSecret ? $0.secretRef : $0.configMapRef)?.name == name }
          || container.env.contains {
            (isSecret ? $0.valueFrom?.secretKeyRef : $0.valueFrom?.configMapKeyRef)?.name == name
          }
      }
  }
}
