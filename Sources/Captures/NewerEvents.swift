import Kube

/// Events of the group events.k8s.io, which `kubectl get events.events.k8s.io` writes: the same events as those of the core
/// group, under other names of fields.
enum NewerEvents {
  /// Whether an object is one.
  static func has(_ object: CapturedObject) -> Bool {
    object.kind == "Event" && object.apiVersion.hasPrefix("events.k8s.io/")
  }

  /// The object as the core group has it.
  static func core(_ object: CapturedObject) throws(DecodingFailure) -> CapturedObject {
    var event = try object.json()
    event["apiVersion"] = .string("v1")
    for (newer, older) in names {
      guard let value = event[newer] else { continue }
      event[older] = value
      event[newer] = nil
    }
    var core = object
    core.apiVersion = "v1"
    core.source = CaptureSource(name: object.source.name, bytes: event.bytes())
    core.range = 0..<core.source.bytes.count
    return core
  }

  private static let names = [
    ("regarding", "involvedObject"), ("note", "message"), ("reportingController", "reportingComponent"),
    ("deprecatedSource", "source"), ("deprecatedFirstTimestamp", "firstTimestamp"),
    ("deprecatedLastTimestamp", "lastTimestamp"), ("deprecatedCount", "count"),
  ]
}
