import DataFiles

/// What a credential plugin printed, checked by client-go's rules.
public struct ExecCredential: Sendable, Hashable {
  /// A bearer token.
  public let token: Secret?
  /// A client certificate with its key.
  public let clientCertificate: ClientCertificateSource.Pair?
  /// When it ends, in seconds since 1970; nil when it lasts until the server refuses it.
  public let expiration: Double?

  /// Reads the output of a plugin, JSON or YAML.
  /// - Throws: when it is not an `ExecCredential` of the version the kubeconfig names, or holds no usable credential.
  public init(output: [UInt8], apiVersion: String) throws(ExecError) {
    let status = try Self.status(output, apiVersion: apiVersion)
    func text(_ key: String) throws(ExecError) -> String {
      guard let node = status[key], !node.isNull else { return "" }
      guard let text = node.text, node.bool == nil, node.number == nil else {
        throw ExecError("decoding stdout: status.\(key) must be text, not \(node.kindName)")
      }
      return text
    }
    let token = try text("token")
    let certificate = try text("clientCertificateData")
    let key = try text("clientKeyData")
    guard !token.isEmpty || !certificate.isEmpty || !key.isEmpty else {
      throw ExecError("exec plugin didn't return a token or cert/key pair")
    }
    guard certificate.isEmpty == key.isEmpty else {
      throw ExecError("exec plugin returned only certificate or key, not both")
    }
    guard certificate.isEmpty || (certificate.contains("-----BEGIN ") && key.contains("-----BEGIN ")) else {
      throw ExecError("failed parsing client key/certificate: tls: failed to find any PEM data in certificate input")
    }
    let expiration = try text("expirationTimestamp")
    self.expiration = expiration.isEmpty ? nil : RFC3339.seconds(expiration)
    guard expiration.isEmpty || self.expiration != nil else {
      throw ExecError("decoding stdout: expirationTimestamp \(Printable.quoted(expiration)) is not an RFC 3339 time")
    }
    // A token goes into a header: a line break in it would begin another one.
    guard Validation.canStandInHeader(Secret(token)) else {
      throw ExecError("exec plugin returned a token with spaces or control characters")
    }
    self.token = token.isEmpty ? nil : Secret(token)
    clientCertificate = certificate.isEmpty ? nil : .init(certificate: Array(certificate.utf8), key: Secret(key))
  }

  private static func status(_ output: [UInt8], apiVersion: String) throws(ExecError) -> DataNode {
    let root: DataNode?
    do throws(DataProblem) {
      root = try YAMLFile.firstDocument(output, file: "stdout")
    } catch {
      // The message of a broken document quotes nothing of it; it may hold half a token.
      throw ExecError("decoding stdout: line \(error.line): \(error.message)")
    }
    guard let root, root.entries != nil else {
      throw ExecError("decoding stdout: the plugin printed \(root?.kindName ?? "nothing"), not an ExecCredential")
    }
    // Go's decoder takes the version it was told to expect when the output names none.
    let version = root["apiVersion"]?.text ?? apiVersion
    let kind = root["kind"]?.text ?? "ExecCredential"
    guard kind == "ExecCredential" else {
      throw ExecError(
        "decoding stdout: no kind \(Printable.quoted(kind)) is registered for version \(Printable.quoted(version))")
    }
    guard version == apiVersion else {
      throw ExecError(
        "exec plugin is configured to use API version \(apiVersion), plugin returned version \(Printable.plain(version))",
        hint: "Set apiVersion of the plugin in the kubeconfig to \(Printable.plain(version)).")
    }
    guard let status = root["status"], !status.isNull else {
      throw ExecError("exec plugin didn't return a status field")
    }
    guard status.entries != nil else { throw ExecError("decoding stdout: status is \(status.kindName), not a mapping") }
    return status
  }
}
