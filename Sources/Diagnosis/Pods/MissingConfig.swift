import Kube

/// A ConfigMap or Secret, or a key in one, that an error text says is missing.
struct MissingConfig: Equatable {
  /// `configmap "x" not found`, `key "k" not found in ConfigMap shop/x`.
  let text: String

  /// Finds the statement in an error text; nil when there is none. The kubelet wraps it in many ways.
  init?(_ message: String) {
    // Old kubelets hand on the server's words, which have the plural.
    for (word, kind) in [
      ("configmap", "configmap"), ("secret", "secret"), ("configmaps", "configmap"), ("secrets", "secret"),
    ] {
      guard let start = message.firstRange(of: "\(word) \""),
        let end = message[start.upperBound...].firstRange(of: "\" not found")
      else { continue }
      text = "\(kind) \"\(message[start.upperBound..<end.upperBound])"
      return
    }
    for (kind, word) in [("configmap", "config"), ("secret", "secret")] {
      guard let start = message.firstRange(of: "references non-existent \(word) key: ") else { continue }
      let volume = message.firstRange(of: "for volume \"").map { message[$0.upperBound...].prefix { $0 != "\"" } }
      let place = volume.map { " of volume \"\($0)\"" } ?? ""
      text = "key \"\(message[start.upperBound...].prefix { !$0.isWhitespace })\" not found in the \(kind)\(place)"
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
    // crun's words.
    if let start = message.firstRange(of: "executable file `"),
      let end = message[start.upperBound...].firstIndex(of: "`")
    {
      text = "command not found: \(message[start.upperBound..<end])"
      return
    }
    if let mount = Self.mountOfTheWrongSort(message) {
      text = mount
      return
    }
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

  /// `/etc/app.yaml: a directory is mounted where the image has a file, or the other way round (not a directory)`: what
  /// a subPath that does not exist, and is made as a directory, comes to.
  private static func mountOfTheWrongSort(_ message: String) -> String? {
    guard let path = mountPoint(message) else { return nil }
    return "cannot mount \(path): not a directory (a file is mounted on a directory, or a directory on a file)"
  }

  /// Where in the container such a mount was tried; nil when the message is about something else.
  static func mountPoint(_ message: String) -> Substring? {
    guard message.contains("error mounting "), message.contains(": not a directory"),
      let place = message.firstRange(of: " to rootfs at \"")
    else { return nil }
    return message[place.upperBound...].prefix { $0 != "\"" }
  }

  /// What a runtime's message comes to: its last line that tells something, such as what a hook wrote, without the names
  /// of the layers that passed it on.
  static func cause(_ message: String) -> String {
    var text = withoutLayers(message)
    if text.hasSuffix(": unknown") { text.removeLast(9) }
    if text.contains(where: \.isNewline) { return TerminationMessage.lastFailure(text) ?? firstLine(text) }
    if let output = text.firstRange(of: "stderr: "), output.upperBound < text.endIndex {
      text = String(text[output.upperBound...])
    }
    return firstLine(text)
  }

  /// A runtime's message without the names of the layers that passed it on, each of which puts itself in front.
  static func withoutLayers(_ message: String) -> String {
    var text = Substring(message)
    for layer in [
      "failed to create containerd task: ", "failed to create shim task: ", "OCI runtime create failed: ",
      "runc create failed: ", "unable to start container process: ", "error during container init: ",
    ] where text.hasPrefix(layer) { text = text.dropFirst(layer.count) }
    return String(text)
  }
}
