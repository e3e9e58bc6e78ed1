import DataFiles

/// client-go's checks of what is about to be used, in its words.
struct Validation {
  let fileSystem: any FileSystem
  let workingDirectory: String

  func problems(cluster: KubeConfig.Cluster, name: String) -> [String] {
    var problems: [String] = []
    if cluster.server.isEmpty {
      problems.append(
        name.isEmpty ? "default cluster has no server defined" : "no server found for cluster \"\(name)\"")
    }
    if !cluster.proxyURL.isEmpty, let problem = ProxySettings.problem(cluster.proxyURL) {
      problems.append("invalid 'proxy-url' \(Printable.quoted(cluster.proxyURL)) for cluster \"\(name)\": \(problem)")
    }
    let hasData = !cluster.certificateAuthorityData.isEmpty
    if hasData, !cluster.certificateAuthority.isEmpty {
      problems.append(
        "certificate-authority-data and certificate-authority are both specified for \(name). "
          + "certificate-authority-data will override.")
    }
    problems += unusable(
      cluster.certificateAuthority, "certificate-authority", name,
      notPEM: "unable to load root certificates: unable to parse bytes as PEM block")
    if cluster.insecureSkipTLSVerify, hasData || !cluster.certificateAuthority.isEmpty {
      problems.append("specifying a root certificates file with the insecure flag is not allowed")
    }
    if hasData, !Self.isPEM(cluster.certificateAuthorityData) {
      problems.append(
        "unable to load root certificates: unable to parse bytes as PEM block")
    }
    return problems
  }

  func problems(user: KubeConfig.User, name: String) -> [String] {
    var problems: [String] = []
    let methods =
      (user.token.isEmpty ? [] : ["token"]) + (user.username.isEmpty && user.password.isEmpty ? [] : ["basicAuth"])
    if !Self.canStandInHeader(user.token) {
      problems.append("the token of \(name) holds spaces or line breaks; it cannot be sent in a header")
    }
    let hasCertificateData = !user.clientCertificateData.isEmpty
    if !user.clientCertificate.isEmpty || hasCertificateData {
      if !user.clientCertificate.isEmpty, hasCertificateData {
        problems.append(
          "client-cert-data and client-cert are both specified for \(name). client-cert-data will override.")
      }
      if !user.clientKey.isEmpty, !user.clientKeyData.isEmpty {
        problems.append(
          "client-key-data and client-key are both specified for \(name); client-key-data will override")
      }
      if user.clientKey.isEmpty, user.clientKeyData.isEmpty {
        problems.append(
          "client-key-data or client-key must be specified for \(name) to use the clientCert authentication method.")
      }
      problems += unusable(user.clientCertificate, "client-cert", name, notPEM: Self.certificateIsNotPEM)
      problems += unusable(user.clientKey, "client-key", name, notPEM: Self.keyIsNotPEM)
      if hasCertificateData, !Self.isPEM(user.clientCertificateData) { problems.append(Self.certificateIsNotPEM) }
      if !user.clientKeyData.isEmpty, !Self.isPEM(user.clientKeyData.revealedBytes) {
        problems.append(Self.keyIsNotPEM)
      }
    }
    if let exec = user.exec { problems += self.problems(exec: exec, user: user, name: name) }
    if methods.count > 1 {
      problems.append(
        "more than one authentication method found for \(name); found [\(methods.joined(separator: " "))], "
          + "only one is allowed")
    }
    let impersonation = user.impersonation
    let hasMore = !impersonation.uid.isEmpty || !impersonation.groups.isEmpty || !impersonation.extra.isEmpty
    if hasMore, impersonation.user.isEmpty {
      problems.append("requesting uid, groups or user-extra for \(name) without impersonating a user")
    }
    return problems
  }

  private func problems(exec: ExecConfig, user: KubeConfig.User, name: String) -> [String] {
    var problems: [String] = []
    let purpose = "to use exec authentication plugin"
    if user.authProvider != nil {
      problems.append("authProvider cannot be provided in combination with an exec plugin for \(name)")
    }
    if exec.command.isEmpty { problems.append("command must be specified for \(name) \(purpose)") }
    if exec.apiVersion.isEmpty {
      problems.append("apiVersion must be specified for \(name) \(purpose)")
    } else if exec.apiVersion != ExecConfig.v1, exec.apiVersion != ExecConfig.v1beta1 {
      problems.append("exec plugin: invalid apiVersion \(Printable.quoted(exec.apiVersion))")
    }
    for variable in exec.environment where variable.name.isEmpty {
      problems.append("env variable name must be specified for \(name) \(purpose)")
    }
    switch exec.interactiveMode {
    case "Never", "IfAvailable", "Always": break
    case "": problems.append("interactiveMode must be specified for \(name) \(purpose)")
    default: problems.append("invalid interactiveMode for \(name): \(Printable.quoted(exec.interactiveMode))")
    }
    return problems
  }

  /// What keeps a namespace from being part of a request's path; nil for a usable name.
  static func problem(namespace: String) -> String? {
    if namespace == "." || namespace == ".." {
      return "invalid namespace \"\(namespace)\": [may not be '\(namespace)']"
    }
    for letter in ["/", "%"] where namespace.contains(letter) {
      return "invalid namespace \(Printable.quoted(namespace)): [may not contain '\(letter)']"
    }
    guard namespace.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }), namespace.utf8.count <= 253 else {
      return "invalid namespace \(Printable.quoted(namespace)): it does not conform to the kubernetes DNS_LABEL rules"
    }
    return nil
  }

  /// Whether a token can be sent without ending the header or beginning another one.
  static func canStandInHeader(_ token: Secret) -> Bool {
    token.revealedBytes.allSatisfy { $0 > 0x20 && $0 != 0x7F }
  }

  private static let certificateIsNotPEM = "tls: failed to find any PEM data in certificate input"
  private static let keyIsNotPEM = "tls: failed to find any PEM data in key input"

  private func unusable(_ path: String, _ what: String, _ name: String, notPEM: String) -> [String] {
    guard !path.isEmpty else { return [] }
    do throws(FileError) {
      return Self.isPEM(try fileSystem.read(Path.join(workingDirectory, path))) ? [] : ["\(notPEM) (\(path))"]
    } catch {
      return ["unable to read \(what) \(path) for \(name) due to \(FileError(error.operation, path, error.reason))"]
    }
  }

  private static func isPEM(_ bytes: [UInt8]) -> Bool {
    let begin = Array("-----BEGIN ".utf8)
    guard bytes.count >= begin.count else { return false }
    return bytes.indices.dropLast(begin.count - 1).contains { bytes[$0] == 0x2D && bytes[$0...].starts(with: begin) }
  }
}
