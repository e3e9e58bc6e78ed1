import Kube

extension Pod {
  /// Lowers what containers ask for until the pod as a whole asks for no more than `total`, in the units of
  /// `Change.lowerRequest`; nothing becomes lower than that needs.
  mutating func lower(_ resource: String, to total: Int64, _ rules: SchedulerRules) {
    func units(_ amounts: SmallMap<Quantity>) -> Int64 {
      guard let quantity = amounts[resource] else { return 0 }
      return Int64((resource == "cpu" ? quantity.milliValue : quantity.value) ?? 0)
    }
    func text(_ amount: Int64) -> Quantity { Quantity(Amount.exactText(amount, of: resource)) }
    // The runtime's share is no container's to give.
    let most = max(0, total.subtracting(units(spec.overhead)))
    if !rules.isOld, ExactAmounts.isOfWholePods(resource), let whole = spec.resources,
      units(whole.requests) > most
    {
      // The containers follow: together they may not ask for more than their pod.
      spec.resources?.requests[resource] = text(most)
    }
    let sidecars = spec.initContainers.indices.filter { !rules.isOld && spec.initContainers[$0].isSidecar }
    let staying =
      spec.containers.map { units($0.resources.requests) }
      + sidecars.map { units(spec.initContainers[$0].resources.requests) }
    let lowered = Self.lowered(staying, to: most)
    for (place, amount) in lowered.enumerated() where amount < staying[place] {
      if place < spec.containers.count {
        spec.containers[place].resources.requests[resource] = text(amount)
      } else {
        spec.initContainers[sidecars[place - spec.containers.count]].resources.requests[resource] = text(amount)
      }
    }
    // The others run one at a time, beside the sidecars that were started before them.
    var before: Int64 = 0
    for index in spec.initContainers.indices {
      let own = units(spec.initContainers[index].resources.requests)
      if sidecars.contains(index) {
        before = before.adding(own)
      } else if own > most.subtracting(before) {
        spec.initContainers[index].resources.requests[resource] = text(max(0, most.subtracting(before)))
      }
    }
  }

  /// Amounts whose sum is at most `most`. The largest gives alone as long as it keeps half of what it has; otherwise the
  /// large ones give until they are equal, and small ones keep what they have.
  private static func lowered(_ amounts: [Int64], to most: Int64) -> [Int64] {
    let excess = amounts.reduce(Int64(0)) { $0.adding(max(0, $1)) }.subtracting(most)
    guard excess > 0, let largest = amounts.indices.max(by: { amounts[$0] < amounts[$1] }) else { return amounts }
    var result = amounts
    if amounts[largest].subtracting(excess) >= amounts[largest] / 2 {
      result[largest] = amounts[largest].subtracting(excess)
      return result
    }
    // The smallest ones take what they have; what is left over is shared by the others.
    var left = most
    let order = amounts.indices.sorted { amounts[$0] < amounts[$1] }
    for (place, index) in order.enumerated() {
      let share = left / Int64(order.count - place)
      result[index] = min(amounts[index], max(0, share))
      left = left.subtracting(max(0, result[index]))
    }
    return result
  }
}
