import ClusterState
import Expressions
import Kube
import Remedies
import ScreenKit

/// A command that shows what a page shows.
struct KubectlLine {
  var text: String
  /// What of the page the command has no words for, such as `the sort by STATUS`.
  var missing: [String] = []

  /// The command with a word about what it lacks, for the bottom line.
  var remark: String {
    missing.isEmpty ? text : "all but \(missing.joined(separator: " and ")): \(text)"
  }
}

// `K`: the command equal to the page that is shown.
extension Interface {
  /// The command that shows the same as a page, as far as there is one: kubectl's, else podmedic's own.
  func kubectlLine(of page: Page) -> KubectlLine {
    if let logs = page.logs { return KubectlLine(text: kubectlLine(of: logs)) }
    guard let table = page.table else { return KubectlLine(text: page.kubectl) }
    guard page.kubectl.isEmpty, let origin = page.origin else {
      return KubectlLine(text: page.kubectl, missing: missing(of: table))
    }
    if origin.word == "containers", case .names(let uids) = origin.narrowing, let uid = uids.first,
      let pod = cluster.store(of: Pod.self)?.object(uid: uid)?.metadata
    {
      return KubectlLine(text: "\(session.kubectlPrefix) get pod \(pod.name) -n \(pod.namespace) -o yaml")
    }
    guard let resource = catalog.resource(named: origin.word) else {
      return KubectlLine(text: ownCommand(origin.word), missing: missing(of: table))
    }
    return kubectlLine(of: table, resource, origin.narrowing)
  }

  /// What is done to the rows of a table whose command has no words for that.
  private func missing(of table: TableView) -> [String] {
    (table.filter == nil ? [] : ["the filter"])
      + (table.order.column == table.source.defaultSort.column ? [] : ["the sort by \(title(of: table))"])
      + (table.onlyFaults ? [onlyTrouble] : [])
  }

  private var onlyTrouble: String { "only rows with trouble" }

  private func title(of table: TableView) -> String {
    let column = table.order.column
    return table.source.columns.first { $0.id == column }?.title ?? column
  }

  private func kubectlLine(of table: TableView, _ resource: Resource, _ narrowing: Narrowing) -> KubectlLine {
    var line = KubectlLine(text: "\(session.kubectlPrefix) get \(resource.qualifiedName)")
    let scope = narrowing.kubectlScope(shown: namespace)
    if resource.isNamespaced { line.text += scope.map { " -n \($0)" } ?? " -A" }
    line.text += narrowing.kubectl
    if let query = table.filter?.labelQuery { line.text += " -l \(ShellText.quoted(query))" }
    let search = search(table)
    if table.isWide || search?.needsWide == true { line.text += " -o wide" }
    let order = order(of: table, hasOwnOrder: !resource.isNamespaced || scope != nil)
    if let path = order?.path { line.text += " --sort-by=\(ShellText.quoted(path))" }
    // The headings would come last.
    if order?.isBackwards == true { line.text += " --no-headers | tac" }
    if let search { line.text += search.pipe }
    if search == nil { line.missing.append("the filter") }
    if order == nil { line.missing.append("the sort by \(title(of: table))") }
    if table.onlyFaults { line.missing.append(onlyTrouble) }
    return line
  }

  // MARK: Sorting

  /// How kubectl comes to the order of the rows.
  private struct Order {
    /// The field to sort by; nil where the rows come in this order by themselves.
    var path: String?
    /// Whether the last shall be first.
    var isBackwards = false
  }

  /// How kubectl comes to the order of a table; nil when it cannot. `hasOwnOrder`: its rows come by name.
  private func order(of table: TableView, hasOwnOrder: Bool) -> Order? {
    let order = table.order
    // How a table is sorted when it opens is podmedic's own idea.
    if order == TableOrder(column: table.source.defaultSort.column, descending: table.source.defaultSort.descending) {
      return Order()
    }
    if order.column == (hasOwnOrder ? "name" : "namespace"), table.source.kubectlColumns != nil {
      // By namespace backwards would turn the names around too.
      if hasOwnOrder || !order.descending { return Order(isBackwards: order.descending) }
    }
    guard let sort = table.source.kubectlSort(by: order.column) else { return nil }
    let keys = table.source.ids.map { table.source.sortKey($0, column: order.column) }
    let distinct = Set(keys)
    guard distinct.count > 1 else { return Order() }
    // Ages count backwards: the youngest is the smallest.
    let turned = sort.isReversed ? distinct.map(\.negated) : Array(distinct)
    let isBackwards = order.descending != sort.isReversed
    let wanted = turned.sorted { SortKey.areInOrder($0, $1, descending: isBackwards) }
    let printed = turned.sorted(by: Self.isBefore)
    guard wanted == (isBackwards ? printed.reversed() : printed) else { return nil }
    return Order(path: sort.path, isBackwards: isBackwards)
  }

  /// The order of `--sort-by`: what has no value comes first, and texts that are amounts stand by their size.
  private static func isBefore(_ left: SortKey, _ right: SortKey) -> Bool {
    switch (left, right) {
    case (_, .missing): false
    case (.missing, _): true
    case (.text(let first), .text(let second)):
      if let first = Quantity(first).nanos, let second = Quantity(second).nanos {
        first < second
      } else {
        first < second
      }
    default: SortKey.areInOrder(left, right, descending: false)
    }
  }

  // MARK: Filtering

  /// A search through what kubectl prints.
  private struct Search {
    /// What is put behind the command.
    var pipe = ""
    /// Whether what is looked for stands in columns of `-o wide`.
    var needsWide = false
  }

  /// Rows beyond so many are taken to be like the others.
  private static let mostCompared = 5000

  /// The search that finds the rows which a table's filter finds; nil when there is none: a filter also looks at columns
  /// that kubectl does not have.
  private func search(_ table: TableView) -> Search? {
    guard let filter = table.filter else { return Search() }
    switch filter.grepForm {
    case .nothing: return Search()
    case .impossible: return nil
    case .pattern(let text, let isInverse):
      guard let columns = table.source.kubectlColumns, let pattern = try? Pattern("(?i)" + text) else { return nil }
      let option = isInverse ? "-ivE" : "-iE"
      let word = (text.hasPrefix("-") ? "-e " : "") + ShellText.quoted(text)
      let pipe = " | grep \(option) \(word)"
      for isWide in table.isWide ? [true] : [false, true] {
        let ids = columns.always + (isWide ? columns.wide : [])
        if finds(pattern, isInverse, in: ids, asMuchAs: filter, table) {
          return Search(pipe: pipe, needsWide: isWide)
        }
      }
      return nil
    }
  }

  /// Whether a pattern finds in these columns what a filter finds in all.
  private func finds(
    _ pattern: Pattern, _ isInverse: Bool, in columns: [String], asMuchAs filter: RowFilter, _ table: TableView
  ) -> Bool {
    let now = now
    let source = table.source
    return source.ids.prefix(Self.mostCompared).allSatisfy { id in
      guard filter.admits(labels: source.labels(id)) else { return true }
      // kubectl puts at least three spaces between cells.
      let line = columns.map { source.cell(id, column: $0, now: now).text }.joined(separator: "   ")
      let isFound = filter.matches(cells: source.searchText(id, now: now), labels: source.labels(id))
      return (pattern.matches(line.lowercased()) != isInverse) == isFound
    }
  }
}
