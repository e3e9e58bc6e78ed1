extension PodSpec {
  /// What containers amount to together on their node: those that run in the end, or the most that runs at any time
  /// before. Init containers run one after another, beside the sidecars that were started before them.
  /// (component-helpers `resource.PodRequests`)
  ///
  /// - Parameters:
  ///   - knowsSidecars: false for a Kubernetes that knows no init containers that stay.
  ///   - amounts: what is counted of a container.
  public func total(knowsSidecars: Bool = true, _ amounts: (Container) -> ExactAmounts) -> ExactAmounts {
    var running = ExactAmounts()
    for container in containers { running.add(amounts(container)) }
    var sidecars = ExactAmounts()
    var peak = ExactAmounts()
    for container in initContainers {
      let own = amounts(container)
      if container.isSidecar, knowsSidecars {
        running.add(own)
        sidecars.add(own)
        peak.raise(to: sidecars)
      } else {
        var candidate = sidecars
        candidate.add(own)
        peak.raise(to: candidate)
      }
    }
    running.raise(to: peak)
    return running
  }

  /// What the pod asks for as a whole, its own requests and the runtime's share included.
  public var totalRequests: ExactAmounts {
    var total = total { ExactAmounts($0.resources.requestsOrLimits) }
    total.replace(with: resources?.requests)
    total.add(ExactAmounts(overhead))
    return total
  }

  /// What the pod may use as a whole; the runtime's share is added where there is a limit to add it to.
  public var totalLimits: ExactAmounts {
    var total = total { ExactAmounts($0.resources.limits) }
    total.replace(with: resources?.limits)
    var more = ExactAmounts(overhead)
    for (name, _) in more.nanos where total[name] ?? 0 <= 0 { more[name] = nil }
    total.add(more)
    return total
  }
}

extension ExactAmounts {
  /// Whether pods may say how much of the resource they want as a whole, whatever their containers say.
  public static func isOfWholePods(_ name: String) -> Bool {
    name == "cpu" || name == "memory" || name.hasPrefix("hugepages-")
  }

  fileprivate mutating func replace(with own: SmallMap<Quantity>?) {
    for (name, amount) in ExactAmounts(own ?? [:]).nanos where Self.isOfWholePods(name) { self[name] = amount }
  }
}

extension ResourceRequirements {
  /// The requests, with a limit standing for a request that is missing: the API server writes it so into pods, but not
  /// into templates, and manifests have not been there yet.
  public var requestsOrLimits: SmallMap<Quantity> {
    var requests = requests
    for (name, limit) in limits.entries where requests[name] == nil { requests[name] = limit }
    return requests
  }
}
