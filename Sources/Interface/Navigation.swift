import ClusterState
import Kube
import Remedies
import Terminal

extension Interface {
  /// Opens the screen that a command names, on top of the pages or, for typed commands, in their place.
  @discardableResult
  public func open(_ text: String, replacing: Bool = true) -> [Effect] {
    run(Command(parsing: withoutAlias(text)), text: text, replacing: replacing)
  }

  func run(_ command: Command, text: String, replacing: Bool = true) -> [Effect] {
    switch command {
    case .nothing: return []
    case .quit: return quit()
    case .help:
      showHelp()
      return []
    case .aliases:
      push(tables.kinds(catalog), address: "aliases", kubectl: "\(session.kubectlPrefix) api-resources")
      return []
    case .history: return [.readHistory]
    case .drain(let nodes): return openDrain(nodes)
    case .glossary(let word):
      openGlossary(word)
      return []
    case .unlock(let name): return unlock(name)
    case .playbooks:
      openPlaybooks()
      return []
    case .playbook(let name, let object, let namespace): return openPlaybook(name, object, namespace)
    case .context(nil): return openScreen(OpenCommand(word: "contexts"), address: text, replacing: replacing)
    case .context(let name?): return switchContext(name)
    case .namespace(let name):
      setNamespace(name == "all" || name == "*" ? nil : name)
      return openScreen(OpenCommand(word: "pods"), address: "pods \(name)", replacing: replacing)
    case .xray(let kind, let namespace): return openXRay(kind, namespace, address: text, replacing: replacing)
    case .can(let who): return openAccess(who, address: text, replacing: replacing)
    case .open(let open): return openScreen(open, address: text, replacing: replacing)
    }
  }

  private func switchContext(_ name: String) -> [Effect] {
    guard session.contexts.contains(where: { $0.name == name }) else {
      show("context \"\(name)\" does not exist; :ctx lists them", role: .warning)
      return []
    }
    if let drain, drain.isRunning {
      show("a drain is going on here: it must end first, :drain shows it", role: .warning)
      return []
    }
    return [.switchContext(name)]
  }

  private func openScreen(_ command: OpenCommand, address: String, replacing: Bool) -> [Effect] {
    if let context = command.context, context != session.context { return switchContext(context) }
    // A word that names nothing leaves everything as it is; what there is to see depends on the namespace.
    if let wanted = command.namespace, tables.source(named: command.word, narrowing: .all, for: self) != nil {
      setNamespace(wanted == "all" || wanted == "*" ? nil : wanted)
    }
    guard let source = tables.source(named: command.word, narrowing: .all, for: self) else {
      if let instead = ForeignWord.instead(of: command.word) {
        show(":\(command.word) is not in podmedic: \(instead)")
        return []
      }
      let suggestion = tables.closestWord(to: command.word, catalog: catalog).map { "; did you mean :\($0)?" } ?? ""
      show("the server doesn't have a resource type \"\(command.word)\"\(suggestion)", role: .warning)
      return []
    }
    let table = table(source)
    do throws(FilterProblem) {
      let parts = [command.labels.map { "-l \($0)" }, command.filter.map { command.labels == nil ? $0 : "/\($0)" }]
      table.filter = try RowFilter(parsing: parts.compactMap(\.self).joined(separator: " "))
    } catch {
      show(error.message, role: .warning)
    }
    let effects = replacing ? closeAll() : []
    push(
      Page(
        crumb: table.source.title, address: address, kubectl: "", content: .table(table),
        origin: Page.Origin(word: command.word, narrowing: .all)))
    remember(address)
    return effects
  }

  /// A table that is sorted as its like was last.
  func table(_ source: any TableSource) -> TableView {
    let table = TableView(source: source)
    if let order = orders[source.title] { table.sort(like: order) }
    return table
  }

  /// Puts a table on top of the pages.
  func push(_ source: any TableSource, address: String, kubectl: String) {
    push(Page(crumb: source.title, address: address, kubectl: kubectl, content: .table(table(source))))
  }

  func push(_ page: Page) {
    pages.append(page)
    page.table?.update(now: clock())
  }

  /// Leaves the top page; the first one stays.
  func pop() -> [Effect] {
    guard pages.count > 1, let last = pages.popLast() else { return [] }
    page?.table?.update(now: clock())
    page?.playbook?.guided?.isDirty = true
    // What has been changed on the page that was left stands in it now.
    let isHistory = page?.table?.source is HistorySource
    return closing(last) + (isHistory ? [.readHistory] : [])
  }

  /// Leaves all pages, for one that takes their place.
  func closeAll() -> [Effect] {
    let effects = pages.flatMap(closing)
    pages = []
    return effects
  }

  private func closing(_ page: Page) -> [Effect] {
    switch page.content {
    case .logs(let logs): [.closeLogs(id: logs.request.id)]
    case .remedy(let remedy): remedy.parts.map { .closeRemedy(id: $0.id) }
    case .table, .text, .playbook: []
    }
  }

  func setNamespace(_ name: String?) {
    namespace = name
    // A number stays with its namespace: hands learn them.
    if let name, !favourites.contains(name) {
      if favourites.count == 9 { favourites.removeFirst() }
      favourites.append(name)
    }
    // What is read and which columns there are depends on the namespace.
    for page in pages {
      guard let table = page.table, let origin = page.origin,
        let source = tables.source(named: origin.word, narrowing: origin.narrowing, for: self)
      else { continue }
      table.replaceSource(source, now: now)
    }
  }

  // MARK: History

  func remember(_ address: String) {
    if historyPlace < history.count, history[historyPlace] == address { return }
    lastPlace = history.isEmpty ? nil : historyPlace
    history = Array(history.prefix(historyPlace + 1))
    history.append(address)
    if history.count > 50 {
      history.removeFirst()
      lastPlace = lastPlace.map { max(0, $0 - 1) }
    }
    historyPlace = history.count - 1
  }

  func goInHistory(to place: Int) -> [Effect] {
    guard history.indices.contains(place) else {
      show("the history ends here")
      return []
    }
    lastPlace = historyPlace
    historyPlace = place
    return open(history[place])
  }

  // MARK: kubectl's words

  /// What is a page of podmedic's own has no command of kubectl's.
  func ownCommand(_ word: String) -> String {
    let scope = namespace.map { " -n \($0)" } ?? " -A"
    return switch word {
    case "contexts": session.configPrefix + " get-contexts"
    case "triage": session.ownPrefix + " check" + scope
    default: session.ownPrefix + " -c \(ShellText.quoted(word))" + scope
    }
  }

  func kubectl(_ verb: String, _ object: RowObject) -> String {
    let scope = object.namespace.isEmpty ? "" : " -n \(object.namespace)"
    return "\(session.kubectlPrefix) \(verb) \(object.resource.qualifiedName)/\(object.name)\(scope)"
  }
}
