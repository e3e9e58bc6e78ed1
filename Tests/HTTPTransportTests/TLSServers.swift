import CPosix
import EventLoop
import Glibc
import TestSupport
import Testing

@testable import HTTPTransport

/// Certificates made by openssl and TLS servers run by python3, shared by the tests of this run. They end with it.
struct TLSServers: Sendable {
  /// Ports by name: see the script.
  let ports: [String: Int]
  private let temporary: TemporaryFolder
  /// The folder of the certificates.
  let folder: String

  /// Why there are none, where openssl or python3 are missing.
  struct Unavailable: Error {
    let reason: String
  }

  static let shared = Result { try TLSServers() }

  func file(_ name: String) throws -> [UInt8] {
    let file = try #require(fopen("\(folder)/\(name)", "r"))
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 100_000)
    let count = fread(&bytes, 1, bytes.count, file)
    return Array(bytes.prefix(count))
  }

  func pem(_ name: String) throws -> PEM { PEM(try file(name)) }

  func url(_ server: String, host: String = "127.0.0.1") throws -> String {
    "https://\(host):\(try #require(ports[server]))/"
  }

  private init() throws {
    let loop = try Loop()
    temporary = try TemporaryFolder()
    folder = temporary.path
    let made = try TLSServers.run(loop, ProcessRequest("sh", ["-c", certificates, "sh", folder], environment: plain))
    guard made.succeeded else { throw Unavailable(reason: String(decoding: made.errorOutput, as: UTF8.self)) }
    // The servers end when the writing end of their input is closed, with this process at the latest.
    var (input, hold, output, line): (Int32, Int32, Int32, Int32) = (-1, -1, -1, -1)
    guard pm_pipe(&input, &hold) == 0, pm_pipe(&output, &line) == 0 else { throw Unavailable(reason: "no pipes") }
    loop.spawn(
      ProcessRequest(
        "python3", ["-c", servers, folder], environment: plain, input: .descriptor(input), output: .descriptor(line),
        errorOutput: .discarded)
    ) { _ in }
    close(input)
    close(line)
    defer { close(output) }
    var text: [UInt8] = []
    loop.watch(output, .readable) { _ in
      var bytes = [UInt8](repeating: 0, count: 4096)
      let count = read(output, &bytes, bytes.count)
      if count <= 0 { loop.unwatch(output) }
      text += bytes.prefix(max(0, count))
    }
    guard loop.run(until: { text.contains(10) }, limit: .seconds(60)) else {
      throw Unavailable(reason: "python3 did not start the servers")
    }
    loop.unwatch(output)
    var ports: [String: Int] = [:]
    for pair in String(decoding: text, as: UTF8.self).split(whereSeparator: \.isWhitespace) {
      let parts = pair.split(separator: "=")
      if parts.count == 2 { ports[String(parts[0])] = Int(parts[1]) }
    }
    self.ports = ports
  }

  private static func run(_ loop: Loop, _ request: ProcessRequest) throws -> ProcessResult {
    var result: Result<ProcessResult, ProcessFailure>?
    loop.spawn(request) { result = $0 }
    guard loop.run(until: { result != nil }, limit: .seconds(60)), let result else {
      throw Unavailable(reason: "\(request.executable) did not end")
    }
    return try result.get()
  }
}

private let plain = [
  "PATH": getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin", "HOME": "/nonexistent",
]

/// An authority with certificates for the loopback address, for another name, out of date, and for a client; and
/// another authority that nobody knows.
private let certificates = """
  set -e
  cd "$1"
  key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"; }
  authority() { key "$1"; openssl req -x509 -new -key "$1.key" -days 30 -subj "/CN=$1" -out "$1.crt"; }
  issue() { # name, authority, days, extensions
    key "$1"
    openssl req -new -key "$1.key" -subj "/CN=$1" -out "$1.csr"
    printf '%s' "$4" > "$1.ext"
    set -- "$1" "$3" -CA "$2.crt" -CAkey "$2.key" -CAcreateserial -extfile "$1.ext"
    name=$1 days=$2; shift 2
    openssl x509 -req -in "$name.csr" -days "$days" "$@" -out "$name.crt"
  }
  authority ca
  authority stranger
  issue good ca 30 subjectAltName=IP:127.0.0.1,DNS:localhost
  issue other ca 30 subjectAltName=DNS:other.test
  issue expired ca -1 subjectAltName=IP:127.0.0.1
  issue client ca 30 extendedKeyUsage=clientAuth
  issue unknown stranger 30 extendedKeyUsage=clientAuth
  openssl ec -in client.key -aes128 -passout pass:secret -out encrypted.key
  mkdir www
  echo small > www/small
  truncate -s 50000000 www/big
  """

/// Each server answers with what it saw: server name asked for, the client's certificate, the request. `proxy` tunnels
/// every CONNECT to the server named by the first label of the host (`good.proxied.test`), refuses `no.`, and speaks
/// SOCKS 5 too; `secureproxy` does so over TLS.
private let servers = """
  import os, shutil, socket, ssl, sys, threading
  folder = sys.argv[1]
  ports = {}

  def listen(name, handle):
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    ports[name] = listener.getsockname()[1]
    def serve():
      while True:
        connection, _ = listener.accept()
        threading.Thread(target=guarded, args=(handle, connection), daemon=True).start()
    threading.Thread(target=serve, daemon=True).start()

  def guarded(handle, connection):
    try: handle(connection)
    except OSError: pass
    finally: connection.close()

  def head(connection):
    data = b""
    while not data.endswith(b"\\r\\n\\r\\n"):
      more = connection.recv(1)
      if not more: raise OSError("closed")
      data += more
    return data

  def tls(certificate, authority=None, maximum=ssl.TLSVersion.TLSv1_3, minimum=ssl.TLSVersion.TLSv1_2):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{folder}/{certificate}.crt", f"{folder}/{certificate}.key")
    if minimum < ssl.TLSVersion.TLSv1_2: context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version, context.maximum_version = minimum, maximum
    if authority:
      context.verify_mode = ssl.CERT_REQUIRED
      context.load_verify_locations(f"{folder}/{authority}.crt")
    def name(connection, asked, _): connection.asked = asked
    context.sni_callback = name
    return context

  def website(context):
    def handle(connection):
      # Closing with unread data would reset the connection, and the alert could be lost.
      copy = connection.dup()
      try: secure = context.wrap_socket(connection, server_side=True)
      except ssl.SSLError:
        copy.shutdown(socket.SHUT_WR)
        while copy.recv(65536): pass
        return
      finally: copy.close()
      while True:
        request = head(secure).decode()
        peer = secure.getpeercert() if context.verify_mode else None
        common = dict(x[0] for x in peer["subject"])["commonName"] if peer else ""
        body = f"sni={getattr(secure, 'asked', None)} client={common} {secure.version()}\\n{request}".encode()
        secure.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n" % len(body) + body)
    return handle

  def relay(one, other):
    def copy(a, b):
      try:
        while data := a.recv(65536): b.sendall(data)
        b.shutdown(socket.SHUT_WR)
      except OSError: pass
    thread = threading.Thread(target=copy, args=(one, other), daemon=True)
    thread.start()
    copy(other, one)
    thread.join()

  def proxy(connection):
    if connection.recv(1, socket.MSG_PEEK if not isinstance(connection, ssl.SSLSocket) else 0) == b"\\x05":
      connection.recv(1); methods = connection.recv(connection.recv(1)[0]); connection.sendall(b"\\x05\\x00")
      kind = connection.recv(4)[3]
      host = connection.recv(connection.recv(1)[0]).decode() if kind == 3 else "no"
      connection.recv(2)
      if host.startswith("no"): return connection.sendall(b"\\x05\\x02\\x00\\x01\\0\\0\\0\\0\\0\\0")
      connection.sendall(b"\\x05\\x00\\x00\\x01\\0\\0\\0\\0\\0\\0")
    else:
      request = head(connection).decode()
      host = request.split(" ")[1]
      if host.startswith("no."):
        return connection.sendall(b"HTTP/1.1 403 Forbidden\\r\\nContent-Length: 2\\r\\n\\r\\nno")
      connection.sendall(b"HTTP/1.1 200 Connection established\\r\\nX-From-Proxy: yes\\r\\n\\r\\n")
    relay(connection, socket.create_connection(("127.0.0.1", ports[host.split(".")[0]])))

  def secureproxy(connection):
    secure = tls("good").wrap_socket(connection, server_side=True)
    request = b"C" + head(secure)[1:]
    host = request.decode().split(" ")[1]
    secure.sendall(b"HTTP/1.1 200 Connection established\\r\\n\\r\\n")
    back = socket.create_connection(("127.0.0.1", ports[host.split(".")[0]]))
    secure.settimeout(0.005)
    back.settimeout(0.005)
    while True:
      for a, b in ((secure, back), (back, secure)):
        try:
          data = a.recv(65536)
          if not data: return
          b.sendall(data)
        except (TimeoutError, ssl.SSLWantReadError): pass

  listen("good", website(tls("good")))
  listen("other", website(tls("other")))
  listen("expired", website(tls("expired")))
  listen("mutual", website(tls("good", "ca")))
  listen("mutual12", website(tls("good", "ca", maximum=ssl.TLSVersion.TLSv1_2)))
  listen("old", website(tls("good", maximum=ssl.TLSVersion.TLSv1_1, minimum=ssl.TLSVersion.TLSv1)))
  listen("proxy", proxy)
  listen("secureproxy", secureproxy)
  print(" ".join(f"{name}={port}" for name, port in ports.items()), flush=True)
  sys.stdin.read()
  shutil.rmtree(folder)
  os._exit(0)
  """
