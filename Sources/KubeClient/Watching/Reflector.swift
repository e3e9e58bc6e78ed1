import ClusterState
import EventLoop
import HTTPTransport
import Kube

/// Keeps a store in step with a server for as long as it exists. Confined to the loop's thread.
public final class Reflector {
  /// What is kept in step.
  public let store: ObjectStore
  private let client: KubeClient
  private let resource: Resource
  private let options: ListOptions
  private let codec: ObjectCodec
  private let pool: StringPool
  private let wallClock: () -> Timestamp
  private let random: () -> Double
  /// Called after every change of the store or its freshness; calls may be many, so only take note.
  private let onChange: () -> Void

  private var machine = ListWatch()
  private var request: RequestHandle?
  private var timer: Loop.TimerID?
  private var listed: ListDecoder?
  private var watched: WatchDecoder?
  private var received = 0
  private var isStopped = false

  /// A reflector of `resource` into `store`; nothing happens before `start()`. `pool` shares strings between kinds.
  /// `random` gives numbers in 0..<1.
  public init(
    client: KubeClient, resource: Resource, options: ListOptions, codec: ObjectCodec, store: ObjectStore,
    pool: StringPool, wallClock: @escaping () -> Timestamp, random: @escaping () -> Double,
    onChange: @escaping () -> Void
  ) {
    self.client = client
    self.resource = resource
    self.options = options
    self.codec = codec
    self.store = store
    self.pool = pool
    self.wallClock = wallClock
    self.random = random
    self.onChange = onChange
  }

  /// Starts, or tries again at once what is waiting for its next try.
  public func start() { handle(.start) }

  /// Ends all requests; the store stays as it is.
  public func stop() {
    isStopped = true
    request?.cancel()
    request = nil
    if let timer { client.loop.cancel(timer) }
    timer = nil
  }

  /// Gives up the list or watch under way, for this reason, and tries again as after any failure.
  public func connectionLost(_ failure: APIFailure) {
    if request != nil { abandon(.connectionLost(failure)) }
  }

  private func handle(_ input: ListWatch.Input) {
    guard !isStopped else { return }
    for effect in machine.handle(input, now: client.loop.clock.now, chance: random()) {
      if isStopped { return }  // by `onChange`
      perform(effect)
    }
  }

  private func perform(_ effect: ListWatch.Effect) {
    switch effect {
    case .beginListing:
      received = 0
      store.beginListing()
      if !store.freshness.isComplete { store.freshness = .loading(received: 0, remaining: nil) }
      onChange()
    case .list(let resourceVersion, let continueToken):
      list(
        .list(resource, options, codec: codec, resourceVersion: resourceVersion, continueToken: continueToken))
    case .endListing:
      store.endListing()
      onChange()
    case .watch(let resourceVersion):
      // A random length keeps the watches of many clients from ending together (client-go: 5 to 10 minutes).
      let seconds = 300 + Int(random() * 300)
      watch(.watch(resource, options, codec: codec, resourceVersion: resourceVersion, seconds: seconds))
    case .wait(let delay):
      request = nil
      timer = client.loop.schedule(after: delay) { [weak self] in
        self?.timer = nil
        self?.handle(.waited)
      }
    case .becameLive:
      store.freshness = .live
      onChange()
    case .lost(let summary):
      lose(summary)
    }
  }

  private func lose(_ summary: APIFailure.Summary) {
    switch (summary, store.freshness) {
    case (.forbidden(let message), _): store.freshness = .forbidden(message)
    case (.notCaptured(let reason), _): store.freshness = .notCaptured(reason)
    case (.notServed, _): store.freshness = .notServed
    case (.failed(let reason), .live): store.freshness = .stale(since: wallClock(), reason: reason)
    case (.failed(let reason), .stale(let since, _)): store.freshness = .stale(since: since, reason: reason)
    case (.failed(let reason), _): store.freshness = .failed(reason)
    }
    onChange()
  }

  // MARK: Listing

  private func list(_ apiRequest: APIRequest) {
    listed = nil
    request = client.stream(apiRequest) { [weak self] event in self?.listEvent(event) }
  }

  private func listEvent(_ event: StreamEvent) {
    do throws(DecodingFailure) {
      switch event {
      case .opened(let head):
        let contentType = head.first("content-type") ?? ""
        listed = ListDecoder(contentType: contentType, codec: codec, pool: pool)
        if listed == nil { abandon(.listFailed(.malformed("the server's answer is no list (\(contentType))"))) }
      case .bytes(let bytes):
        guard let objects = try listed?.feed(bytes), !objects.isEmpty else { return }
        for object in objects { store.put(object) }
        received += objects.count
        if !store.freshness.isComplete { store.freshness = .loading(received: received, remaining: nil) }
        onChange()
      case .ended:
        guard var decoder = listed else { return }
        try decoder.finish()
        if !decoder.metadata.columns.isEmpty { store.columns = decoder.metadata.columns }
        if !store.freshness.isComplete {
          store.freshness = .loading(received: received, remaining: decoder.metadata.remainingItemCount)
        }
        listed = nil
        handle(.page(decoder.metadata, received: received))
      case .failed(let failure):
        handle(.listFailed(failure))
      }
    } catch {
      abandon(.listFailed(.malformed("the server's list cannot be read: \(error)")))
    }
  }

  // MARK: Watching

  private func watch(_ apiRequest: APIRequest) {
    watched = nil
    request = client.stream(apiRequest) { [weak self] event in self?.watchStreamEvent(event) }
  }

  private func watchStreamEvent(_ event: StreamEvent) {
    do throws(DecodingFailure) {
      switch event {
      case .opened(let head):
        let contentType = head.first("content-type") ?? ""
        watched = WatchDecoder(contentType: contentType, codec: codec, pool: pool)
        if watched == nil {
          abandon(.watchFailed(.malformed("the server's answer is no watch (\(contentType))")))
        } else {
          handle(.watchOpened)
        }
      case .bytes(let bytes):
        guard let events = try watched?.feed(bytes) else { return }
        for event in events {
          if watched == nil { break }  // an event has ended the watch
          apply(event)
        }
        if !events.isEmpty { onChange() }
      case .ended:
        watched = nil
        handle(.watchEnded)
      case .failed(let failure):
        watched = nil
        handle(.watchFailed(failure))
      }
    } catch {
      abandon(.watchFailed(.malformed("the server's watch cannot be read: \(error)")))
    }
  }

  private func apply(_ event: WatchEvent) {
    switch event {
    case .changed(let object):
      store.put(object)
      handle(.version(object.metadata.resourceVersion))
    case .deleted(let object):
      store.remove(object)
      handle(.version(object.metadata.resourceVersion))
    case .bookmark(let version):
      handle(.version(version))
    case .failed(let status):
      abandon(.watchFailed(.status(status, retryAfter: nil)))
    }
  }

  /// Ends the request under way before the machine hears of the failure.
  private func abandon(_ input: ListWatch.Input) {
    request?.cancel()
    request = nil
    listed = nil
    watched = nil
    handle(input)
  }
}
