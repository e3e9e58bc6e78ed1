import Kube

/// One object of a capture: what it is called, and where its JSON stands.
struct CapturedObject: Sendable {
  var apiVersion = ""
  var kind = ""
  var namespace = ""
  var name = ""
  var resourceVersion = ""
  /// What the object was read from.
  var source: CaptureSource
  /// Where in the source.
  var range = 0..<0
  /// The latest time in the object that lies in the past of whoever wrote it, as text of RFC 3339 in UTC.
  var newestTime = ""

  init(source: CaptureSource) { self.source = source }

  /// The line on which it begins.
  var line: Int { source.line(of: range.lowerBound) }

  /// Whether this is a later state of the object than `other`.
  func isNewer(than other: CapturedObject) -> Bool {
    guard let own = UInt64(resourceVersion), let others = UInt64(other.resourceVersion) else { return false }
    return own > others
  }

  /// The object as JSON, with the kind that a typed list leaves out.
  func json() throws(DecodingFailure) -> JSONValue {
    let value = try source.bytes.withUnsafeBufferPointer { (bytes) throws(DecodingFailure) in
      try JSONValue(parsing: UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes[range])))
    }
    guard value["apiVersion"] == nil || value["kind"] == nil, case .object(let map) = value else { return value }
    var entries: [(String, JSONValue)] = [("apiVersion", .string(apiVersion)), ("kind", .string(kind))]
    for entry in map.entries where entry.key != "apiVersion" && entry.key != "kind" {
      entries.append((entry.key, entry.value))
    }
    return .object(SmallMap(uniquing: entries))
  }

  // MARK: Reading

  /// Reads the object that comes next.
  init(_ source: CaptureSource, _ reader: inout JSONReader) throws(DecodingFailure) {
    self.source = source
    guard try reader.peek() == .object else { throw reader.failure("expected an object") }
    let start = reader.offset
    try readMembers(&reader)
    range = start..<reader.offset
  }

  private mutating func readMembers(_ reader: inout JSONReader) throws(DecodingFailure) {
    var read = self
    try reader.object { (reader, member) throws(DecodingFailure) in
      let isText = try reader.peek() == .string
      switch member {
      case "apiVersion" where isText: read.apiVersion = try reader.sharedString()
      case "kind" where isText: read.kind = try reader.sharedString()
      case "metadata": try read.readMetadata(&reader)
      default: try Self.readTimes(&reader, member, &read.newestTime)
      }
    }
    self = read
  }

  private mutating func readMetadata(_ reader: inout JSONReader) throws(DecodingFailure) {
    guard try reader.peek() == .object else {
      try reader.skip()
      return
    }
    var read = self
    try reader.object { (reader, member) throws(DecodingFailure) in
      let isText = try reader.peek() == .string
      switch member {
      case "name" where isText: read.name = try reader.string()
      case "namespace" where isText: read.namespace = try reader.sharedString()
      case "resourceVersion" where isText: read.resourceVersion = try reader.string()
      case "creationTimestamp": try Self.readTimes(&reader, member, &read.newestTime)
      default: try reader.skip()
      }
    }
    self = read
  }

  /// Passes over a value and remembers the newest time in it that tells when something happened.
  private static func readTimes(
    _ reader: inout JSONReader, _ member: String, _ newest: inout String
  ) throws(DecodingFailure) {
    switch try reader.peek() {
    case .string where pastTimes.contains(member):
      let text = try reader.string()
      if isTime(text), text.utf8.prefix(19).lexicographicallyPrecedes(newest.utf8.prefix(19)) == false { newest = text }
    case .object:
      var inner = newest
      try reader.object { (reader, member) throws(DecodingFailure) in try readTimes(&reader, member, &inner) }
      newest = inner
    case .array:
      var inner = newest
      try reader.array { (reader) throws(DecodingFailure) in try readTimes(&reader, "", &inner) }
      newest = inner
    default: try reader.skip()
    }
  }

  /// `2026-01-02T03:04:05Z`, with or without a fraction.
  private static func isTime(_ text: String) -> Bool {
    text.utf8.count >= 20 && text.utf8.count <= 30 && text.utf8.last == UInt8(ascii: "Z") && Timestamp(text) != nil
  }

  /// Fields that say when something happened. Not among them: times to come (`deletionTimestamp`,
  /// `expirationTimestamp`, certificates' `notAfter`).
  private static let pastTimes: Set<String> = [
    "acquireTime", "completionTime", "creationTimestamp", "deprecatedFirstTimestamp", "deprecatedLastTimestamp",
    "eventTime", "finishedAt", "firstTimestamp", "lastHeartbeatTime", "lastObservedTime", "lastProbeTime",
    "lastScaleTime", "lastScheduleTime",
    "lastSuccessfulTime", "lastTimestamp", "lastTransitionTime", "lastUpdateTime", "renewTime", "startedAt",
    "startTime",
  ]
}
