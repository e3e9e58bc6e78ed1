import CPosix
import EventLoop
import Glibc
import Testing

/// A plain TCP server on the test's own loop that answers each request with what the test says.
final class ScriptedServer {
  /// One accepted connection.
  final class Connection {
    let descriptor: Int32
    /// What was received and not answered yet.
    fileprivate(set) var received = ""
    /// How many bytes the system has taken.
    private(set) var written = 0
    private let loop: Loop
    private var output: [UInt8] = []
    private var position = 0
    private var zerosLeft = 0
    private var closesAtEnd = false
    private(set) var isOpen = true
    fileprivate var onData: () -> Void = {}

    fileprivate init(loop: Loop, descriptor: Int32) {
      self.loop = loop
      self.descriptor = descriptor
      watch()
    }

    /// Sends the text, then that many zero bytes.
    func send(_ text: String, zeros: Int = 0) {
      send(Array(text.utf8), zeros: zeros)
    }

    func send(_ bytes: [UInt8], zeros: Int = 0) {
      output += bytes
      zerosLeft += zeros
      watch()
    }

    /// Closes when all is sent.
    func close() {
      closesAtEnd = true
      watch()
    }

    private var isDone: Bool { position == output.count && zerosLeft == 0 }

    private func watch() {
      guard isOpen else { return }
      if isDone && closesAtEnd { return end() }
      loop.watch(descriptor, isDone ? .readable : [.readable, .writable]) { [unowned self] ready in
        if ready.contains(.readable) { receive() }
        if ready.contains(.writable) && isOpen { write() }
      }
    }

    private func receive() {
      var bytes = [UInt8](repeating: 0, count: 65536)
      let count = read(descriptor, &bytes, bytes.count)
      if count < 0 && errno == EAGAIN { return }
      guard count > 0 else { return end() }
      received += String(decoding: bytes[..<count], as: UTF8.self)
      onData()
    }

    private func write() {
      if position == output.count && zerosLeft > 0 {
        output = [UInt8](repeating: 0, count: min(zerosLeft, 1 << 16))
        position = 0
        zerosLeft -= output.count
      }
      let count = output[position...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EAGAIN { return }
      guard count >= 0 else { return end() }
      position += count
      written += count
      if isDone { watch() }
    }

    private func end() {
      guard isOpen else { return }
      isOpen = false
      loop.unwatch(descriptor)
      Glibc.close(descriptor)
    }

    deinit { end() }
  }

  let port: Int
  /// Every connection so far.
  private(set) var connections: [Connection] = []
  /// The heads (and bodies, as far as they came with them) of all requests.
  private(set) var requests: [String] = []
  private let loop: Loop
  private let listener: Int32

  /// Calls `answer` for each request head.
  init(loop: Loop, answer: @escaping (String, Connection) -> Void) throws {
    self.loop = loop
    (listener, port) = try ScriptedServer.listen()
    loop.watch(listener, .readable) { [unowned self] _ in
      let accepted = accept(listener, nil, nil)
      guard accepted >= 0 else { return }
      _ = fcntl(accepted, F_SETFL, O_NONBLOCK)
      let connection = Connection(loop: loop, descriptor: accepted)
      connections.append(connection)
      connection.onData = { [unowned self, unowned connection] in
        guard connection.received.contains("\r\n\r\n") else { return }
        let request = connection.received
        connection.received = ""
        requests.append(request)
        answer(request, connection)
      }
    }
  }

  deinit {
    loop.unwatch(listener)
    close(listener)
  }

  var url: String { "http://127.0.0.1:\(port)/" }

  /// A listening socket on a free port of the loopback address.
  static func listen() throws -> (descriptor: Int32, port: Int) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let failed = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, size) != 0 || Glibc.listen(descriptor, 64) != 0 || getsockname(descriptor, $0, &size) != 0
      }
    }
    try #require(!failed)
    return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
  }

  /// A port of the loopback address where nobody listens.
  static func unusedPort() throws -> Int {
    let (descriptor, port) = try listen()
    close(descriptor)
    return port
  }
}
