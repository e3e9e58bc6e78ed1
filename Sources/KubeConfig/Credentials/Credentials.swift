import DataFiles

/// Chooses among what a user has, in client-go's order.
struct Credentials {
  let userName: String
  let user: KubeConfig.User
  let fileSystem: any FileSystem
  let workingDirectory: String

  /// Whether there is anything to send.
  var exist: Bool {
    !user.token.isEmpty || !user.tokenFile.isEmpty || !user.username.isEmpty || !user.password.isEmpty
      || user.exec != nil || user.authProvider != nil || clientCertificate != nil
  }

  var clientCertificate: ConnectionConfig.ClientCertificate? {
    guard
      let certificate = ConnectionResolver.pem(user.clientCertificate, user.clientCertificateData),
      let key = ConnectionResolver.pem(user.clientKey, user.clientKeyData.revealedBytes)
    else { return nil }
    return .init(certificate: certificate, key: key)
  }

  /// A file's token beats a token; both beat everything but a certificate, which goes along. A plugin runs only when
  /// there is nothing else at all. User name and password in the address come last.
  func authentication(userInfo: ServerURL.UserInfo?) throws(KubeConfigError) -> ConnectionConfig.Authentication {
    if !user.tokenFile.isEmpty { return try tokenFile() }
    if !user.token.isEmpty { return .token(user.token) }
    if !user.username.isEmpty || !user.password.isEmpty {
      return .basic(username: user.username, password: user.password)
    }
    if let provider = user.authProvider {
      return provider.name == "oidc"
        ? .oidc(
          OIDCCredentials(
            provider.config, userName: userName, file: user.origin?.file ?? "", workingDirectory: workingDirectory))
        : .removedProvider(RemovedProvider(name: provider.name))
    }
    if clientCertificate == nil, let exec = user.exec { return .exec(exec) }
    if let userInfo { return .basic(username: userInfo.username, password: userInfo.password) }
    return clientCertificate == nil ? .none : .clientCertificate
  }

  /// A token file that cannot be read is an error unless there is a token to use instead.
  private func tokenFile() throws(KubeConfigError) -> ConnectionConfig.Authentication {
    let fallback = user.token.isEmpty ? nil : user.token
    var source = TokenFileSource(path: user.tokenFile, fallback: fallback)
    do throws(TokenFileSource.Failure) {
      _ = try source.token(now: 0, fileSystem: fileSystem)
    } catch {
      throw KubeConfigError(
        .invalid, "\(error)", hint: "Write a valid token to the file, or take tokenFile out of the kubeconfig.")
    }
    return .tokenFile(path: user.tokenFile, fallback: fallback)
  }
}
