import Kube

extension LimitRangeItem {
  /// What is wrong with amounts by this item, as the API server says it; nil when nothing is.
  func complaint(requests: SmallMap<Quantity>, limits: SmallMap<Quantity>, per: String) -> String? {
    for (resource, bound) in max.entries {
      guard let limit = limits[resource] else {
        return "no limit of \(resource), which is at most \(bound.text) per \(per)"
      }
      if limit > bound { return "maximum \(resource) per \(per) is \(bound.text), but the limit is \(limit.text)" }
    }
    for (resource, bound) in min.entries {
      guard let request = requests[resource] else {
        return "no request of \(resource), which is at least \(bound.text) per \(per)"
      }
      if request < bound {
        return "minimum \(resource) per \(per) is \(bound.text), but the request is \(request.text)"
      }
    }
    for (resource, ratio) in maxLimitRequestRatio.entries {
      guard let limit = limits[resource]?.nanos, let request = requests[resource]?.nanos, let most = ratio.nanos,
        request > 0
      else { continue }
      let (allowed, overflow) = most.multipliedReportingOverflow(by: request)
      if !overflow, limit > allowed / 1_000_000_000 {
        return "the limit of \(resource) is more than \(ratio.text) times its request"
      }
    }
    return nil
  }
}
