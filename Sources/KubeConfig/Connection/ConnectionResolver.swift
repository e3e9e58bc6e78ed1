import DataFiles

/// Makes a connection of a kubeconfig, the flags and the environment, by client-go's rules.
public struct ConnectionResolver: Sendable {
  private let environment: [String: String]
  private let fileSystem: any FileSystem
  private let workingDirectory: String

  /// A resolver; see `KubeConfigLoader` for the parameters.
  public init(environment: [String: String], fileSystem: any FileSystem, workingDirectory: String) {
    self.environment = environment
    self.fileSystem = fileSystem
    self.workingDirectory = workingDirectory
  }

  /// Reads the kubeconfig that the flags and the environment name, and resolves it.
  public func connection(_ overrides: ConnectionOverrides) throws(KubeConfigError) -> ConnectionConfig {
    let loader = KubeConfigLoader(
      environment: environment, fileSystem: fileSystem, workingDirectory: workingDirectory)
    return try connection(overrides, of: loader.load(explicitPath: overrides.kubeconfig))
  }

  /// Resolves a kubeconfig; the service account of a pod is used only when it yields nothing.
  public func connection(
    _ overrides: ConnectionOverrides, of config: KubeConfig
  ) throws(KubeConfigError) -> ConnectionConfig {
    if let name = overrides.namespace, let problem = Validation.problem(namespace: name) {
      throw KubeConfigError(.flag, problem)
    }
    let selection = Selection(config: config, overrides: overrides)
    let names = try selection.names()
    var (cluster, user) = selection.merged(names)
    cluster.certificateAuthority = absolute(cluster.certificateAuthority)
    user.clientCertificate = absolute(user.clientCertificate)
    user.clientKey = absolute(user.clientKey)
    let pod = InClusterConfig(environment: environment, fileSystem: fileSystem)
    if cluster.server.isEmpty, names.cluster.isEmpty {
      guard pod.isPossible else { throw nothingConfigured(config, names: names) }
      return try inCluster(pod, overrides: overrides, user: user)
    }
    try selection.checkReferences(names)
    let validation = Validation(fileSystem: fileSystem, workingDirectory: workingDirectory)
    var problems =
      validation.problems(user: user, name: names.user) + validation.problems(cluster: cluster, name: names.cluster)
    var server: ServerURL?
    if !cluster.server.isEmpty {
      do throws(ServerURL.Invalid) {
        server = try ServerURL(cluster.server)
      } catch {
        problems.append("invalid server for cluster \"\(names.cluster)\": \(error)")
      }
    }
    var namespace = overrides.namespace ?? ""
    if namespace.isEmpty { namespace = config.contexts[names.context]?.namespace ?? "" }
    if namespace.isEmpty { namespace = pod.isPossible ? pod.namespace : "default" }
    if let problem = Validation.problem(namespace: namespace) { problems.append(problem) }
    guard problems.isEmpty, let server else { throw KubeConfigError(.invalid, problems: problems) }
    var result = ConnectionConfig(server: server, source: .kubeconfig(files: config.files))
    result.contextName = names.context
    result.clusterName = names.cluster
    result.userName = names.user
    if let problem = selection.missingUser(names) { result.warnings.append(problem) }
    result.disableCompression = cluster.disableCompression
    result.namespace = namespace
    result.allNamespaces = overrides.allNamespaces
    result.impersonation = user.impersonation
    result.requestTimeout = try RequestTimeout.parse(overrides.requestTimeout ?? "")
    try secure(&result, cluster: cluster, user: user)
    return result
  }

  /// Fills in what depends on whether the connection is encrypted: credentials never go over plain http.
  private func secure(
    _ result: inout ConnectionConfig, cluster: KubeConfig.Cluster, user: KubeConfig.User
  ) throws(KubeConfigError) {
    result.proxy = ProxySettings.settings(
      clusterProxy: cluster.proxyURL, server: result.server, environment: environment)
    let credentials = Credentials(
      userName: result.userName, user: user, fileSystem: fileSystem, workingDirectory: workingDirectory)
    guard result.server.isEncrypted else {
      if credentials.exist || result.server.userInfo != nil {
        result.warnings.append("The server is plain http, so no credentials are sent to it.")
      }
      return
    }
    result.authentication = try credentials.authentication(userInfo: result.server.userInfo)
    var tls = ConnectionConfig.TLS()
    tls.certificateAuthority = Self.pem(cluster.certificateAuthority, cluster.certificateAuthorityData)
    tls.clientCertificate = credentials.clientCertificate
    tls.serverName = cluster.tlsServerName.isEmpty ? nil : cluster.tlsServerName
    tls.isInsecure = cluster.insecureSkipTLSVerify
    result.tls = tls
    if tls.isInsecure { result.warnings.append(ConnectionConfig.insecureWarning) }
    if case .basic = result.authentication {
      result.warnings.append("Basic authentication is refused by servers since Kubernetes 1.19.")
    }
    result.execClusterInfo = ExecInput.clusterInfo(cluster, authority: authority(of: cluster))
  }

  private func inCluster(
    _ pod: InClusterConfig, overrides: ConnectionOverrides, user: KubeConfig.User
  ) throws(KubeConfigError) -> ConnectionConfig {
    let server: ServerURL
    do throws(ServerURL.Invalid) {
      server = try ServerURL(pod.server)
    } catch {
      throw KubeConfigError(
        .invalid, "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT name no server: \(error)",
        hint: "Kubernetes sets both in every pod; unset them elsewhere.")
    }
    let namespace = overrides.namespace.flatMap { $0.isEmpty ? nil : $0 } ?? pod.namespace
    if let problem = Validation.problem(namespace: namespace) { throw KubeConfigError(.invalid, problem) }
    var result = ConnectionConfig(server: server, source: .inCluster)
    result.tls?.certificateAuthority = pod.certificateAuthority
    if let path = overrides.certificateAuthority, !path.isEmpty {
      result.tls?.certificateAuthority = .file(absolute(path))
    }
    result.proxy = ProxySettings.settings(clusterProxy: "", server: server, environment: environment)
    result.disableCompression = overrides.disableCompression
    result.namespace = namespace
    result.allNamespaces = overrides.allNamespaces
    result.impersonation = user.impersonation
    result.authentication =
      overrides.token.map { .token($0) } ?? .tokenFile(path: InClusterConfig.tokenPath, fallback: nil)
    result.requestTimeout = try RequestTimeout.parse(overrides.requestTimeout ?? "")
    return result
  }

  private func nothingConfigured(_ config: KubeConfig, names: Selection.Names) -> KubeConfigError {
    if !config.contexts.isEmpty, names.context.isEmpty {
      let known = config.contexts.keys.sorted().prefix(5).map(Printable.quoted).joined(separator: ", ")
      return KubeConfigError(.unknownContext, "no context chosen", hint: "Choose one with --context: \(known).")
    }
    if !names.context.isEmpty {
      return KubeConfigError(.invalid, "cluster was not specified for context \(Printable.quoted(names.context))")
    }
    let looked = config.missingFiles.isEmpty ? "" : " (not found: \(config.missingFiles.joined(separator: ", ")))"
    return KubeConfigError(
      .empty, "no configuration has been provided, try setting KUBERNETES_MASTER environment variable\(looked)")
  }

  private func authority(of cluster: KubeConfig.Cluster) -> [UInt8] {
    guard cluster.certificateAuthorityData.isEmpty, !cluster.certificateAuthority.isEmpty else {
      return cluster.certificateAuthorityData
    }
    // Validation has read the file already; if it is gone by now the plugin is told of no authority.
    return (try? fileSystem.read(cluster.certificateAuthority)) ?? []
  }

  private func absolute(_ path: String) -> String { path.isEmpty ? "" : Path.join(workingDirectory, path) }

  static func pem(_ path: String, _ data: [UInt8]) -> ConnectionConfig.PEM? {
    if !data.isEmpty { return .inline(Secret(data)) }
    return path.isEmpty ? nil : .file(path)
  }
}
