import ClusterState
import Details
import Kube
import Terminal

extension Interface {
  /// Takes what a person did and says what must be done about it.
  public func handle(_ event: InputEvent) -> [Effect] {
    let effects = take(event)
    // What was said to a run, or done while its page was covered, shows at once.
    return effects + advance()
  }

  private func take(_ event: InputEvent) -> [Effect] {
    switch event {
    case .key(let key): return handle(key)
    case .mouse(let mouse): return handle(mouse)
    case .paste(let text):
      prompt?.editor.paste(text)
      if prompt != nil { promptChanged() }
      return []
    case .resize(let size):
      self.size = size
      return []
    case .focus: return []
    case .closed: return [.quit]
    }
  }

  private func handle(_ key: Key) -> [Effect] {
    if key == .control("c") { return quit() }
    // A message is about the key before; after the next one it may not be true any more.
    flash = nil
    if prompt != nil { return promptKey(key) }
    if palette != nil { return paletteKey(key) }
    // Those that take a key away from podmedic say so in their file.
    if let effects = runHotkey(key) {
      page?.table?.pin()
      return effects
    }
    guard let page else { return [] }
    guard let action = Binding.action(for: key, in: contexts) else {
      show(drainIsOver(for: key) ?? "this key does nothing here; ? lists those that do")
      return []
    }
    page.table?.pin()
    clicked = nil
    return perform(action, key: key)
  }

  func perform(_ action: Action, key: Key) -> [Effect] {
    switch action {
    case .command: startPrompt(.command)
    case .palette: openPalette()
    case .help: showHelp()
    case .quit: return quit()
    case .suspend: return [.suspend]
    case .back: return back(isQuitKey: key == Key("q"))
    case .refresh:
      show("asking the server again")
      return [.refresh] + (page?.text.map(fetchAgain) ?? [])
    case .aliases: return run(.aliases, text: "aliases", replacing: false)
    case .toggleHeader: showsHeader.toggle()
    case .toggleCrumbs: showsCrumbs.toggle()
    case .fullScreen:
      page?.isFullScreen.toggle()
      if page?.isFullScreen == true { show("f or esc: header and keys again") }
    case .kubectl:
      guard let page else { return [] }
      // What becomes of it is said with the line itself: not every terminal takes what it is told to copy.
      let line = kubectlLine(of: page)
      return [.copy(line.text, what: line.remark)]
    default:
      guard let page else { return [] }
      switch page.content {
      case .table(let table): return perform(action, key: key, on: table)
      case .text(let text): return perform(action, on: text)
      case .logs(let logs): return perform(action, key: key, on: logs)
      case .remedy(let remedy): return perform(action, on: remedy)
      case .playbook(let playbook): return perform(action, on: playbook)
      }
    }
    return []
  }

  private func back(isQuitKey: Bool) -> [Effect] {
    if let page, page.isFullScreen, !isQuitKey {
      page.isFullScreen = false
      return []
    }
    if let table = page?.table, !isQuitKey {
      if table.filter != nil || table.onlyFaults {
        table.filter = nil
        table.onlyFaults = false
        table.update(now: clock())
        return []
      }
      if !table.marks.isEmpty {
        table.clearMarks()
        return []
      }
    }
    if let logs = page?.logs, !isQuitKey, logs.filter != nil {
      logs.setFilter(nil, contextLines: 0)
      return []
    }
    if let text = page?.text, !isQuitKey, !text.view.search.text.isEmpty {
      text.view.find("")
      return []
    }
    if pages.count > 1 { return pop() }
    if isQuitKey { return quit() }
    if page?.address != "triage" { return open("triage") }
    show("q or ctrl-c quits")
    return []
  }

  // MARK: Tables

  private func perform(_ action: Action, key: Key, on table: TableView) -> [Effect] {
    defer { table.update(now: clock()) }
    switch action {
    case .up: table.move { $0.move(by: -1) }
    case .down: table.move { $0.move(by: 1) }
    case .pageUp: table.move { $0.page(by: -1) }
    case .pageDown: table.move { $0.page(by: 1) }
    case .top: table.move { $0.move(to: 0) }
    case .bottom: table.move { $0.move(to: Int.max) }
    case .filter: startPrompt(.filter)
    case .faults:
      table.onlyFaults.toggle()
      if table.onlyFaults { show("only rows with trouble; ctrl-z shows all (f10 suspends)") }
    case .wide: table.isWide.toggle()
    case .sortByColumn: sort(table, by: table.sortColumn)
    case .nextSortColumn: sort(table, step: 1)
    case .previousSortColumn: sort(table, step: -1)
    case .sortByName: sort(table, by: "name")
    case .sortByAge: sort(table, by: "age")
    case .sortByStatus: sort(table, by: "status")
    case .sortByNamespace: sort(table, by: "namespace")
    case .sortByCPU: sort(table, by: "cpu", descending: true)
    case .sortByMemory: sort(table, by: "memory", descending: true)
    case .sortByRestarts: sort(table, by: "restarts", descending: true)
    case .sortByReady: sort(table, by: "ready")
    case .right: table.scrollColumns(by: 1)
    case .left: table.scrollColumns(by: -1)
    case .saveTable:
      return [.save(name: "\(namespace ?? "all")_\(table.source.title).csv", text: table.csv(now: now))]
    case .mark: table.toggleMark()
    case .markRange: table.markRange()
    case .foldRow, .foldAll:
      guard let tree = table.source as? ComposedSource, let current = table.current else { return [] }
      if action == .foldAll {
        tree.foldAll()
      } else if !tree.fold(current) {
        show("nothing hangs below this row")
      }
    case .clearMarks: table.clearMarks()
    case .allNamespaces: changeNamespace(nil)
    case .namespaceFavourite:
      let number = key.typed?.wholeNumberValue ?? 0
      if favourites.indices.contains(number - 1) {
        changeNamespace(favourites[number - 1])
      } else {
        show("no namespace has the number \(number) yet: :ns NAME goes to one and gives it a number")
      }
    case .historyBack: return goInHistory(to: historyPlace - 1)
    case .historyForward: return goInHistory(to: historyPlace + 1)
    case .lastView: return goInHistory(to: lastPlace ?? historyPlace - 1)
    case .copyName:
      let names = table.selection.compactMap { table.source.object($0)?.name }
      if !names.isEmpty {
        return [.copy(names.joined(separator: "\n"), what: names.count == 1 ? names[0] : "\(names.count) names")]
      }
    case .enter:
      if let current = table.current { return enter(current, in: table) }
    case .playbook:
      if let current = table.current { return openPlaybook(for: current, in: table) }
    case .applySuggestion: return applySuggestion(of: table)
    case .drain where page?.drain == nil: return openDrain(from: table)
    case .uncordon where page?.drain == nil: return startChange(action, on: table)
    case .delete, .scale, .restart, .cordon, .trigger, .suspendCronJob: return startChange(action, on: table)
    case .deleteContext, .renameContext:
      guard let name = table.current else { return [] }
      let line = handedOver(action, context: name)
      return [.copy(line, what: line)]
    case .portForwards: show("podmedic keeps no port-forwards: shift-f copies the kubectl port-forward that makes one")
    case .undo:
      if let record = table.current.flatMap({ (table.source as? HistorySource)?.record($0) }) { return undo(record) }
    default:
      switch page?.drain {
      case .plan(let draft)? where action.isAboutDrain: return perform(action, on: draft)
      case .run(let drain)? where action.isAboutDrain: return perform(action, on: drain, in: table)
      case .plan, .run, nil: break
      }
      guard let current = table.current, let object = table.source.object(current) else { return [] }
      return perform(action, on: object, in: table)
    }
    return []
  }

  private func changeNamespace(_ name: String?) {
    setNamespace(name)
    show(name.map { "namespace \($0)" } ?? "all namespaces")
  }

  func sort(_ table: TableView, by column: String, descending: Bool = false) {
    guard column == table.sortColumn || table.source.columns.contains(where: { $0.id == column }) else {
      return show("\(table.source.title) have no column \"\(column)\" to sort by")
    }
    table.sort(by: column, descending: descending)
    orders[table.source.title] = table.order
  }

  private func sort(_ table: TableView, step: Int) {
    table.moveSortColumn(by: step)
    orders[table.source.title] = table.order
  }

  private func perform(_ action: Action, on object: RowObject, in table: TableView) -> [Effect] {
    switch action {
    case .details: return showText(.details(object), title: "describe", verb: "describe", object)
    case .yaml: return showText(.yaml(object), title: "yaml", verb: "get -o yaml", object)
    case .decode:
      let effects = showText(.yaml(object), title: "yaml", verb: "get -o yaml", object)
      page?.text?.yaml.showsSecrets = true
      return effects
    case .logs: return openLogs(table.selection.compactMap(table.source.object), previous: false)
    case .previousLogs: return openLogs(table.selection.compactMap(table.source.object), previous: true)
    case .copyNamespace:
      guard !object.namespace.isEmpty else {
        show("\(object.name) is in no namespace")
        break
      }
      return [.copy(object.namespace, what: object.namespace)]
    case .warpToNamespace: if !object.namespace.isEmpty { changeNamespace(object.namespace) }
    case .useNamespace: changeNamespace(object.name)
    case .replicaSets:
      openNarrowed("replicasets", .owned(uid: object.uid, name: object.name), crumb: object.name)
    case .usedBy:
      let source = ComposedSource.users(of: object, interface: self)
      let scope = object.namespace.isEmpty ? " -A" : " -n \(object.namespace)"
      push(
        Page(
          crumb: "\(object.name) used by", address: "", kubectl: "\(session.kubectlPrefix) get pods -o yaml\(scope)",
          content: .table(self.table(source))))
    case .owner: openOwner(of: object)
    case .rollBack: return rollBack(to: object)
    case .placement: openPlacement(of: placementSubject(of: object, in: table))
    case .node:
      if let pod = cluster.get(Pod.self, namespace: object.namespace, name: object.name), !pod.spec.nodeName.isEmpty {
        openNarrowed("nodes", .names([pod.spec.nodeName]), crumb: pod.spec.nodeName)
      } else {
        show("\(object.name) is not on a node yet")
      }
    case .events:
      openNarrowed("events", .about(uid: object.uid, name: object.name, namespace: object.namespace), crumb: "events")
    default:
      if let line = handedOver(action, object) { return [.copy(line, what: line)] }
    }
    return []
  }

  private func openOwner(of object: RowObject) {
    guard let store = cluster.store(object.resource), let found = store.object(uid: object.uid) else { return }
    guard let owner = found.metadata.controller ?? found.metadata.ownerReferences.first else {
      return show("\(object.name) has no owner")
    }
    let group = owner.apiVersion.split(separator: "/").count > 1 ? String(owner.apiVersion.prefix { $0 != "/" }) : ""
    let kind = catalog.resources.first { $0.kind == owner.kind && $0.group == group }
    guard let kind else { return show("the server does not list \(owner.kind)") }
    openNarrowed(kind.qualifiedName, .names([owner.name]), crumb: owner.name)
  }

  func openNarrowed(_ word: String, _ narrowing: Narrowing, crumb: String) {
    guard let source = tables.source(named: word, narrowing: narrowing, for: self) else {
      return show("the server doesn't have a resource type \"\(word)\"", role: .warning)
    }
    push(
      Page(
        crumb: crumb, address: word, kubectl: "",
        content: .table(table(source)), origin: Page.Origin(word: word, narrowing: narrowing)))
  }

  private func enter(_ id: String, in table: TableView) -> [Effect] {
    switch table.source.drill(id) {
    case .screen(let word, let narrowing, let crumb): openNarrowed(word, narrowing, crumb: crumb)
    case .logs(let object): return openLogs([object], previous: false)
    case .details(let object): return showText(.details(object), title: "describe", verb: "describe", object)
    case .namespace(let name):
      setNamespace(name)
      return open("pods")
    case .context(let name): return [.switchContext(name)]
    case .command(let command): return open(command, replacing: false)
    case .text(let title, let lines): showLines(title, lines())
    case nil: break
    }
    return []
  }

  // MARK: Texts

  private func showText(_ subject: TextPage.Subject, title: String, verb: String, _ object: RowObject) -> [Effect] {
    let text = TextPage(subject)
    let id = freshID()
    text.fetchID = id
    push(
      Page(crumb: "\(object.name) \(title)", address: "", kubectl: kubectl(verb, object), content: .text(text)))
    rewrite(text)
    return [.fetch(ObjectFetch(id: id, resource: object.resource, namespace: object.namespace, name: object.name))]
  }

  private func fetchAgain(_ text: TextPage) -> [Effect] {
    guard let object = text.about else { return [] }
    let id = freshID()
    text.fetchID = id
    return [.fetch(ObjectFetch(id: id, resource: object.resource, namespace: object.namespace, name: object.name))]
  }

  /// Makes the lines of a text page anew.
  func rewrite(_ text: TextPage) {
    if let failure = text.failure {
      text.view.setLines([[Span(failure, .critical)], [], [Span("ctrl-r asks again, esc goes back", .dim)]])
    } else if let object = text.object {
      switch text.subject {
      case .yaml: text.view.setLines(text.yaml.lines(object))
      case .details(let row): text.view.setLines(details(of: row, object))
      case .fixed: break
      }
    } else if case .fixed = text.subject {
    } else {
      text.view.setLines([[Span("reading …", .dim)]])
    }
  }

  private func details(of row: RowObject, _ object: JSONValue) -> [[Span]] {
    let details = ObjectDetails(
      object: object, resource: row.resource, cluster: cluster, findings: findings.all(about: row.uid), now: now)
    return details.layout(width: max(38, size.columns - 2)).map { line in
      guard let colon = line.text.firstIndex(of: ":"), line.mark == .plain else {
        return [Span(line.text, line.mark.role)]
      }
      // Labels are quiet, so that the eye finds what they say.
      let head = line.text[...colon]
      guard head.count <= 40 else {
        return [Span(line.text)]
      }
      return [Span(String(head), .fieldName), Span(String(line.text[line.text.index(after: colon)...]))]
    }
  }

  private func perform(_ action: Action, on text: TextPage) -> [Effect] {
    switch action {
    case .up: text.view.move { $0.move(by: -1) }
    case .down: text.view.move { $0.move(by: 1) }
    case .pageUp: text.view.move { $0.page(by: -1) }
    case .pageDown: text.view.move { $0.page(by: 1) }
    case .top: text.view.move { $0.toStart() }
    case .bottom: text.view.move { $0.toEnd() }
    case .left: text.view.move { $0.moveSideways(by: -8) }
    case .right: text.view.move { $0.moveSideways(by: 8) }
    case .filter: startPrompt(.search)
    case .searchNext: text.view.findNext(1)
    case .searchPrevious: text.view.findNext(-1)
    case .wrap: text.view.wraps.toggle()
    case .fold:
      text.yaml.showsManagedFields.toggle()
      rewrite(text)
    case .revealSecrets:
      text.yaml.showsSecrets.toggle()
      rewrite(text)
    case .playbook:
      guard let object = text.about else { return [] }
      return openPlaybook(PlaybookPage.Wish(object: object.reference, container: object.container))
    case .placement: if let object = text.about { openPlacement(of: object) }
    case .copyText: return [.copy(plainText(text), what: "text")]
    case .saveText: return [.save(name: text.about?.name ?? "help", text: plainText(text))]
    default: break
    }
    return []
  }

  private func plainText(_ text: TextPage) -> String {
    text.view.lines.map { $0.map(\.text).joined() + "\n" }.joined()
  }

  func showHelp() {
    let text = TextPage(.fixed)
    text.view.wraps = true
    text.view.setLines(HelpText.lines(for: contexts, hotkeys: hotkeys, width: size.columns))
    push(Page(crumb: "help", address: "help", kubectl: "\(session.kubectlPrefix) --help", content: .text(text)))
  }
}

extension DetailMark {
  /// How it is drawn.
  fileprivate var role: Role {
    switch self {
    case .plain: .text
    case .dim: .dim
    case .good: .ok
    case .notice: .notice
    case .warning: .warning
    case .critical: .critical
    case .unknown: .unknown
    case .heading: .title
    }
  }
}
