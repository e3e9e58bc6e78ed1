import ArgumentParser
import Glibc
import PlainInterface
import PlaybookKit

/// Whether playbooks may send requests to pods.
struct ProbingFlags: ParsableArguments {
  @Flag(
    help: """
      Let steps send requests to pods and Services through the proxy of the API server without asking. Without it, and \
      without a terminal to ask on, such steps are unknown.
      """)
  var allowProxy = false

  /// Why something must not be read; nil when it may: it is no probe, or a person has agreed.
  func refusal(of target: ReadTarget) -> Doubt? {
    guard case .path(let path) = target, target.isProbe, !allowProxy else { return nil }
    guard isatty(STDIN_FILENO) == 1 else {
      return Doubt(.notAnswered, "it sends a request to a pod: --allow-proxy lets it")
    }
    Output.prompt("Send a request to \(PlainText.line(path))? [y/N] ")
    let reply = readLine(strippingNewline: true) ?? ""
    return ["y", "yes"].contains(reply.lowercased()) ? nil : Doubt(.notAnswered, "the request was not agreed to")
  }
}
