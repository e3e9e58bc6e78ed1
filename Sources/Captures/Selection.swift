import Kube

/// What a list selects by labels and fields.
struct Selection {
  private var labels = LabelQuery()
  private var fields: [(path: [String], value: String, isEqual: Bool)] = []

  struct Invalid: Error { var reason: String }

  /// Reads `labelSelector` and `fieldSelector`.
  init(_ query: [String: String]) throws(Invalid) {
    do throws(LabelQueryFailure) {
      labels = try LabelQuery(parsing: query["labelSelector"] ?? "")
    } catch {
      throw Invalid(reason: "unable to parse the label selector: \(error)")
    }
    for term in (query["fieldSelector"] ?? "").split(separator: ",") {
      guard let sign = term.firstIndex(of: "="), sign != term.startIndex else {
        throw Invalid(reason: "invalid field selector: \(term)")
      }
      let isEqual = term[term.index(before: sign)] != "!"
      let path = (isEqual ? term[..<sign] : term[..<term.index(before: sign)]).split(separator: ".").map(String.init)
      let value = term[term.index(after: sign)...].drop { $0 == "=" }
      fields.append((path, String(value), isEqual))
    }
  }

  /// Whether everything is selected.
  var isEverything: Bool { labels.requirements.isEmpty && fields.isEmpty }

  func matches(_ object: JSONValue) -> Bool {
    var own: [(String, String)] = []
    for entry in object[path: "metadata", "labels"]?.object?.entries ?? [] {
      own.append((entry.key, entry.value.string ?? ""))
    }
    guard labels.matches(SmallMap(uniquing: own)) else { return false }
    return fields.allSatisfy { (Self.text(at: $0.path[...], in: object) == $0.value) == $0.isEqual }
  }

  /// The text of a field, "" where there is none. (A loop over an optional here has the optimizer of Swift 6.3 crash.)
  private static func text(at path: ArraySlice<String>, in value: JSONValue) -> String {
    if let name = path.first {
      guard let inner = value[name] else { return "" }
      return text(at: path.dropFirst(), in: inner)
    }
    if let text = value.string { return text }
    if let number = value.int { return String(number) }
    return value.bool.map { $0 ? "true" : "false" } ?? ""
  }
}
