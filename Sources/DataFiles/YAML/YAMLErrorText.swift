internal import CYaml

/// Says in a person's words what libyaml could not read, and where.
struct YAMLErrorText {
  let problem: DataProblem

  init(parser: yaml_parser_t, source: UnsafeBufferPointer<UInt8>, file: String) {
    let text = parser.problem.map { String(cString: $0) } ?? "the file cannot be read"
    guard parser.error == YAML_READER_ERROR else {
      let line = Int(clamping: parser.problem_mark.line)
      let column = Int(clamping: parser.problem_mark.column)
      let position = DataPosition(file: file, line: line + 1, column: column + 1)
      problem =
        Self.tab(in: source, line: line).map {
          DataProblem(
            DataPosition(file: file, line: line + 1, column: $0),
            "a tab indents this line; YAML is indented with spaces only")
        } ?? DataProblem(position, Self.plainer(text) + Self.context(parser, line: line))
      return
    }
    let offset = min(Int(clamping: parser.problem_offset), source.count)
    var line = 1
    var column = 1
    for byte in source.prefix(offset) {
      if byte == 0x0A {
        line += 1
        column = 1
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
    }
    problem = DataProblem(DataPosition(file: file, line: line, column: column), text)
  }

  /// The column of a tab among the white space that begins a line, from 1. UTF-16 files are not looked into.
  private static func tab(in source: UnsafeBufferPointer<UInt8>, line: Int) -> Int? {
    var number = 0
    var index = source.startIndex
    while index < source.endIndex, number < line {
      if source[index] == 0x0A { number += 1 }
      index += 1
    }
    var column = 1
    while index < source.endIndex, source[index] == 0x20 || source[index] == 0x09 {
      if source[index] == 0x09 { return column }
      index += 1
      column += 1
    }
    return nil
  }

  private static func plainer(_ text: String) -> String {
    switch text {
    case "found character that cannot start any token": "a value cannot begin with this character; put it in quotes"
    case "mapping values are not allowed in this context":
      "a \": \" is not allowed here; put the text in quotes or check the indentation"
    case "did not find expected node content": "a value was expected here; a bracket or quote may be missing"
    case "did not find expected key": "a key was expected here; check the indentation"
    case "could not find expected ':'": "a \":\" was expected; check the indentation"
    case let text where text.hasPrefix("Maximum nesting level"): "lists and mappings are nested too deeply"
    default: text
    }
  }

  private static func context(_ parser: yaml_parser_t, line: Int) -> String {
    guard let context = parser.context else { return "" }
    let start = Int(clamping: parser.context_mark.line)
    return start == line ? "" : " (\(String(cString: context)) that begins on line \(start + 1))"
  }
}
