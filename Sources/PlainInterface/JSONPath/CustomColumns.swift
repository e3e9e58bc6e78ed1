import Kube

/// The table of `-o custom-columns`.
public struct CustomColumns: Sendable {
  private let columns: [(header: String, path: JSONPath)]

  /// Reads `HEADER:PATH,HEADER:PATH`.
  public init(_ specification: String) throws(JSONPathProblem) {
    guard !specification.isEmpty else {
      throw JSONPathProblem("custom-columns format specified but no custom columns given")
    }
    var columns: [(String, JSONPath)] = []
    for part in specification.split(separator: ",", omittingEmptySubsequences: false) {
      let pieces = part.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard pieces.count == 2 else {
        throw JSONPathProblem("unexpected custom-columns spec: \(part), expected <header>:<json-path-expr>")
      }
      columns.append((String(pieces[0]), try JSONPath(relaxed: String(pieces[1]))))
    }
    self.columns = columns
  }

  /// Reads a template file: a line of headers, and a line of paths below it.
  public init(template: String) throws(JSONPathProblem) {
    let lines = template.split(separator: "\n", omittingEmptySubsequences: false)
    func words(_ index: Int) -> [String] {
      index < lines.count ? lines[index].split(whereSeparator: \.isWhitespace).map(String.init) : []
    }
    let headers = words(0)
    let paths = words(1)
    guard !headers.isEmpty else {
      throw JSONPathProblem(
        "invalid template, missing header line. Expected format is one line of space separated "
          + "headers, one line of space separated column specs.")
    }
    guard !paths.isEmpty else {
      throw JSONPathProblem(
        "invalid template, missing spec line. Expected format is one line of space separated "
          + "headers, one line of space separated column specs.")
    }
    guard headers.count == paths.count else {
      throw JSONPathProblem(
        "number of headers (\(headers.count)) and field specifications (\(paths.count)) don't match")
    }
    var columns: [(String, JSONPath)] = []
    for (header, path) in zip(headers, paths) { columns.append((header, try JSONPath(relaxed: path))) }
    self.columns = columns
  }

  /// The line of headers.
  public var headers: [String] { columns.map(\.header) }

  /// An object's cells: `<none>` where there is nothing, several values with commas between.
  public func cells(_ object: JSONValue) throws(JSONPathProblem) -> [String] {
    var cells: [String] = []
    for column in columns {
      let results = try column.path.results(in: object)
      let values = results.first?.isEmpty == false ? Array(results.joined()) : []
      cells.append(values.isEmpty ? "<none>" : PlainText.line(values.map(GoText.text).joined(separator: ",")))
    }
    return cells
  }
}
