import Diagnosis
import Kube
import Terminal

// `:xray` and `:can`: tables whose word needs another one to say what is in them.
extension Interface {
  func openXRay(_ word: String, _ namespace: String?, address: String, replacing: Bool) -> [Effect] {
    guard !word.isEmpty else {
      show(":xray KIND [NAMESPACE], such as :xray deploy")
      return []
    }
    guard let resource = catalog.resource(named: word) else {
      let suggestion = tables.closestWord(to: word, catalog: catalog).map { "; did you mean :xray \($0)?" } ?? ""
      show("the server doesn't have a resource type \"\(word)\"\(suggestion)", role: .warning)
      return []
    }
    guard ComposedSource.xrayKinds.contains(resource.kind) else {
      show(
        "nothing hangs below \(resource.plural); :xray is for pods, workloads, services, ingresses, nodes and claims")
      return []
    }
    if let namespace { setNamespace(namespace == "all" || namespace == "*" ? nil : namespace) }
    let source = ComposedSource.xray(resource, interface: self)
    return openComposed(
      source, address: address, kubectl: "", replacing: replacing,
      origin: Page.Origin(word: "xray \(resource.qualifiedName)", narrowing: .all))
  }

  func openAccess(_ who: String?, address: String, replacing: Bool) -> [Effect] {
    let scope = namespace ?? "default"
    if let who {
      guard let subject = AccessSubject(parsing: who) else {
        show(":can u:USER, :can g:GROUP or :can s:NAMESPACE:SERVICEACCOUNT", role: .warning)
        return []
      }
      let person =
        subject.userName.map { " --as=\($0)" } ?? " --as=somebody --as-group=\(who.dropFirst(2))"
      return openComposed(
        ComposedSource.rules(of: subject, interface: self), address: address,
        kubectl: "\(session.kubectlPrefix) auth can-i --list\(person)", replacing: replacing,
        crumb: "what \(subject.description) may do")
    }
    let answer = RulesAnswer(namespace: scope)
    let id = freshID()
    askedRules[id] = answer
    return openComposed(
      ComposedSource.ownRules(answer, interface: self), address: address,
      kubectl: "\(session.kubectlPrefix) auth can-i --list -n \(scope)", replacing: replacing,
      crumb: "what you may do in \(scope)") + [.askRules(id: id, namespace: scope)]
  }

  private func openComposed(
    _ source: ComposedSource, address: String, kubectl: String, replacing: Bool, crumb: String? = nil,
    origin: Page.Origin? = nil
  ) -> [Effect] {
    let effects = replacing ? closeAll() : []
    push(
      Page(
        crumb: crumb ?? source.title, address: address, kubectl: kubectl, content: .table(table(source)),
        origin: origin))
    // A row's own page is on top of where it was opened; only what was asked for by name is history.
    if replacing { remember(address) }
    return effects
  }
}
