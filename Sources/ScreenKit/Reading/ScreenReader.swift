import DataFiles
import Expressions
import Kube

/// Reads a screen out of a data file and finds everything that is wrong with it.
struct ScreenReader {
  var reader = DataReader()
  let types: ScreenTypes
  let catalog: ScreenCatalog
  /// The names that expressions may use; known once `resource` and `rows` are read.
  var scope = Scope()
  var rows = ScreenDefinition.Rows.objects

  /// Whether types are taken to be right without being looked at.
  let isTrusted: Bool

  init(types: ScreenTypes, catalog: ScreenCatalog, isTrusted: Bool = false) {
    self.types = types
    self.catalog = catalog
    self.isTrusted = isTrusted
  }

  /// The screen, or everything that is wrong.
  mutating func screen(_ root: DataNode) throws(DataProblems) -> ScreenDefinition {
    let screen = definition(root)
    return try reader.finish(screen)
  }

  private mutating func definition(_ root: DataNode) -> ScreenDefinition? {
    guard
      let fields = reader.fields(root, known: ScreenKeys.screen, required: ScreenKeys.requiredOfScreen)
    else { return nil }
    expect("podmedic.dev/v1", fields["apiVersion"])
    expect("Screen", fields["kind"])
    if let node = fields["rows"], let choice = reader.choice(node, of: ScreenDefinition.Rows.self) { rows = choice }
    let resource = fields["resource"].flatMap { self.resource($0) }
    if rows == .objects || rows == .containers, fields["resource"] == nil,
      !reader.isMisspelt("resource", in: root, known: ScreenKeys.screen)
    {
      reader.report("the key \"resource\" is missing", at: root)
    }
    scope = types.scope(rows, resource)
    let columns = fields["columns"].map { self.columns($0) } ?? []
    return ScreenDefinition(
      name: fields["name"].flatMap { reader.string($0) } ?? "",
      title: fields["title"].flatMap { reader.string($0) } ?? "",
      aliases: fields["aliases"].flatMap { reader.strings($0) } ?? [],
      resource: resource,
      rows: rows,
      needs: fields["needs"].map { needs($0) } ?? [],
      columns: columns,
      severity: fields["severity"].map { rules($0) },
      sort: fields["sort"].map { sort($0, columns: columns) } ?? [],
      enter: fields["enter"].flatMap { action($0)?.action },
      keys: fields["keys"].map { keys($0) } ?? [],
      empty: fields["empty"].flatMap { reader.string($0) } ?? "",
      details: fields["details"].map { details($0) } ?? [])
  }

  private mutating func expect(_ text: String, _ node: DataNode?) {
    guard let node, let found = reader.string(node), found != text else { return }
    reader.report("expected \"\(text)\", found \(Printable.quoted(found))", at: node)
  }

  private mutating func resource(_ node: DataNode) -> ScreenDefinition.Resource? {
    guard
      let fields = reader.fields(node, known: ScreenKeys.resource, required: ScreenKeys.requiredOfResource),
      let kind = fields["kind"].flatMap({ reader.string($0) }),
      let versions = fields["versions"].flatMap({ reader.strings($0) })
    else { return nil }
    if versions.isEmpty, let node = fields["versions"] { reader.report("at least one version is needed", at: node) }
    return .init(group: fields["group"].flatMap { reader.string($0) } ?? "", versions: versions, kind: kind)
  }

  private mutating func needs(_ node: DataNode) -> [String] {
    let known = types.plurals + ["metrics"]
    return (reader.list(node) ?? []).compactMap { (node) -> String? in
      guard let name = reader.string(node) else { return nil }
      if known.contains(name) { return name }
      let hint = Suggestion.phrase(for: name, among: known)
      reader.report("unknown resource \(Printable.quoted(name))\(hint)", at: node)
      return nil
    }
  }

  private mutating func sort(_ node: DataNode, columns: [ColumnDefinition]) -> [ScreenDefinition.SortTerm] {
    let known = columns.map(\.id) + [ScreenDefinition.SortTerm.severity]
    return (reader.list(node) ?? []).compactMap { (node) -> ScreenDefinition.SortTerm? in
      guard let text = reader.string(node) else { return nil }
      let isDescending = text.hasPrefix("-")
      let name = isDescending ? String(text.dropFirst()) : text
      if known.contains(name) { return .init(column: name, isDescending: isDescending) }
      let hint = Suggestion.phrase(for: name, among: known)
      reader.report("there is no column \(Printable.quoted(name)) to sort by\(hint)", at: node)
      return nil
    }
  }

  private mutating func details(_ node: DataNode) -> [DetailSection] {
    (reader.list(node) ?? []).compactMap { reader.choice($0, of: DetailSection.self) }
  }

  // MARK: Severity

  mutating func rules(_ node: DataNode) -> [SeverityRule] {
    (reader.list(node) ?? []).compactMap { (node) -> SeverityRule? in
      guard let fields = reader.fields(node, known: ScreenKeys.rule, required: ScreenKeys.rule) else { return nil }
      let level = fields["level"].flatMap { reader.choice($0, of: SeverityWord.self) }?.severity
      let condition = fields["when"].flatMap { self.condition($0, in: scope) }
      guard let level, let condition else { return nil }
      return SeverityRule(level: level, when: condition)
    }
  }

  // MARK: Expressions

  /// A condition over the names of a scope.
  mutating func condition(_ node: DataNode, in scope: Scope) -> Expression? {
    guard let (expression, type) = expression(node, in: scope) else { return nil }
    switch type {
    case .bool, .any: return expression
    default:
      reader.report("a condition is needed, this is \(type.nameForPeople)", at: node)
      return nil
    }
  }

  /// An expression over the names of a scope, with its type.
  mutating func expression(_ node: DataNode, in scope: Scope) -> (Expression, FieldType)? {
    if node.elements != nil || node.entries != nil {
      let hint = "; an expression that begins with [ or { needs quotes"
      reader.report("expected an expression, found \(node.kindName)\(hint)", at: node)
      return nil
    }
    guard let text = reader.string(node) else { return nil }
    do throws(ExpressionProblem) {
      let expression = try Expression(parsing: text)
      return (expression, isTrusted ? .any : try expression.check(in: scope))
    } catch {
      reader.report(error.message, at: error.position(in: node, text: text))
      return nil
    }
  }
}
