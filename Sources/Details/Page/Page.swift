import Kube

/// A page while it is being written. Bounded: objects may hold megabytes of lines.
struct Page {
  private(set) var sections: [DetailSection] = []
  /// The moment that ages are told for.
  let now: Timestamp
  private var indent = 0
  private var title = ""
  private var lines: [DetailLine] = []
  private var room = Page.maximumLines

  /// More lines than this nobody reads.
  static let maximumLines = 20_000
  /// Of one value.
  static let maximumValueLines = 200
  /// Of what is looked up for each row, so that a hostile object does not cost the square of its size.
  static let maximumRows = 300
  /// Characters of one line; more is cut with a note.
  static let maximumText = 4000

  init(now: Timestamp) { self.now = now }

  /// Starts a section; one without lines is left out.
  mutating func section(_ title: String, _ body: (inout Page) -> Void) {
    let outer = (self.title, lines, indent)
    (self.title, lines, indent) = (title, [], 0)
    body(&self)
    if !lines.isEmpty { sections.append(DetailSection(title: title, lines: lines)) }
    (self.title, lines, indent) = outer
  }

  /// Whether the section has no line yet.
  var isSectionEmpty: Bool { lines.isEmpty }

  /// Lines one level deeper.
  mutating func indented(_ body: (inout Page) -> Void) {
    indent += 1
    body(&self)
    indent -= 1
  }

  /// A label over deeper lines; left out when there are none.
  mutating func group(_ label: String, mark: DetailMark = .heading, _ body: (inout Page) -> Void) {
    let (count, before) = (lines.count, room)
    add(label, "", mark)
    indented(body)
    if lines.count == count + 1 {
      lines.removeLast()
      room = before
    }
  }

  /// A label and its text; a text of several lines goes on below.
  mutating func add(_ label: String?, _ text: String, _ mark: DetailMark = .plain) {
    guard text.utf8.contains(where: { $0 == 0x0a }) else {
      append(DetailLine(indent: indent, label: label, text: Page.cut(text), mark: mark))
      return
    }
    // The line feed that ends a text begins no line.
    let body = text.utf8.last == 0x0a ? text.utf8.dropLast() : text.utf8[...]
    let parts = body.split(separator: 0x0a, maxSplits: Page.maximumValueLines, omittingEmptySubsequences: false)
    for (index, part) in parts.prefix(Page.maximumValueLines).enumerated() {
      let line = Page.cut(String(decoding: part, as: UTF8.self))
      append(DetailLine(indent: indent, label: index == 0 ? label : label.map { _ in "" }, text: line, mark: mark))
    }
    if parts.count > Page.maximumValueLines {
      append(
        DetailLine(
          indent: indent, label: label.map { _ in "" },
          text: "… \(Page.maximumValueLines) lines shown of \(Page.size(text.utf8.count))", mark: .dim))
    }
  }

  /// As `add`, but says nothing when there is nothing to say.
  mutating func addSet(_ label: String, _ text: String, _ mark: DetailMark = .plain) {
    if !text.isEmpty { add(label, text, mark) }
  }

  /// As `add`; `<none>` when there is nothing to say.
  mutating func addOrNone(_ label: String, _ text: String, none: String = "<none>") {
    if text.isEmpty { add(label, none, .dim) } else { add(label, text) }
  }

  /// Several texts under one label; `<none>` without any.
  mutating func add(_ label: String, all texts: [String]) {
    if texts.isEmpty { return add(label, "<none>", .dim) }
    for (index, text) in texts.enumerated() { add(index == 0 ? label : "", text) }
  }

  /// A point in time with its age.
  mutating func add(_ label: String, time: Timestamp?) {
    if let time { add(label, timeText(time)) }
  }

  /// A small table; without rows nothing.
  mutating func table(_ header: [String], _ rows: [(cells: [String], mark: DetailMark)]) {
    guard !rows.isEmpty else { return }
    row(header, .heading)
    for each in rows { row(each.cells, each.mark) }
  }

  private mutating func row(_ cells: [String], _ mark: DetailMark) {
    let cells = cells.map { Page.cut(Page.oneLine($0)) }
    append(DetailLine(indent: indent, text: cells.joined(separator: "  "), mark: mark, cells: cells))
  }

  private mutating func append(_ line: DetailLine) {
    guard room > 0 else { return }
    room -= 1
    var line = line
    line.label = line.label.map { Page.cut(Page.oneLine($0), to: 200) }
    if room == 0 {
      lines.append(
        DetailLine(indent: 0, text: "… the page ends here: more than \(Page.maximumLines) lines", mark: .dim))
    } else {
      lines.append(line)
    }
  }

  /// `2026-01-02T03:04:05Z (3h ago)`.
  func timeText(_ time: Timestamp) -> String {
    time > now.advanced(by: .seconds(2))
      ? "\(time) (in \(time.since(now).human))" : "\(time) (\(max(now.since(time), .zero).human) ago)"
  }

  /// The age of a time; `<unknown>` without one.
  func age(_ time: Timestamp?) -> String {
    guard let time else { return "<unknown>" }
    return max(now.since(time), .zero).human
  }

  /// A text of bearable length: the rest is counted.
  static func cut(_ text: String, to limit: Int = maximumText) -> String {
    guard text.utf8.count > limit else { return text }
    return String(String.UnicodeScalarView(text.unicodeScalars.prefix(limit))) + "… (\(size(text.utf8.count)))"
  }

  /// Line feeds made visible as blanks, for cells and sentences.
  static func oneLine(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 == 0x0a }) else { return text }
    return text.split(whereSeparator: \.isNewline).joined(separator: " ")
  }

  /// `512 bytes`.
  static func size(_ bytes: Int) -> String { bytes == 1 ? "1 byte" : "\(bytes) bytes" }
}
