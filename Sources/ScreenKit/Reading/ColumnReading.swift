import DataFiles
import Expressions
import Kube

extension ScreenReader {
  /// The columns; ids are unique.
  mutating func columns(_ node: DataNode) -> [ColumnDefinition] {
    let elements = reader.list(node) ?? []
    if elements.isEmpty { reader.report("at least one column is needed", at: node) }
    var columns: [ColumnDefinition] = []
    for element in elements {
      guard let column = column(element) else { continue }
      if columns.contains(where: { $0.id == column.id }) {
        reader.report("a column \(Printable.quoted(column.id)) is already there", at: element["id"] ?? element)
      }
      columns.append(column)
    }
    return columns
  }

  private mutating func column(_ node: DataNode) -> ColumnDefinition? {
    guard let fields = reader.fields(node, known: ScreenKeys.column, required: ScreenKeys.requiredOfColumn) else {
      return nil
    }
    let format = fields["format"].flatMap { reader.choice($0, of: ColumnDefinition.Format.self) } ?? .text
    let value = fields["value"].flatMap { self.value($0, format: format) }
    // Whether there is a column is decided before there are rows.
    let outer = Scope(names: [ScreenScope.scope: .record(ScopeFacts.self)])
    let when = fields["when"].flatMap { condition($0, in: outer) }
    let sort = fields["sort"].flatMap { expression($0, in: scope)?.0 }
    let id = fields["id"].flatMap { identifier($0) }
    let header = fields["header"].flatMap { reader.string($0) }
    let width = fields["width"].flatMap { self.width($0) }
    let alignment = fields["align"].flatMap { reader.choice($0, of: ColumnDefinition.Alignment.self) }
    let priority = fields["priority"].flatMap { reader.integer($0, in: 0...9) }
    let isWide = fields["wide"].flatMap { reader.bool($0) }
    let hint = fields["hint"].flatMap { reader.string($0) }
    let missing = fields["missing"].flatMap { reader.string($0) }
    let severity = fields["severity"].map { rules($0) }
    guard let id, let header, let value else { return nil }
    return ColumnDefinition(
      id: id, header: header, value: value, format: format, width: width ?? .fit(max: 40),
      alignment: alignment ?? (format.isNumeric ? .end : .start), priority: priority ?? 5, isWide: isWide ?? false,
      when: when, hint: hint, missing: missing ?? (format == .age ? "<unknown>" : ""), sort: sort,
      severity: severity ?? [])
  }

  private mutating func identifier(_ node: DataNode) -> String? {
    guard let text = reader.string(node) else { return nil }
    let isPlain = text.utf8.allSatisfy { $0 >= 0x61 && $0 <= 0x7A || $0 >= 0x30 && $0 <= 0x39 || $0 == 0x2D }
    guard isPlain, !text.isEmpty, text.utf8.first != 0x2D, text != ScreenDefinition.SortTerm.severity else {
      reader.report(
        "an id has small letters, digits and dashes, and is not \"severity\"; found \(Printable.quoted(text))", at: node
      )
      return nil
    }
    return text
  }

  private mutating func value(_ node: DataNode, format: ColumnDefinition.Format) -> Expression? {
    guard let (expression, type) = expression(node, in: scope) else { return nil }
    if format.accepts(type) { return expression }
    reader.report("the format \"\(format.rawValue)\" cannot show \(type.nameForPeople)", at: node)
    return nil
  }

  private mutating func width(_ node: DataNode) -> ColumnDefinition.Width? {
    if let cells = node.integer {
      return reader.integer(node, in: 1...500) == nil ? nil : .fixed(cells)
    }
    guard let text = reader.string(node) else { return nil }
    if text == "fill" { return .fill }
    if text == "fit" { return .fit(max: 40) }
    if text.hasPrefix("fit("), text.hasSuffix(")"), let max = Int(text.dropFirst(4).dropLast()), (1...500).contains(max)
    {
      return .fit(max: max)
    }
    reader.report("a width is a number, fit, fit(NUMBER) or fill; found \(Printable.quoted(text))", at: node)
    return nil
  }
}

extension ColumnDefinition.Format {
  /// Whether texts stand best with their ends below each other.
  fileprivate var isNumeric: Bool { self != .text && self != .list && self != .age }

  /// Whether values of a type can be shown so.
  func accepts(_ type: FieldType) -> Bool {
    switch (self, type) {
    case (_, .any): true
    case (.text, .record), (.text, .list(.record)): false
    case (.text, _): true
    case (.number, .int), (.number, .double), (.number, .quantity), (.number, .intOrString): true
    case (.age, .timestamp), (.age, .duration): true
    case (.quantity, .quantity), (.quantity, .int): true
    case (.bytes, .quantity), (.bytes, .int), (.cpu, .quantity): true
    case (.percent, .double), (.percent, .int): true
    case (.list, .list(.record)): false
    case (.list, .list), (.list, .map): true
    default: false
    }
  }
}
