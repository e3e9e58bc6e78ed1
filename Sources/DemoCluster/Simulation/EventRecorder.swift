import Kube

/// Events, counted up when they repeat.
extension Simulation {
  /// Events are forgotten after this time, as the API server's default is.
  private static let eventLifetime = Duration.seconds(3600)

  /// Records that something happened to an object.
  mutating func record(
    _ object: JSONValue, _ type: String, _ reason: String, _ message: String, source: String, host: String = "",
    fieldPath: String? = nil
  ) {
    // Cluster-scoped objects have their events in the default namespace.
    let namespace = object.namespace.isEmpty ? "default" : object.namespace
    let usesNewAPI = source == "default-scheduler"
    let name = object.name + "." + Self.eventHash([object.uid, type, reason, message, source, fieldPath ?? ""])
    if var event = store.object("events", namespace: namespace, name: name) {
      if usesNewAPI {
        let count = event.int(at: "series.count") ?? 1
        event["series"] = ["count": .int(count + 1), "lastObservedTime": .microTime(now)]
      } else {
        event["count"] = .int((event.int(at: "count") ?? 1) + 1)
        event["lastTimestamp"] = .time(now)
      }
      store.put("events", event)
      return
    }
    var event: JSONValue = .object([
      ("kind", "Event"), ("apiVersion", "v1"),
      ("metadata", ["name": .string(name), "namespace": .string(namespace)]),
      (
        "involvedObject",
        .object([
          ("kind", object["kind"]), ("namespace", object.namespace.isEmpty ? nil : .string(object.namespace)),
          ("name", .string(object.name)), ("uid", .string(object.uid)), ("apiVersion", object["apiVersion"]),
          ("resourceVersion", object[at: "metadata.resourceVersion"]), ("fieldPath", fieldPath.map { .string($0) }),
        ])
      ),
      ("reason", .string(reason)), ("message", .string(message)), ("type", .string(type)),
      ("reportingComponent", .string(source)), ("reportingInstance", .string(host)),
    ])
    if usesNewAPI {
      event["source"] = .emptyObject
      event["eventTime"] = .microTime(now)
      event["action"] = "Scheduling"
      event["firstTimestamp"] = .null
      event["lastTimestamp"] = .null
    } else {
      event["source"] =
        host.isEmpty ? ["component": .string(source)] : ["component": .string(source), "host": .string(host)]
      event["firstTimestamp"] = .time(now)
      event["lastTimestamp"] = .time(now)
      event["count"] = 1
      event["eventTime"] = .null
    }
    store.put("events", identified(event))
  }

  /// When an event last happened.
  static func lastTime(of event: JSONValue) -> Timestamp? {
    event.time(at: "series.lastObservedTime") ?? event.time(at: "lastTimestamp") ?? event.time(at: "eventTime")
      ?? event.time(at: "metadata.creationTimestamp")
  }

  mutating func expireEvents() {
    let old = store.unordered("events").filter { event in
      Self.lastTime(of: event).map { now.since($0) > Self.eventLifetime } ?? false
    }
    for event in old.sorted(by: { $0.name < $1.name }) {
      store.remove("events", namespace: event.namespace, name: event.name)
    }
  }

  static func eventHash(_ parts: [String]) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in parts.joined(separator: "\u{0}").utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

/// The two API groups of events.
enum EventView {
  /// An event of the core group as events.k8s.io/v1 shows it.
  static func events(_ event: JSONValue) -> JSONValue {
    .object([
      ("kind", "Event"), ("apiVersion", "events.k8s.io/v1"), ("metadata", event["metadata"]),
      ("eventTime", event["eventTime"]), ("series", event["series"]), ("action", event["action"]),
      ("reportingController", event["reportingComponent"]), ("reportingInstance", event["reportingInstance"]),
      ("reason", event["reason"]), ("regarding", event["involvedObject"]), ("note", event["message"]),
      ("type", event["type"]), ("deprecatedSource", event["source"]),
      ("deprecatedFirstTimestamp", event["firstTimestamp"]), ("deprecatedLastTimestamp", event["lastTimestamp"]),
      ("deprecatedCount", event["count"]),
    ])
  }
}
