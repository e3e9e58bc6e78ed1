import CCurl
import EventLoop

/// HTTP/1.1 and HTTP/2 over libcurl: keep-alive, TLS 1.2 or newer, gzip (see `Nearness`), no redirects, no cookies, no credentials but
/// those in the request. Transfers of equal options to one server share its connections.
public final class CurlTransport: Transport {
  private let loop: Loop
  private let proxies: ProxyRules
  private var lastSerial: UInt64 = 0
  private var transfers: [TransferID: CurlTransfer] = [:]
  private var pool: CurlPool?
  /// Addresses of servers on this machine, as their last connection told: they are not asked to compress.
  private var nearServers: Set<String> = []
  /// Addresses of servers that have answered.
  private var acquainted: Set<String> = []
  /// Transfers that wait for the first answer, by address.
  private var strangers: [String: [CurlTransfer]] = [:]
  /// A server that does not answer its first request must not hold up the others for longer.
  private static let longestAcquaintance = Duration.milliseconds(250)
  /// For tests, whose machine may be slow.
  var longestLocalHandshake = Nearness.longestLocalHandshake

  private static let initialized = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

  /// A transport that uses the proxies of `environment` (HTTPS_PROXY, HTTP_PROXY, NO_PROXY; upper or lower case).
  /// libcurl keeps its time by the loop's clock: with a `ManualClock` its time-outs come only when that is moved.
  public init(loop: Loop, environment: [String: String]) throws(TransportFailure) {
    self.loop = loop
    proxies = ProxyRules(environment: environment)
    guard CurlTransport.initialized == CURLE_OK else {
      let text = String(cString: curl_easy_strerror(CurlTransport.initialized))
      throw .other(code: Int32(CurlTransport.initialized.rawValue), text: text)
    }
  }

  deinit {
    for id in transfers.keys { cancel(id) }
  }

  /// The connections in use.
  var sockets: Set<Int32> { pool?.sockets ?? [] }

  /// Sends a request; a connection of equal options is used again, or shared where the server speaks HTTP/2. A request
  /// that cannot be sent fails in the loop's next turn.
  @discardableResult
  public func start(_ request: HTTPRequest, _ handler: @escaping (TransferEvent) -> Void) -> TransferID {
    lastSerial += 1
    let id = TransferID(serial: lastSerial)
    do throws(TransportFailure) {
      let pool = try currentPool()
      let transfer = try CurlTransfer(id: id, request: request, proxies: proxies, pool: pool, handler: handler)
      transfers[id] = transfer
      introduce(transfer)
    } catch {
      refused[id] = handler
      loop.post { [weak self] in self?.refused.removeValue(forKey: id)?(.failed(error)) }
    }
    return id
  }

  /// Ends a transfer at once; a connection that it had for itself is closed.
  public func cancel(_ id: TransferID) {
    refused[id] = nil
    guard let transfer = transfers.removeValue(forKey: id) else { return }
    transfer.handler = nil
    transfer.pool.remove(transfer)
  }

  /// Holds back the body from the next piece on, also for a transfer that has no answer yet.
  public func pause(_ id: TransferID) {
    transfers[id]?.isPaused = true
  }

  /// Goes on after a `pause`, in the loop's next turn.
  public func resume(_ id: TransferID) {
    guard let transfer = transfers[id], transfer.isPaused else { return }
    transfer.isPaused = false
    if transfer.isHeld { transfer.pool.release(transfer) }
  }

  /// Has later requests make new connections, as is needed when a server answers no more on the present ones; those of
  /// present transfers are closed when these have ended.
  public func closeIdleConnections() {
    // A multi handle cannot close its idle connections; one without transfers goes, with them, when nobody holds it.
    pool = nil
  }

  /// Handlers of requests that cannot be sent, until they have been told.
  private var refused: [TransferID: (TransferEvent) -> Void] = [:]

  // MARK: Nearness

  /// Starts a transfer when it is known whether its server is near. Only one that may be waits for that: the first
  /// transfer to a loopback address tells, and the others would wait for its connection anyway.
  private func introduce(_ transfer: CurlTransfer) {
    let address = transfer.target.address
    guard transfer.target.isTLSOnLoopback, !acquainted.contains(address) else { return begin(transfer) }
    if strangers[address] != nil {
      strangers[address]?.append(transfer)
    } else {
      strangers[address] = []
      transfer.answered = { [weak self, unowned transfer] in self?.noteNearness(of: transfer) }
      begin(transfer)
      loop.schedule(after: Self.longestAcquaintance) { [weak self] in self?.admit(address) }
    }
  }

  private func begin(_ transfer: CurlTransfer) {
    do throws(TransportFailure) {
      if !nearServers.contains(transfer.target.address) { try transfer.acceptCompression() }
      transfer.pool.add(transfer)
    } catch {
      transfers[transfer.id] = nil
      refused[transfer.id] = transfer.handler
      transfer.handler = nil
      loop.post { [weak self] in self?.refused.removeValue(forKey: transfer.id)?(.failed(error)) }
    }
  }

  private func noteNearness(of transfer: CurlTransfer) {
    let address = transfer.target.address
    if let nearness = transfer.nearness {
      if nearness.isSameMachine(longestHandshake: longestLocalHandshake) {
        nearServers.insert(address)
      } else {
        nearServers.remove(address)
      }
      acquainted.insert(address)
    }
    admit(address)
  }

  /// Starts what waited.
  private func admit(_ address: String) {
    for transfer in strangers.removeValue(forKey: address) ?? [] where transfers[transfer.id] === transfer {
      begin(transfer)
    }
  }

  private func currentPool() throws(TransportFailure) -> CurlPool {
    if let pool { return pool }
    let pool = try CurlPool(loop: loop) { [weak self] transfer, code in
      self?.transfers[transfer.id] = nil
      self?.noteNearness(of: transfer)
      let handler = transfer.handler
      transfer.handler = nil
      handler?(transfer.end(code))
    }
    self.pool = pool
    return pool
  }
}
