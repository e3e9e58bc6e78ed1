import Kube

/// A command that is to be run in a container of a pod. Nothing has been sent.
public struct CommandOrder: Sendable, Hashable {
  /// The pod; with a uid only if it is still that one.
  public var pod: ObjectReference
  /// The container.
  public var container: String
  /// The program and its arguments, as they are: no shell reads them.
  public var command: [String]

  /// An order.
  public init(pod: ObjectReference, container: String, command: [String]) {
    self.pod = pod
    self.container = container
    self.command = command
  }

  /// The command as a person would type it.
  public var text: String { command.map { ShellText.quoted($0) }.joined(separator: " ") }

  /// The same with kubectl.
  public var kubectl: String { "kubectl exec -n \(pod.namespace) \(pod.name) -c \(container) -- \(text)" }
}
