import DataFiles
import HTTPTransport
import KubeClient
import KubeConfig

extension Endpoint {
  /// The server of a connection: TLS, proxy, compression, impersonation and the user's limit for requests.
  /// Client certificates come with the credentials, because their files are read again.
  /// - Throws: when the file of the certificate authority cannot be read.
  public init(_ connection: ConnectionConfig, fileSystem: any FileSystem) throws(FileError) {
    var options = ConnectionOptions(disableCompression: connection.disableCompression)
    if let tls = connection.tls {
      options.insecureSkipTLSVerify = tls.isInsecure
      options.tlsServerName = tls.serverName
      switch tls.certificateAuthority {
      case .inline(let pem): options.ca = PEM(pem.revealedBytes)
      case .file(let path): options.ca = PEM(try fileSystem.read(path))
      case nil: break
      }
    }
    // A proxy of the environment is left to the transport, which also knows the hosts that are excepted.
    if let proxy = connection.proxy, proxy.origin == .cluster { options.proxyURL = proxy.url.revealed }
    self.init(url: connection.server.description, options: options)
    headers = connection.impersonation.headers.map { ($0.name, $0.value) }
    requestTimeout = connection.requestTimeout
  }
}
