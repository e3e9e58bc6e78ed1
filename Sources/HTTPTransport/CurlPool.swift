import CCurl
import EventLoop

/// One libcurl multi handle, which is a pool of connections, driven by the loop.
final class CurlPool {
  private let loop: Loop
  private let multi: UnsafeMutableRawPointer
  private var timer: Loop.TimerID?
  /// The sockets that libcurl waits for.
  private(set) var sockets: Set<Int32> = []
  /// The transfers that were added and have not ended.
  private(set) var transfers: [TransferID: CurlTransfer] = [:]
  /// libcurl must not be entered while one of its callbacks runs.
  private var isInside = false
  /// Called, outside libcurl, with each transfer that ended by itself.
  private let ended: (CurlTransfer, CURLcode) -> Void

  init(loop: Loop, ended: @escaping (CurlTransfer, CURLcode) -> Void) throws(TransportFailure) {
    guard let multi = curl_multi_init() else {
      throw .other(code: Int32(CURLE_OUT_OF_MEMORY.rawValue), text: "out of memory")
    }
    self.loop = loop
    self.multi = multi
    self.ended = ended
    let failed = pm_multi_set_functions(
      multi,
      { _, socket, what, context, _ in
        CurlPool.of(context)?.wait(for: socket, what)
        return 0
      },
      { _, milliseconds, context in
        CurlPool.of(context)?.setTimer(milliseconds)
        return 0
      }, Unmanaged.passUnretained(self).toOpaque())
    guard failed == CURLM_OK, pm_multi_set_long(multi, CURLMOPT_PIPELINING, Int(CURLPIPE_MULTIPLEX)) == CURLM_OK else {
      throw .other(code: Int32(failed.rawValue), text: String(cString: curl_multi_strerror(failed)))
    }
  }

  deinit {
    // No transfer is left: each holds its pool.
    _ = pm_multi_set_functions(multi, nil, nil, nil)
    curl_multi_cleanup(multi)
    for socket in sockets { loop.unwatch(socket) }
    if let timer { loop.cancel(timer) }
  }

  /// Starts a transfer in the loop's next turn, unless it was silenced before.
  func add(_ transfer: CurlTransfer) {
    transfers[transfer.id] = transfer
    later { pool in
      guard pool.transfers[transfer.id] != nil else { return }
      let failed = curl_multi_add_handle(pool.multi, transfer.easy)
      if failed != CURLM_OK { pool.finish(transfer, CURLE_FAILED_INIT) }
    }
  }

  /// Ends a silenced transfer, at once where possible.
  func remove(_ transfer: CurlTransfer) {
    guard !isInside else { return later { $0.remove(transfer) } }
    guard transfers.removeValue(forKey: transfer.id) != nil else { return }
    curl_multi_remove_handle(multi, transfer.easy)
  }

  /// Has libcurl deliver what it holds back.
  func release(_ transfer: CurlTransfer) {
    later { pool in
      guard transfer.isHeld, !transfer.isPaused, pool.transfers[transfer.id] != nil else { return }
      transfer.isHeld = false
      pool.enter { _ = curl_easy_pause(transfer.easy, CURLPAUSE_CONT) }
    }
  }

  // MARK: Driving

  private static func of(_ context: UnsafeMutableRawPointer?) -> CurlPool? {
    context.map { Unmanaged<CurlPool>.fromOpaque($0).takeUnretainedValue() }
  }

  private func later(_ body: @escaping (CurlPool) -> Void) {
    loop.post { [weak self] in
      if let self { body(self) }
    }
  }

  private func wait(for socket: Int32, _ what: Int32) {
    guard what != CURL_POLL_REMOVE else {
      sockets.remove(socket)
      loop.unwatch(socket)
      return
    }
    var interest: Loop.Interest = []
    if what & CURL_POLL_IN != 0 { interest.insert(.readable) }
    if what & CURL_POLL_OUT != 0 { interest.insert(.writable) }
    sockets.insert(socket)
    loop.watch(socket, interest) { [weak self] ready in
      var events: Int32 = 0
      if ready.contains(.readable) { events |= CURL_CSELECT_IN }
      if ready.contains(.writable) { events |= CURL_CSELECT_OUT }
      self?.act(socket, events)
    }
  }

  private func setTimer(_ milliseconds: Int) {
    if let timer { loop.cancel(timer) }
    timer = nil
    guard milliseconds >= 0 else { return }
    timer = loop.schedule(after: .milliseconds(milliseconds)) { [weak self] in
      self?.timer = nil
      self?.act(CURL_SOCKET_TIMEOUT, 0)
    }
  }

  private func act(_ socket: Int32, _ events: Int32) {
    // Only when a handler turns the loop, which it must not: libcurl would refuse, and lose the event.
    guard !isInside else { return later { $0.act(socket, events) } }
    enter {
      var running: Int32 = 0
      curl_multi_socket_action(multi, socket, events, &running)
    }
  }

  /// Calls libcurl, then reports the transfers that it has brought to an end.
  private func enter(_ body: () -> Void) {
    isInside = true
    body()
    isInside = false
    var left: Int32 = 0
    // One message at a time: what is reported may remove transfers, and their messages with them.
    while let message = curl_multi_info_read(multi, &left) {
      guard message.pointee.msg == CURLMSG_DONE else { continue }
      let code = message.pointee.data.result
      var context: UnsafeMutableRawPointer?
      guard pm_get_pointer(message.pointee.easy_handle, CURLINFO_PRIVATE, &context) == CURLE_OK, let context else {
        continue
      }
      finish(Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue(), code)
    }
  }

  private func finish(_ transfer: CurlTransfer, _ code: CURLcode) {
    remove(transfer)
    ended(transfer, code)
  }
}
