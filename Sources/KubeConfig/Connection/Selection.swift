import DataFiles

/// Which context, cluster and user are meant, and what they are with the flags laid over them.
struct Selection {
  struct Names {
    var context: String
    var cluster: String
    var user: String
  }

  let config: KubeConfig
  let overrides: ConnectionOverrides

  /// The names, if what flags ask for exists.
  func names() throws(KubeConfigError) -> Names {
    let asked = overrides.context ?? ""
    let context = asked.isEmpty ? config.currentContext : asked
    if !context.isEmpty, config.contexts[context] == nil {
      let text =
        asked.isEmpty
        ? "context was not found for specified context: \(Printable.plain(context))"
        : "context \(Printable.quoted(context)) does not exist"
      throw KubeConfigError(.unknownContext, text, hint: suggestion(context, config.contexts.keys))
    }
    let entry = config.contexts[context]
    var names = Names(context: context, cluster: entry?.cluster ?? "", user: entry?.user ?? "")
    if let user = overrides.user, !user.isEmpty {
      guard config.users[user] != nil else {
        throw KubeConfigError(
          .unknownUser, "auth info \(Printable.quoted(user)) does not exist", hint: suggestion(user, config.users.keys))
      }
      names.user = user
    }
    if let cluster = overrides.cluster, !cluster.isEmpty {
      guard config.clusters[cluster] != nil else {
        throw KubeConfigError(
          .unknownCluster, "cluster \(Printable.quoted(cluster)) does not exist",
          hint: suggestion(cluster, config.clusters.keys))
      }
      names.cluster = cluster
    }
    return names
  }

  /// Refuses a context that refers to a cluster that does not exist, unless a flag takes its place. kubectl goes on with
  /// `localhost:8080` here, which helps nobody.
  func checkReferences(_ names: Names) throws(KubeConfigError) {
    if !names.cluster.isEmpty, config.clusters[names.cluster] == nil, overrides.server?.isEmpty ?? true {
      let context = Printable.quoted(names.context)
      let problem = "cluster \(Printable.quoted(names.cluster)) was not found for context \(context)"
      throw KubeConfigError(.invalid, problems: [problem])
    }
  }

  /// That a context names a user who does not exist: client-go checks only who is asked for by `--user` and goes on
  /// without credentials.
  func missingUser(_ names: Names) -> String? {
    guard !names.user.isEmpty, config.users[names.user] == nil else { return nil }
    let context = Printable.quoted(names.context)
    return "user \(Printable.quoted(names.user)) was not found for context \(context), so that it has no credentials."
  }

  /// The cluster and the user with the flags laid over them.
  func merged(_ names: Names) -> (cluster: KubeConfig.Cluster, user: KubeConfig.User) {
    (cluster(config.clusters[names.cluster] ?? .init()), user(config.users[names.user] ?? .init()))
  }

  private func cluster(_ base: KubeConfig.Cluster) -> KubeConfig.Cluster {
    var cluster = base
    let server = overrides.server ?? ""
    let authority = overrides.certificateAuthority ?? ""
    let tlsServerName = overrides.tlsServerName ?? ""
    if !server.isEmpty { cluster.server = server }
    if overrides.insecureSkipTLSVerify || !authority.isEmpty {
      cluster.insecureSkipTLSVerify = overrides.insecureSkipTLSVerify
      cluster.certificateAuthority = authority
      cluster.certificateAuthorityData = []
    }
    // Another server has another name: the file's tls-server-name would be wrong for it.
    if !server.isEmpty || !tlsServerName.isEmpty { cluster.tlsServerName = tlsServerName }
    if let proxy = overrides.proxyURL, !proxy.isEmpty { cluster.proxyURL = proxy }
    if overrides.disableCompression { cluster.disableCompression = true }
    return cluster
  }

  private func user(_ base: KubeConfig.User) -> KubeConfig.User {
    var user = base
    if let token = overrides.token, !token.isEmpty { user.token = token }
    if let name = overrides.username, !name.isEmpty { user.username = name }
    if let password = overrides.password, !password.isEmpty { user.password = password }
    if let path = overrides.clientCertificate, !path.isEmpty {
      user.clientCertificate = path
      user.clientCertificateData = []
    }
    if let path = overrides.clientKey, !path.isEmpty {
      user.clientKey = path
      user.clientKeyData = Secret("")
    }
    if let name = overrides.impersonatedUser, !name.isEmpty { user.impersonation.user = name }
    if let uid = overrides.impersonatedUID, !uid.isEmpty { user.impersonation.uid = uid }
    if !overrides.impersonatedGroups.isEmpty { user.impersonation.groups = overrides.impersonatedGroups }
    let extra = Dictionary(grouping: overrides.impersonatedExtra, by: \.key).mapValues { $0.map(\.value) }
    user.impersonation.extra.merge(extra) { _, flag in flag }
    return user
  }

  private func suggestion(_ name: String, _ known: some Sequence<String>) -> String? {
    Suggestion.closest(to: name, among: known.sorted()).map { "Did you mean \(Printable.quoted($0))?" }
  }
}
