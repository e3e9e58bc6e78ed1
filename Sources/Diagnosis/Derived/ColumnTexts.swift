import Kube

/// Texts that several columns of kubectl have in common (kubernetes/pkg/printers/internalversion/printers.go).
enum ColumnTexts {
  /// `a, b, c + 2 more...`: at most `most` elements of a list.
  static func abridged(_ list: [String], most: Int, separator: String = ",") -> String {
    let text = list.prefix(most).joined(separator: separator)
    return list.count > most ? "\(text) + \(list.count - most) more..." : text
  }

  /// The addresses of a load balancer, sorted, each once.
  static func addresses(_ status: LoadBalancerStatus) -> [String] {
    Set(status.ingress.map { $0.ip.isEmpty ? $0.hostname : $0.ip }.filter { !$0.isEmpty }).sorted()
  }

  /// Access modes in kubectl's abbreviations and order.
  static func accessModes(_ modes: [String]) -> String {
    let known = [
      ("ReadWriteOnce", "RWO"), ("ReadOnlyMany", "ROX"), ("ReadWriteMany", "RWX"), ("ReadWriteOncePod", "RWOP"),
    ]
    return known.filter { modes.contains($0.0) }.map(\.1).joined(separator: ",")
  }
}

extension LabelSelector {
  /// The selector as kubectl prints it, sorted by label: `app=web,tier in (a,b),!old`; `<none>` when it is empty.
  public var columnText: String {
    var requirements = matchLabels.entries.map { (key: $0.key, text: "\($0.key)=\($0.value)") }
    for expression in matchExpressions {
      let values = expression.values.sorted().joined(separator: ",")
      let text: String
      switch expression.operator {
      case "In": text = "\(expression.key) in (\(values))"
      case "NotIn": text = "\(expression.key) notin (\(values))"
      case "Exists": text = expression.key
      case "DoesNotExist": text = "!\(expression.key)"
      default: return "<error>"
      }
      requirements.append((expression.key, text))
    }
    return requirements.isEmpty ? "<none>" : requirements.sorted { $0.key < $1.key }.map(\.text).joined(separator: ",")
  }
}
