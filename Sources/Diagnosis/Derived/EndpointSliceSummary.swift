import Kube

/// The columns of an EndpointSlice.
public struct EndpointSliceSummary: KubeRecord, Equatable {
  /// PORTS: at most three, `<unset>` without any.
  public var ports = ""
  /// ENDPOINTS: at most three addresses, `<unset>` without any.
  public var endpoints = ""
  /// Endpoints that take traffic.
  public var ready = 0
  /// All endpoints.
  public var total = 0

  /// A summary of nothing.
  public init() {}

  /// The fields. Never on the wire: the numbers are podmedic's own.
  public static let schema = Schema<EndpointSliceSummary>([
    .string(1, "ports", \.ports),
    .string(2, "endpoints", \.endpoints),
    .int(3, "ready", \.ready),
    .int(4, "total", \.total),
  ])

  /// The columns of an EndpointSlice.
  public init(_ slice: EndpointSlice) {
    func abridged(_ list: [String]) -> String { list.isEmpty ? "<unset>" : ColumnTexts.abridged(list, most: 3) }
    ports = abridged(slice.ports.map { port in port.port.map { "\($0)" } ?? port.name ?? "*" })
    endpoints = abridged(slice.endpoints.flatMap(\.addresses))
    // Nil means unknown, which consumers take for ready (discovery/v1 EndpointConditions).
    ready = slice.endpoints.count { $0.conditions.ready ?? true }
    total = slice.endpoints.count
  }
}
