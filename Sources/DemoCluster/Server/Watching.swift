import Kube

/// A client that watches a collection.
struct Watch: Sendable {
  var storage: String
  var selection: Selection
  var encoder: ObjectEncoder
  var wantsBookmarks: Bool
  var continuation: AsyncStream<[UInt8]>.Continuation

  /// Tells the client about a change, in the terms of its selection: what moves into it was added, what moves out of
  /// it was deleted.
  func deliver(_ change: StoreChange, now: Timestamp) {
    let isInside = change.kind != .deleted && selection.matches(change.object)
    let wasInside = change.previous.map { selection.matches($0) } ?? false
    let type: StoreChange.Kind
    switch (wasInside, isInside) {
    case (false, false): return
    case (false, true): type = .added
    case (true, true): type = .modified
    case (true, false): type = .deleted
    }
    send(type.rawValue, change.object, now: now)
  }

  func send(_ type: String, _ object: JSONValue, now: Timestamp) {
    var encoder = encoder
    encoder.now = now
    let shown = type == "ERROR" ? object : APIServer.converted(object, to: encoder.served)
    continuation.yield(encoder.event(type, shown))
  }

  /// Tells the client how far the server has come.
  func bookmark(revision: Int, now: Timestamp, endsInitialEvents: Bool = false) {
    var object: JSONValue = .object([
      ("kind", .string(encoder.served.resource.kind)), ("apiVersion", .string(encoder.served.resource.apiVersion)),
      ("metadata", ["resourceVersion": .string(String(revision)), "creationTimestamp": nil]),
    ])
    if endsInitialEvents { object.set("metadata.annotations", ["k8s.io/initial-events-end": "true"]) }
    send("BOOKMARK", object, now: now)
  }
}

extension APIServer {
  /// The longest time in which a watch that wants bookmarks hears nothing.
  static let bookmarkInterval = Duration.seconds(15)

  mutating func watch(_ request: APIRequest, _ target: RequestTarget) throws(StatusError) -> APIAnswer {
    guard target.resource.verbs.contains("watch") else {
      throw .notAllowed("the server does not allow this method on the requested resource")
    }
    let encoder = try encoder(request, target)
    let selection = try Selection(request, target)
    let (stream, continuation) = AsyncStream<[UInt8]>.makeStream()
    let watch = Watch(
      storage: target.served.storage, selection: selection, encoder: encoder,
      wantsBookmarks: request.isOn("allowWatchBookmarks"), continuation: continuation)
    let wantsInitial = request.isOn("sendInitialEvents")
    if wantsInitial, request.query["resourceVersionMatch"] != "NotOlderThan" {
      throw .invalid(
        target.resource, "", field: "resourceVersionMatch",
        "Forbidden: resourceVersionMatch must be set to NotOlderThan when sendInitialEvents is set")
    }
    publish()
    switch request.query["resourceVersion"] ?? "" {
    case _ where wantsInitial, "", "0":
      for object in cluster.store.list(target.served.storage, namespace: target.namespace)
      where selection.matches(object) {
        watch.send("ADDED", object, now: cluster.now)
      }
      if wantsInitial, watch.wantsBookmarks {
        watch.bookmark(revision: cluster.store.revision, now: cluster.now, endsInitialEvents: true)
      }
    case let text:
      guard let revision = Int(text), revision >= 0 else {
        throw .badRequest("Invalid value: \"\(text)\": resourceVersion is not a number")
      }
      guard let changes = cluster.store.changes(after: revision) else {
        // The real server opens the stream and says so in it.
        let expired = StatusError.expired(
          "too old resource version: \(revision) (\(cluster.store.changes.first?.revision ?? cluster.store.revision))")
        watch.send("ERROR", expired.status, now: cluster.now)
        continuation.finish()
        return APIAnswer(headers: Self.watchHeaders(encoder.format), body: .stream(stream))
      }
      for change in changes where change.storage == watch.storage { watch.deliver(change, now: cluster.now) }
    }
    let id = nextStream
    nextStream += 1
    watches[id] = watch
    let ended = streamEnded
    continuation.onTermination = { _ in ended(id) }
    if let seconds = request.int("timeoutSeconds"), seconds > 0 {
      Task {
        try? await Task.sleep(for: .seconds(seconds))
        continuation.finish()
      }
    }
    return APIAnswer(headers: Self.watchHeaders(encoder.format), body: .stream(stream))
  }

  private static func watchHeaders(_ format: ObjectFormat) -> [(name: String, value: String)] {
    [("Content-Type", format.contentType + (format == .protobuf ? ";stream=watch" : ""))]
  }

  /// Sends a bookmark to every watch that wants them.
  mutating func sendBookmarks() {
    publish()
    for watch in watches.values where watch.wantsBookmarks {
      watch.bookmark(revision: cluster.store.revision, now: cluster.now)
    }
  }

  /// Ends all watches and log streams, as a restarting server does.
  mutating func endStreams() {
    for watch in watches.values { watch.continuation.finish() }
    for stream in logStreams.values { stream.continuation.finish() }
    watches = [:]
    logStreams = [:]
  }
}
