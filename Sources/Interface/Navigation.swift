import ClusterState
import Kube
import Terminal

extension Interface {
  /// Opens the screen that a command names, on top of the pages or, for typed commands, in their place.
  @discardableResult
  public func open(_ text: String, replacing: Bool = true) -> [Effect] {
    run(Command(parsing: text), text: text, replacing: replacing)
  }

  func run(_ command: Command, text: String, replacing: Bool = true) -> [Effect] {
    switch command {
    case .nothing: return []
    case .quit: return [.quit]
    case .help:
      showHelp()
      return []
    case .aliases:
      push(tables.kinds(catalog), address: "aliases", kubectl: "\(session.kubectlPrefix) api-resources")
      return []
    case .context(nil): return openScreen(OpenCommand(word: "contexts"), address: text, replacing: replacing)
    case .context(let name?): return switchContext(name)
    case .namespace(let name):
      setNamespace(name == "all" || name == "*" ? nil : name)
      return openScreen(OpenCommand(word: "pods"), address: "pods", replacing: replacing)
    case .open(let open): return openScreen(open, address: text, replacing: replacing)
    }
  }

  private func switchContext(_ name: String) -> [Effect] {
    guard session.contexts.contains(where: { $0.name == name }) else {
      show("context \"\(name)\" does not exist; :ctx lists them", role: .warning)
      return []
    }
    return [.switchContext(name)]
  }

  private func openScreen(_ command: OpenCommand, address: String, replacing: Bool) -> [Effect] {
    if let context = command.context, context != session.context { return switchContext(context) }
    if let wanted = command.namespace { setNamespace(wanted == "all" || wanted == "*" ? nil : wanted) }
    guard let source = tables.source(named: command.word, narrowing: .all, for: self) else {
      let suggestion = tables.closestWord(to: command.word, catalog: catalog).map { "; did you mean :\($0)?" } ?? ""
      show("the server doesn't have a resource type \"\(command.word)\"\(suggestion)", role: .warning)
      return []
    }
    let table = TableView(source: source)
    do throws(FilterProblem) {
      let filter = command.labels.map { "-l \($0)" } ?? command.filter
      table.filter = try filter.flatMap { (text) throws(FilterProblem) in try RowFilter(parsing: text) }
    } catch {
      show(error.message, role: .warning)
    }
    var effects: [Effect] = []
    if replacing {
      effects = pages.flatMap(closing)
      pages = []
    }
    push(table, address: address, kubectl: kubectlGet(command.word))
    remember(address)
    return effects
  }

  /// Puts a table on top of the pages.
  func push(_ source: any TableSource, address: String, kubectl: String) {
    push(TableView(source: source), address: address, kubectl: kubectl)
  }

  private func push(_ table: TableView, address: String, kubectl: String) {
    push(Page(crumb: table.source.title, address: address, kubectl: kubectl, content: .table(table)))
  }

  func push(_ page: Page) {
    pages.append(page)
    page.table?.update(now: clock())
  }

  /// Leaves the top page; the first one stays.
  func pop() -> [Effect] {
    guard pages.count > 1, let last = pages.popLast() else { return [] }
    page?.table?.update(now: clock())
    return closing(last)
  }

  private func closing(_ page: Page) -> [Effect] {
    page.logs.map { [.closeLogs(id: $0.request.id)] } ?? []
  }

  func setNamespace(_ name: String?) {
    namespace = name
    if let name {
      favourites.removeAll { $0 == name }
      favourites.insert(name, at: 0)
      if favourites.count > 9 { favourites.removeLast() }
    }
  }

  // MARK: History

  private func remember(_ address: String) {
    if historyPlace < history.count, history[historyPlace] == address { return }
    history = Array(history.prefix(historyPlace + 1))
    history.append(address)
    if history.count > 50 { history.removeFirst() }
    historyPlace = history.count - 1
  }

  func goInHistory(to place: Int) -> [Effect] {
    guard history.indices.contains(place) else { return [] }
    historyPlace = place
    return open(history[place])
  }

  // MARK: kubectl's words

  /// `kubectl get KIND` for what a table shows.
  func kubectlGet(_ word: String) -> String {
    let resource = catalog.resource(named: word)
    let scope = resource?.isNamespaced == false ? "" : namespace.map { " -n \($0)" } ?? " -A"
    return "\(session.kubectlPrefix) get \(resource?.qualifiedName ?? word)\(scope)"
  }

  func kubectl(_ verb: String, _ object: RowObject) -> String {
    let scope = object.namespace.isEmpty ? "" : " -n \(object.namespace)"
    return "\(session.kubectlPrefix) \(verb) \(object.resource.qualifiedName)/\(object.name)\(scope)"
  }
}
