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
    return fields.allSatisfy { field in
      var value: JSONValue? = object
      for name in field.path { value = value?[name] }
      let text = value?.string ?? value?.int.map(String.init) ?? value?.bool.map { $0 ? "true" : "false" } ?? ""
      return (text == field.value) == field.isEqual
    }
  }
}
