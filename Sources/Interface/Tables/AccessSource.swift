import Diagnosis
import Kube
import Terminal

/// What the server says about this user's own rights, once it has.
final class RulesAnswer {
  /// The namespace that was asked about.
  let namespace: String
  private(set) var result: Result<JSONValue, FetchFailure>?

  init(namespace: String) { self.namespace = namespace }

  func take(_ result: Result<JSONValue, FetchFailure>) { self.result = result }
}

extension ComposedSource {
  private static let accessColumns = [
    TableViewColumn(id: "name", title: "RESOURCE", width: .fit(maximum: 50)),
    TableViewColumn(id: "names", title: "ONLY", width: .fit(maximum: 24), priority: 0),
    TableViewColumn(id: "verbs", title: "VERBS", width: .fit(maximum: 70), priority: 0),
    TableViewColumn(id: "where", title: "WHERE", width: .fit(maximum: 30), priority: 1),
    TableViewColumn(id: "source", title: "GIVEN BY", width: .fill, priority: 1),
  ]

  private static func rows(_ rules: [AccessRule]) -> [Row] {
    // What can be done with objects is what people look for; paths of the server come after it.
    func isPath(_ rule: AccessRule) -> Int { rule.resource.hasPrefix("/") ? 1 : 0 }
    return rules.sorted {
      (isPath($0), $0.resource, $0.namespace ?? "", $0.names.joined(), $0.source)
        < (isPath($1), $1.resource, $1.namespace ?? "", $1.names.joined(), $1.source)
    }.enumerated().map { place, rule in
      let isUnknown = rule.resource == "?"
      return Row(
        id: "\(rule.resource) \(rule.names.joined(separator: ",")) \(rule.namespace ?? "") \(rule.source) \(place)",
        cells: [
          rule.resource, rule.names.joined(separator: ","), rule.verbs.joined(separator: " "),
          rule.namespace ?? "everywhere", rule.source,
        ], role: isUnknown ? .unknown : nil)
    }
  }

  /// What this user may do in a namespace, as the server says.
  static func ownRules(_ answer: RulesAnswer, interface: Interface) -> ComposedSource {
    let recipe = Recipe(
      title: "can",
      columns: accessColumns.filter { $0.id != "source" }, kinds: [], namespace: nil,
      empty: "The server names nothing that you may do in \(answer.namespace).",
      stamp: { answer.result == nil ? 0 : 1 },
      condition: { [unowned interface] in
        switch answer.result {
        case nil:
          TableCondition(
            word: "asking", role: .progressing, explanation: "Asking the server \(interface.glyphs.ellipsis)")
        case .failure(let failure)?: TableCondition(word: "not known", role: .critical, explanation: failure.message)
        case .success(let review)?:
          if review[path: "status", "incomplete"]?.bool == true {
            // A webhook, for one, cannot list what it would allow.
            TableCondition(
              word: "not all that is allowed", role: .unknown,
              explanation: review[path: "status", "evaluationError"]?.string ?? "The server cannot name all rules.")
          } else {
            nil
          }
        }
      },
      rows: { _ in
        guard case .success(let review)? = answer.result else { return [] }
        return rows(AccessRule.all(ofReview: review, namespace: answer.namespace))
      })
    return ComposedSource(recipe, interface: interface)
  }

  /// What the roles bound to somebody let it do.
  static func rules(of subject: AccessSubject, interface: Interface) -> ComposedSource {
    let recipe = Recipe(
      title: "can", columns: accessColumns, kinds: AccessSubject.kinds, namespace: nil,
      empty: "No role is bound to \(subject.description), or to a group that it is always in.",
      rows: { [unowned interface] _ in rows(subject.rules(in: interface.cluster)) })
    return ComposedSource(recipe, interface: interface)
  }
}
