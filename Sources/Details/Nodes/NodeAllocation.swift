import Diagnosis
import Kube

extension Page {
  /// Capacity, the pods of a node and what they ask for, against what the node can give.
  mutating func allocation(_ status: JSONValue, pods: [Pod]?) {
    let allocatable = status.members("allocatable")
    let running = pods?.filter { $0.status.phase != "Succeeded" && $0.status.phase != "Failed" }
    let needs = running?.map { (requests: $0.spec.totalRequests, limits: $0.spec.totalLimits) }
    section("Allocated resources") { page in
      var rows: [(cells: [String], mark: DetailMark)] = []
      let names = Set(allocatable.map(\.key)).union(status.members("capacity").map(\.key))
      for name in ["cpu", "memory", "ephemeral-storage"] + names.sorted().prefix(Page.maximumRows)
      where names.contains(name) && !rows.contains(where: { $0.cells[0] == name }) {
        let capacity = status.at("capacity").text(name)
        let room = status.at("allocatable").text(name)
        guard let needs else {
          rows.append(([name, capacity, room, "?", "?"], .unknown))
          continue
        }
        if name == "pods" {
          let text = Page.share(Int128(needs.count) * 1_000_000_000, of: Quantity(room))
          rows.append(([name, capacity, room, "\(needs.count)\(text.percent)", ""], text.mark))
          continue
        }
        let requests = Page.share(needs.reduce(0) { $0 + ($1.requests[name] ?? 0) }, of: Quantity(room))
        let limits = Page.share(needs.reduce(0) { $0 + ($1.limits[name] ?? 0) }, of: Quantity(room))
        rows.append(
          (
            [
              name, capacity, room, Page.amountText(name, requests.nanos) + requests.percent,
              Page.amountText(name, limits.nanos) + limits.percent,
            ], requests.mark
          ))
      }
      page.table(["Resource", "Capacity", "Allocatable", "Requests", "Limits"], rows)
      if needs == nil {
        page.add(nil, "The pods of all namespaces are not read: what they request cannot be told.", .unknown)
      } else {
        page.add(nil, "Limits may be over 100 %: they are overcommitted.", .dim)
      }
    }
    guard let pods, let running, let needs else { return }
    let done = pods.count - running.count
    section("Pods (\(running.count) not terminated\(done > 0 ? ", \(done) terminated" : ""))") { page in
      page.table(
        ["Namespace", "Name", "Status", "CPU req/lim", "Memory req/lim", "Age"],
        zip(running, needs).map { pod, need in
          func cell(_ name: String) -> String {
            "\(Page.amountText(name, need.requests[name] ?? 0))/\(Page.amountText(name, need.limits[name] ?? 0))"
          }
          let word = PodSummary(pod).status
          let mark = Page.mark(ofPodStatus: word)
          return (
            [
              pod.metadata.namespace, pod.metadata.name, word, cell("cpu"), cell("memory"),
              page.age(pod.metadata.creationTimestamp),
            ], mark == .good ? .plain : mark
          )
        })
    }
  }

  private static func share(
    _ nanos: Int128, of room: Quantity
  ) -> (nanos: Int128, percent: String, mark: DetailMark) {
    guard let total = room.nanos, total > 0 else { return (nanos, "", .plain) }
    let (product, overflow) = nanos.multipliedReportingOverflow(by: 100)
    let percent = overflow ? nanos / max(1, total / 100) : product / total
    return (nanos, " (\(percent)%)", percent >= 90 ? .notice : .plain)
  }

  /// Amounts as people write them: `250m`, `512Mi`.
  static func amountText(_ resource: String, _ nanos: Int128) -> String {
    let isBytes =
      resource == "memory" || resource == "ephemeral-storage" || resource == "storage"
      || resource.hasPrefix("hugepages-")
    guard isBytes, nanos > 0, nanos % 1_000_000_000 == 0 else { return Quantity(nanos: nanos).text }
    let bytes = nanos / 1_000_000_000
    for (size, suffix) in [(Int128(1) << 30, "Gi"), (1 << 20, "Mi"), (1 << 10, "Ki")] where bytes % size == 0 {
      return "\(bytes / size)\(suffix)"
    }
    return Quantity(nanos: nanos).text
  }
}
