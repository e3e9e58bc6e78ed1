import Kube

/// A ConfigMap or Secret, or a key in one, that an error text says is missing.
struct MissingConfig: Equatable {
  /// `configmap "x" not found`, `key "k" not found in ConfigMap shop/x`.
  let text: String

  /// Finds the statement in an error text; nil when there is none. The kubelet wraps it in many ways.
  init?(_ message: String) {
    for kind in ["configmap", "secret"] {
      guard let start = message.firstRange(of: "\(kind) \""), let end = message.firstRange(of: "\" not found"),
        start.upperBound <= end.lowerBound
      else { continue }
      text = String(message[start.lowerBound..<end.upperBound])
      return
    }
    guard let start = message.firstRange(of: "couldn't find key "), let place = message.firstRange(of: " in "),
      start.upperBound <= place.lowerBound
    else { return nil }
    text = "key \"\(message[start.upperBound..<place.lowerBound])\" not found in \(message[place.upperBound...])"
  }
}

/// Why the runtime could not start a container, as far as its message tells.
struct StartFailure: Equatable {
  /// `command not found: serve`.
  let text: String

  /// Finds the reason in a runtime's message; nil when it is none of the known ones.
  init?(_ message: String) {
    let what: String
    if message.contains("executable file not found") || message.contains("no such file or directory") {
      what = "command not found"
    } else if message.contains("permission denied") {
      what = "command not executable"
    } else {
      return nil
    }
    guard let start = message.firstRange(of: "exec: \""), let end = message[start.upperBound...].firstIndex(of: "\"")
    else {
      return nil
    }
    text = "\(what): \(message[start.upperBound..<end])"
  }
}
