import Kube

extension Page {
  /// A ConfigMap with its data; long values are cut.
  mutating func configMap(_ object: JSONValue) {
    section("ConfigMap") { page in
      page.identity(object)
      page.metadata(object)
      if object["immutable"] == true { page.add("Immutable", "true") }
    }
    section("Data") { page in
      for (key, value) in object.members("data") {
        let text = value.scalar
        page.add(key, Page.size(text.utf8.count), .heading)
        page.indented { $0.add(nil, text) }
      }
    }
    section("BinaryData") { page in
      for (key, value) in object.members("binaryData") { page.add(key, Page.size(Page.decodedSize(value.scalar))) }
    }
  }

  /// A Secret: the sizes of its values, never the values.
  mutating func secret(_ object: JSONValue) {
    section("Secret") { page in
      page.identity(object)
      page.metadata(object)
      page.add("Type", object.text("type"))
      if object["immutable"] == true { page.add("Immutable", "true") }
    }
    section("Data") { page in
      for (key, value) in object.members("data") { page.add(key, Page.size(Page.decodedSize(value.scalar))) }
      for (key, value) in object.members("stringData") { page.add(key, Page.size(value.scalar.utf8.count)) }
    }
  }

  /// How many bytes a base64 text stands for.
  static func decodedSize(_ text: String) -> Int {
    let bytes = text.utf8.filter { $0 != 0x0a && $0 != 0x0d }
    let padding = bytes.suffix(2).count { $0 == UInt8(ascii: "=") }
    return max(0, bytes.count * 3 / 4 - padding)
  }

  /// A ServiceAccount.
  mutating func serviceAccount(_ object: JSONValue) {
    section("ServiceAccount") { page in
      page.identity(object)
      page.metadata(object)
      page.add("Image pull secrets", all: object.list("imagePullSecrets").map { $0.text("name") })
      page.add("Mountable secrets", all: object.list("secrets").map { $0.text("name") })
      page.addSet("Automount Token", object.text("automountServiceAccountToken"))
    }
  }

  /// A Lease.
  mutating func lease(_ object: JSONValue) {
    let spec = object.at("spec")
    section("Lease") { page in
      page.identity(object)
      page.metadata(object)
      page.addOrNone("Holder", spec.text("holderIdentity"))
      page.addSet("Duration", spec.number("leaseDurationSeconds").map { "\($0)s" } ?? "")
      page.add("Acquired", time: spec.time("acquireTime"))
      if let renewed = spec.time("renewTime") {
        let duration = min(max(spec.number("leaseDurationSeconds") ?? 0, 0), 1_000_000_000)
        let isOver = duration > 0 && renewed.advanced(by: .seconds(duration)) < page.now
        page.add("Renewed", page.timeText(renewed) + (isOver ? ", has run out" : ""), isOver ? .warning : .plain)
      }
      page.addSet("Transitions", spec.text("leaseTransitions"))
    }
  }

  /// An Event.
  mutating func event(_ object: JSONValue) {
    section("Event") { page in
      page.identity(object)
      page.metadata(object)
      let target = object.has("involvedObject") ? object.at("involvedObject") : object.at("regarding")
      page.add("Type", object.text("type"), object.text("type") == "Warning" ? .warning : .plain)
      page.add("Reason", object.text("reason"))
      page.add("Object", "\(target.text("kind"))/\(target.text("name"))")
      page.addSet("Field", target.text("fieldPath"))
      page.add("Message", object.has("message") ? object.text("message") : object.text("note"))
      page.addSet("Action", object.text("action"))
      let count = object.number("series", "count") ?? object.number("count") ?? object.number("deprecatedCount") ?? 1
      page.add("Count", "\(count)")
      page.add("First Seen", time: object.time("firstTimestamp") ?? object.time("eventTime"))
      page.add(
        "Last Seen",
        time: object.time("series", "lastObservedTime") ?? object.time("lastTimestamp") ?? object.time("eventTime"))
      let source = object.text("source", "component")
      let host = object.text("source", "host")
      page.addSet(
        "Source", (source.isEmpty ? object.text("reportingComponent") : source) + (host.isEmpty ? "" : " on \(host)"))
      if object.has("related") {
        page.add("Related", "\(object.text("related", "kind"))/\(object.text("related", "name"))")
      }
    }
  }
}
