import ClusterState
import Diagnosis
import Kube

/// Checks of the control plane and of what extends it.
let controlPlaneChecks: [BuiltInCheck] = [
  BuiltInCheck(
    "leader-leases",
    "whether kube-scheduler and kube-controller-manager hold and renew their Leases in kube-system: problem when one does "
      + "not, unknown when neither Lease is there (a managed control plane may keep them elsewhere), ok otherwise",
    reads: [Lease.self]
  ) { facts, _ in
    if let doubt = facts.state.doubt(about: Lease.self, namespace: "kube-system") { return Judgement(doubt) }
    var evidence: [Evidence] = []
    var words: [String] = []
    for name in ["kube-scheduler", "kube-controller-manager"] {
      guard let lease = facts.state.get(Lease.self, namespace: "kube-system", name: name) else { continue }
      let judgement = lease.judgement(who: name, now: facts.now, slack: 15)
      if judgement.verdict != .ok { return judgement }
      evidence += judgement.evidence
      words.append("\(name) by \(lease.spec.holderIdentity ?? "nobody")")
    }
    if words.isEmpty {
      return Judgement(Doubt(.failed, "kube-system has no Lease of the scheduler or the controllers"))
    }
    return Judgement(.ok, "held and renewed: \(words.joined(separator: ", "))", evidence: evidence)
  },
  BuiltInCheck(
    "system-pods",
    "whether pods of the system with a label are ready: problem when one is not ready, warning when there is none, ok "
      + "when all are",
    parameters: [
      .init("labels", .texts, isRequired: true, "labels such as k8s-app=kube-dns; a pod with any of them counts"),
      .init("namespace", .text, "kube-system without it"),
    ], reads: [Pod.self]
  ) { facts, arguments in
    let namespace = arguments.text("namespace") ?? "kube-system"
    let labels = arguments.texts("labels") ?? []
    let wanted = labels.map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
    switch facts.state.look(
      all: Pod.self, namespace: namespace,
      where: { pod in
        !pod.isTerminal && wanted.contains { pod.metadata.labels[$0.first ?? ""] == $0.last }
      })
    {
    case .unknown(let doubt): return Judgement(doubt)
    case .none: return Judgement(.warning, "there is no pod")
    case .found(let pods):
      let words = labels.joined(separator: " or ")
      if pods.isEmpty { return Judgement(.warning, "\(namespace) has no pod with \(words)") }
      let broken = pods.filter { !$0.hasReadyCondition }
      let evidence = pods.prefix(10).map { pod in
        let restarts = pod.status.containerStatuses.reduce(0) { $0 + max(0, $1.restartCount) }
        return Evidence(
          pod.reference, "Ready",
          "\(pod.hasReadyCondition ? "True" : "False"), \(restarts) \(restarts == 1 ? "restart" : "restarts")")
      }
      if let first = broken.first {
        return Judgement(
          .problem,
          "\(broken.count) of \(pods.count) pods with \(words) are not ready, such as \(first.metadata.name) on "
            + "\(first.spec.nodeName.isEmpty ? "no node" : first.spec.nodeName)", evidence: evidence)
      }
      return Judgement(.ok, "all \(pods.count) pods with \(words) are ready", evidence: evidence)
    }
  },
  BuiltInCheck(
    "webhooks-served",
    "whether the Services behind admission webhooks exist and have a ready endpoint: problem when one with failurePolicy "
      + "Fail does not (what it is for is then refused), warning when one with Ignore does not, ok otherwise; the one that "
      + "refused the subject's pods comes first",
    reads: [ValidatingWebhookConfiguration.self, MutatingWebhookConfiguration.self, Service.self, EndpointSlice.self]
  ) { facts, _ in
    for type in [Service.self, EndpointSlice.self] as [any KubeObject.Type] {
      if let doubt = facts.state.doubt(about: type) { return Judgement(doubt) }
    }
    // A dead webhook of one sort is proven without the other sort; that all are served is not.
    let doubt =
      facts.state.doubt(about: ValidatingWebhookConfiguration.self)
      ?? facts.state.doubt(about: MutatingWebhookConfiguration.self)
    let told = facts.findings.filter { $0.code == .workloadPodsRefused }.map { $0.summary(now: facts.now) }
    let all =
      facts.state.all(ValidatingWebhookConfiguration.self).flatMap { config in
        config.webhooks.map { (config.reference, $0) }
      }
      + facts.state.all(MutatingWebhookConfiguration.self).flatMap { config in
        config.webhooks.map { (config.reference, $0) }
      }
    var ignored: [(text: String, evidence: Evidence)] = []
    var fatal: [(text: String, evidence: Evidence)] = []
    for (owner, webhook) in all.sorted(by: { ($0.0.name, $0.1.name) < ($1.0.name, $1.1.name) }) {
      guard let target = webhook.clientConfig.service else { continue }
      let name = "\(target.namespace)/\(target.name)"
      let trouble: String
      if let service = facts.state.get(Service.self, namespace: target.namespace, name: target.name) {
        if service.spec.type == "ExternalName" { continue }
        let slices = facts.endpointSlices(of: service).value ?? []
        if slices.contains(where: { $0.endpoints.contains(where: \.isReady) }) { continue }
        trouble = "its Service \(name) has no ready endpoint"
      } else {
        trouble = "its Service \(name) does not exist"
      }
      let found = (
        "\(owner.kind) \(owner.name), webhook \(webhook.name): \(trouble)",
        Evidence(owner, "webhooks[\(webhook.name)].failurePolicy", webhook.failurePolicy ?? "Fail")
      )
      if webhook.failurePolicy == "Ignore" {
        ignored.append(found)
      } else if told.contains(where: { $0.contains("\"\(webhook.name)\"") }) {
        fatal.insert(found, at: 0)
      } else {
        fatal.append(found)
      }
    }
    let evidence = (fatal + ignored).prefix(10).map(\.evidence)
    if let first = fatal.first {
      let more = fatal.count > 1 ? " (and \(fatal.count - 1) more)" : ""
      return Judgement(.problem, first.text + more, evidence: evidence)
    }
    if let doubt { return Judgement(doubt) }
    if let first = ignored.first {
      return Judgement(.warning, "\(first.text); it is passed over (Ignore), after a wait", evidence: evidence)
    }
    return Judgement(.ok, all.isEmpty ? "there are no webhooks" : "all \(all.count) webhooks are served")
  },
  BuiltInCheck(
    "aggregated-apis",
    "whether the APIs that extensions serve are available: problem with the first that is not and why, ok otherwise",
    reads: [APIService.self]
  ) { facts, _ in
    if let doubt = facts.state.doubt(about: APIService.self) { return Judgement(doubt) }
    let services = facts.state.all(APIService.self).sorted { $0.metadata.name < $1.metadata.name }
    let broken = services.compactMap { service in
      service.status.conditions.condition("Available").flatMap { $0.isTrue ? nil : (service, $0) }
    }
    guard let (service, condition) = broken.first else {
      return Judgement(.ok, "all \(services.count) groups of the API are available")
    }
    let more = broken.count > 1 ? " (and \(broken.count - 1) more)" : ""
    return Judgement(
      .problem, "\(service.metadata.name): \(condition.reason): \(condition.message.firstLine)\(more)",
      evidence: broken.prefix(10).map {
        Evidence($0.reference, "status.conditions[Available]", $1.message, at: $1.lastTransitionTime)
      })
  },
  BuiltInCheck(
    "etcd-quorum",
    "the members of etcd that run as pods (label component=etcd) and how many more may fail: problem when the ready ones "
      + "are no majority, warning when none may fail or the number is even, ok otherwise, unknown when there are no such "
      + "pods (etcd runs elsewhere)",
    reads: [Pod.self]
  ) { facts, _ in
    switch facts.state.look(
      all: Pod.self, namespace: "kube-system", where: { $0.metadata.labels["component"] == "etcd" && !$0.isTerminal })
    {
    case .unknown(let doubt): return Judgement(doubt)
    case .none: return Judgement(Doubt(.failed, "no pod of etcd is to be seen"))
    case .found(let pods):
      let members = pods.count
      if members == 0 {
        return Judgement(Doubt(.failed, "etcd does not run as pods here: it is on hosts of its own, or managed"))
      }
      let ready = pods.count(where: \.hasReadyCondition)
      let majority = members / 2 + 1
      let spare = ready - majority
      let words = "\(ready) of \(members) members ready, \(majority) are needed"
      let evidence = pods.prefix(9).map {
        Evidence($0.reference, "Ready on \($0.spec.nodeName)", $0.hasReadyCondition ? "True" : "False")
      }
      if spare < 0 { return Judgement(.problem, "\(words): etcd has no majority", evidence: evidence) }
      if spare == 0 {
        return Judgement(
          .warning, "\(words): no further one may fail\(members == 1 ? " (one member)" : "")", evidence: evidence)
      }
      if members.isMultiple(of: 2) {
        return Judgement(
          .warning, "\(words): an even number bears no more failures than \(members - 1)", evidence: evidence)
      }
      return Judgement(.ok, "\(words): \(spare) more may fail", evidence: evidence)
    }
  },
  BuiltInCheck(
    "budgets-blocking",
    "the disruption budgets of all namespaces that allow no eviction: problem with those that never will (they ask for as "
      + "many healthy pods as there are), warning with those whose pods are not healthy now, ok otherwise",
    reads: [PodDisruptionBudget.self]
  ) { facts, _ in
    if let doubt = facts.state.doubt(about: PodDisruptionBudget.self) { return Judgement(doubt) }
    let budgets = facts.state.all(PodDisruptionBudget.self)
    let blocked = budgets.filter { $0.status.expectedPods > 0 && $0.status.disruptionsAllowed == 0 }
      .sorted { ($0.metadata.namespace, $0.metadata.name) < ($1.metadata.namespace, $1.metadata.name) }
    let never = blocked.filter { $0.status.desiredHealthy >= $0.status.expectedPods }
    func words(_ budgets: [PodDisruptionBudget]) -> String {
      let names = budgets.prefix(3).map {
        "\($0.metadata.namespace)/\($0.metadata.name) (\($0.status.currentHealthy) of \($0.status.expectedPods) healthy, "
          + "\($0.status.desiredHealthy) wanted)"
      }
      return names.joined(separator: ", ") + (budgets.count > 3 ? " and \(budgets.count - 3) more" : "")
    }
    let evidence = blocked.prefix(20).map { Evidence($0.reference, "status.disruptionsAllowed", "0") }
    if !never.isEmpty { return Judgement(.problem, "never allow an eviction: \(words(never))", evidence: evidence) }
    if !blocked.isEmpty {
      return Judgement(.warning, "allow no eviction now: \(words(blocked))", evidence: evidence)
    }
    return Judgement(.ok, "all \(budgets.count) budgets allow an eviction, or have no pods")
  },
  BuiltInCheck(
    "account-rights",
    "what the service account of the pod may do by RBAC, and through which roles: problem when a role that is bound to it "
      + "does not exist, warning when none is bound, which is right for programs that ask the API server nothing; ok "
      + "otherwise with the first rules. With `verb` and `resource` problem when "
      + "no rule allows that. Other authorizers are not known",
    kinds: ["Pod", "ServiceAccount"] + ["Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "ReplicaSet"],
    parameters: [
      .init("verb", .text, "such as list"),
      .init("resource", .text, "with its group, such as pods or deployments.apps"),
    ], reads: AccessSubject.kinds + [ServiceAccount.self] + Relation.owners
  ) { facts, arguments in
    let name: String
    if let account = facts.object as? ServiceAccount {
      name = account.metadata.name
    } else if let spec = facts.pod?.spec ?? facts.workload.value?.facts.template.spec {
      name = spec.serviceAccountName.isEmpty ? "default" : spec.serviceAccountName
    } else {
      return Judgement(.notApplicable, "it acts as no service account")
    }
    for type in AccessSubject.kinds {
      if let doubt = facts.state.doubt(about: type, namespace: facts.namespace) { return Judgement(doubt) }
    }
    let subject = AccessSubject.serviceAccount(namespace: facts.namespace, name: name)
    let all = subject.rules(in: facts.state)
    // What every account may do (discovery, questions about itself) says nothing about this one.
    let common = ["basic-user", "discovery", "public-info-viewer", "service-account-issuer-discovery"]
    let rules = all.filter { rule in !common.contains { rule.source.hasSuffix("ClusterRoleBinding system:\($0)") } }
    let who = "\(facts.namespace)/\(name)"
    let about = facts.object?.reference ?? ObjectReference()
    let evidence = rules.prefix(20).map {
      Evidence(
        about, $0.source, "\($0.verbs.joined(separator: ",")) \($0.resource)\($0.namespace.map { " in \($0)" } ?? "")")
    }
    if let lost = rules.first(where: { $0.resource == "?" }) {
      return Judgement(.problem, "\(who): \(lost.source) gives \(lost.verbs.first ?? "nothing")", evidence: evidence)
    }
    if let verb = arguments.text("verb"), let resource = arguments.text("resource") {
      let rule = all.first { rule in
        (rule.verbs.contains("*") || rule.verbs.contains(verb))
          && (rule.resource == "*" || rule.resource == resource)
          && (rule.namespace == nil || rule.namespace == facts.namespace)
      }
      return rule.map { Judgement(.ok, "\($0.source) allows \(verb) \(resource)", evidence: evidence) }
        ?? Judgement(.problem, "no role lets \(who) \(verb) \(resource)", evidence: evidence)
    }
    if rules.isEmpty { return Judgement(.warning, "no role is bound to \(who): it may do nothing of its own") }
    let words = rules.prefix(3).map { "\($0.verbs.joined(separator: ",")) \($0.resource)" }
    let more = rules.count > 3 ? " and \(rules.count - 3) more" : ""
    return Judgement(.ok, "\(who) may \(words.joined(separator: "; "))\(more)", evidence: evidence)
  },
]
