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
    return try finish(
      ConnectionConfig(
        contextName: names.context, clusterName: names.cluster, userName: names.user,
        source: .kubeconfig(files: config.files), server: server, tls: nil, proxy: nil,
        disableCompression: cluster.disableCompression, namespace: namespace,
        allNamespaces: overrides.allNamespaces, impersonation: user.impersonation, authentication: .none,
        requestTimeout: RequestTimeout.parse(overrides.requestTimeout ?? ""), warnings: [], execClusterInfo: Secret("")),
      cluster: cluster, user: user)
  }

  /// Fills in what depends on whether the connection is encrypted: credentials never go over plain http.
  private func finish(
    _ draft: ConnectionConfig, cluster: KubeConfig.Cluster, user: KubeConfig.User
  ) throws(KubeConfigError) -> ConnectionConfig {
    var result = draft
    result.proxy = ProxySettings.settings(
      clusterProxy: cluster.proxyURL, server: draft.server, environment: environment)
    let credentials = Credentials(user: user, fileSystem: fileSystem, workingDirectory: workingDirectory)
    guard draft.server.isEncrypted else {
      if credentials.exist || draft.server.userInfo != nil {
        result.warnings.append("The server is plain http, so no credentials are sent to it.")
      }
      return result
    }
    result.authentication = try credentials.authentication(userInfo: draft.server.userInfo)
    var tls = ConnectionConfig.TLS()
    tls.certificateAuthority = Self.pem(cluster.certificateAuthority, cluster.certificateAuthorityData)
    tls.clientCertificate = credentials.clientCertificate
    tls.serverName = cluster.tlsServerName.isEmpty ? nil : cluster.tlsServerName
    tls.isInsecure = cluster.insecureSkipTLSVerify
    result.tls = tls
    if tls.isInsecure { result.warnings.append("The server's certificate is not verified (insecure-skip-tls-verify).") }
    if case .basic = result.authentication {
      result.warnings.append("Basic authentication is refused by servers since Kubernetes 1.19.")
    }
    result.execClusterInfo = ExecInput.clusterInfo(cluster, authority: authority(of: cluster))
    return result
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
    var tls = ConnectionConfig.TLS()
    tls.certificateAuthority = pod.certificateAuthority
    if let path = overrides.certificateAuthority, !path.isEmpty { tls.certificateAuthority = .file(absolute(path)) }
    return ConnectionConfig(
      contextName: "", clusterName: "", userName: "", source: .inCluster, server: server, tls: tls,
      proxy: ProxySettings.settings(clusterProxy: "", server: server, environment: environment),
      disableCompression: overrides.disableCompression, namespace: namespace,
      allNamespaces: overrides.allNamespaces, impersonation: user.impersonation,
      authentication: overrides.token.map { .token($0) }
        ?? .tokenFile(path: InClusterConfig.tokenPath, fallback: nil),
      requestTimeout: try RequestTimeout.parse(overrides.requestTimeout ?? ""), warnings: [],
      execClusterInfo: Secret(""))
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
