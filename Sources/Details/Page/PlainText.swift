extension ObjectDetails {
  /// The page as text: titles, below them the lines with columns aligned, and long texts wrapped so that no line is
  /// longer than `width` characters (at least 38); not wrapped without a width, as scripts want it.
  ///
  /// Every character counts as one column, wide ones too.
  /// Texts from the cluster are as they came: what goes to a terminal must be made printable first.
  public func plainText(width: Int?) -> String {
    layout(width: width).map { $0.text + "\n" }.joined()
  }

  /// The lines of `plainText`, each with how it is meant; titles are headings.
  public func layout(width: Int?) -> [(text: String, mark: DetailMark)] {
    var result: [(text: String, mark: DetailMark)] = []
    for section in sections {
      if !result.isEmpty { result.append(("", .plain)) }
      result.append((section.title, .heading))
      result += section.layout(width: width.map { max(38, $0) })
    }
    return result
  }
}

extension DetailSection {
  /// The lines of the section, indented by two.
  fileprivate func layout(width: Int?) -> [(text: String, mark: DetailMark)] {
    var result: [(text: String, mark: DetailMark)] = []
    let labelWidths = self.labelWidths
    var index = 0
    while index < lines.count {
      let run = tableRun(from: index)
      let tableWidths = DetailSection.columnWidths(lines[run])
      for position in run {
        let line = lines[position]
        let start = String(repeating: " ", count: 2 + 2 * min(max(line.indent, 0), 20))
        var (prefix, body, hanging) = (start, line.text, start.count)
        if let cells = line.cells {
          body = ""
          for (column, cell) in cells.enumerated() {
            let isLast = column == cells.count - 1
            if isLast { hanging += body.count }
            body += isLast ? cell : cell + DetailSection.padding(cell.count, tableWidths[column] + 2)
          }
        } else if let label = line.label {
          prefix += label.isEmpty ? "" : label + ":"
          if !body.isEmpty { prefix += DetailSection.padding(prefix.count - start.count, labelWidths[position] + 2) }
          hanging = prefix.count
        }
        if let width, hanging > width / 2 { hanging = start.count + 2 }
        result += DetailSection.wrap(prefix, body, hanging: hanging, width: width).map { ($0, line.mark) }
      }
      index = run.upperBound
    }
    return result
  }

  /// The rows of one table, or one other line.
  private func tableRun(from start: Int) -> Range<Int> {
    var end = start + 1
    guard lines[start].cells != nil else { return start..<end }
    while end < lines.count, lines[end].cells != nil, lines[end].indent == lines[start].indent { end += 1 }
    return start..<end
  }

  /// For each line the width that the labels of its siblings need: the lines at its indent up to a shallower one.
  private var labelWidths: [Int] {
    var widths: [Int] = []
    var groups: [Int] = []
    var open: [(indent: Int, group: Int)] = []
    for line in lines {
      while let last = open.last, last.indent > line.indent { open.removeLast() }
      if open.last?.indent != line.indent {
        open.append((line.indent, widths.count))
        widths.append(0)
      }
      let group = open[open.count - 1].group
      groups.append(group)
      if !line.text.isEmpty, let label = line.label { widths[group] = max(widths[group], min(label.count, 30) + 1) }
    }
    return groups.map { widths[$0] }
  }

  private static func columnWidths(_ block: ArraySlice<DetailLine>) -> [Int] {
    var widths: [Int] = []
    for line in block {
      for (column, cell) in (line.cells ?? []).enumerated() {
        if column == widths.count { widths.append(0) }
        widths[column] = max(widths[column], min(cell.count, 60))
      }
    }
    return widths
  }

  private static func padding(_ used: Int, _ width: Int) -> String {
    String(repeating: " ", count: max(1, width - used))
  }

  /// `prefix` and `body`, broken at blanks where a line would be longer than `width`.
  private static func wrap(_ prefix: String, _ body: String, hanging: Int, width: Int?) -> [String] {
    var line = prefix + body
    while line.last == " " { line.removeLast() }
    guard let width, line.count > width else { return [line] }
    var result: [String] = []
    var rest = Substring(line)
    var used = 0
    let indent = String(repeating: " ", count: min(hanging, width - 10))
    while rest.count > width - used {
      let limit = rest.index(rest.startIndex, offsetBy: width - used)
      let from = result.isEmpty ? rest.index(rest.startIndex, offsetBy: min(prefix.count, width - 10)) : rest.startIndex
      var end = limit
      if let blank = rest[from...limit].lastIndex(of: " "), blank > from { end = blank }
      var part = (result.isEmpty ? "" : indent) + rest[..<end]
      while part.last == " " { part.removeLast() }
      result.append(part)
      rest = rest[end...].drop { $0 == " " }
      used = indent.count
    }
    if !rest.isEmpty { result.append(indent + rest) }
    return result
  }
}
