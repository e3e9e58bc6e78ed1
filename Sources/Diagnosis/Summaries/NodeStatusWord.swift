import Kube

extension Node {
  /// The STATUS column of `kubectl get nodes`: `Ready`, `NotReady` or `Unknown`, with `,SchedulingDisabled` when the
  /// node is cordoned. A node that no longer reports is `NotReady`; `Unknown` means that it never said anything.
  public var statusWord: String {
    let word: String
    switch status.conditions.first(where: { $0.type == "Ready" })?.status {
    case nil: word = "Unknown"
    case "True": word = "Ready"
    default: word = "NotReady"
    }
    return spec.unschedulable ? word + ",SchedulingDisabled" : word
  }
}
