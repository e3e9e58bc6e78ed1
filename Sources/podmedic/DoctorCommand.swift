import ArgumentParser
import Captures
import DataFiles
import Diagnosis
import Glibc
import HTTPTransport
import Kube
import KubeClient
import KubeConfig
import PlainInterface
import Session

/// `podmedic doctor`: what podmedic works with and what it may do, without secrets.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Shows the configuration, the server, the permissions and the terminal.")

  @OptionGroup var connection: ConnectionFlags

  func run() throws {
    let environment = CommandContext.environment
    tell("podmedic", "v\(Podmedic.version)")
    if connection.from.isEmpty { tellFiles(environment) }
    tellConfiguration(environment)
    tellTerminal(environment)
    let context = try CommandContext(connection)
    if let capture = context.capture {
      tell(capture)
      tellContents(of: capture, namespace: context.namespace)
      return try context.finish()
    }
    tell(context.connection)
    let version = try context.serverVersion()
    tell("Server version", "\(version.gitVersion) \(version.platform)")
    try KindWords(context: context).discover()
    tellCatalog(context)
    tellPermissions(context)
  }

  private func tell(_ name: String, _ value: String) {
    let padding = String(repeating: " ", count: max(1, 18 - name.count))
    Output.write("\(name):\(padding)\(PlainText.line(value))\n")
  }

  private func tellFiles(_ environment: [String: String]) {
    let loader = KubeConfigLoader(
      environment: environment, fileSystem: DiskFileSystem(), workingDirectory: CommandContext.workingDirectory)
    for path in loader.candidates(explicitPath: connection.kubeconfig) {
      tell("Kubeconfig", "\(path) (\(Self.state(path)))")
    }
  }

  /// Whether a file could be read, else why not.
  private static func state(_ path: String) -> String {
    do throws(FileError) {
      _ = try DiskFileSystem().read(Path.join(CommandContext.workingDirectory, path))
      return "read"
    } catch {
      return error.description
    }
  }

  private func tellConfiguration(_ environment: [String: String]) {
    guard let path = Configuration.path(environment: environment) else { return }
    let configuration = Configuration(environment: environment, fileSystem: DiskFileSystem())
    if configuration.problems.isEmpty { tell("Configuration", "\(path) (\(Self.state(path)))") }
    for problem in configuration.problems { tell("Configuration", "\(problem)") }
    if !configuration.problems.isEmpty { tell("Changes", "none are made until the configuration has been put right") }
  }

  private func tellTerminal(_ environment: [String: String]) {
    guard isatty(STDOUT_FILENO) == 1 else { return tell("Terminal", "none: output is not a terminal") }
    var size = winsize()
    _ = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size)
    let colours = environment["NO_COLOR"]?.isEmpty == false ? "NO_COLOR" : environment["COLORTERM"] ?? "by TERM"
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }.first { !$0.isEmpty } ?? "C"
    tell(
      "Terminal",
      "\(environment["TERM"] ?? "unknown"), \(size.ws_col)x\(size.ws_row), colours \(colours), locale \(locale)")
  }

  private func tell(_ connection: ConnectionConfig) {
    switch connection.source {
    case .kubeconfig: tell("Context", connection.contextName.isEmpty ? "none" : connection.contextName)
    case .inCluster: tell("Context", "the service account of this pod")
    }
    tell("Cluster", connection.clusterName.isEmpty ? "none" : connection.clusterName)
    tell("Server", connection.server.description)
    tell("Namespace", connection.allNamespaces ? "all" : connection.namespace)
    tell("User", connection.userName.isEmpty ? "none" : connection.userName)
    tell("Authentication", Self.method(connection))
    if let validity = Self.validity(connection) { tell("Certificate", validity) }
    if !connection.impersonation.user.isEmpty { tell("Acting as", connection.impersonation.user) }
    if let tls = connection.tls {
      let authority =
        switch tls.certificateAuthority {
        case .inline: "that of the kubeconfig"
        case .file(let path): path
        case nil: "those of this machine"
        }
      tell("Authority", tls.isInsecure ? "none: the server's certificate is not verified" : authority)
      if let name = tls.serverName { tell("TLS server name", name) }
    }
    if let proxy = connection.proxy { tell("Proxy", proxy.description) }
    for warning in connection.warnings { tell("Warning", warning) }
  }

  /// Until when the client certificate holds; nil where there is none or its files cannot be understood, which is told
  /// when the server is asked.
  private static func validity(_ connection: ConnectionConfig) -> String? {
    let now = CommandContext.wallClock()
    guard let source = connection.tls?.clientCertificate else { return nil }
    var files = ClientCertificateSource(source)
    guard let pair = try? files.pair(now: Double(now.seconds), fileSystem: DiskFileSystem()).pair,
      let certificate = Certificate(pem: pair.certificate)
    else { return nil }
    let end = certificate.notAfter
    if now > end { return "expired on \(end.description), \(now.since(end).human) ago" }
    let start = certificate.notBefore
    if now < start { return "not valid before \(start.description); is the clock right?" }
    return "valid until \(end.description)"
  }

  private static func method(_ connection: ConnectionConfig) -> String {
    let certificate = connection.tls?.clientCertificate == nil ? "" : ", with a client certificate"
    switch connection.authentication {
    case .none: return "none: the server sees an anonymous user"
    case .clientCertificate: return "client certificate"
    case .token: return "bearer token" + certificate
    case .tokenFile(let path, _): return "bearer token of \(path)" + certificate
    case .basic(let username, _): return "user name \(username) and password" + certificate
    case .exec(let config): return "credential plugin: \(config.commandLine)"
    case .oidc(let oidc): return "OpenID Connect token of \(oidc.issuer)"
    case .removedProvider(let provider): return provider.description
    }
  }

  private func tellCatalog(_ context: CommandContext) {
    let catalog = context.session.catalog
    tell("Kinds served", "\(catalog.resources.count)")
    for (group, reason) in catalog.failures.sorted(by: { $0.key < $1.key }) {
      tell("Not answering", "\(group): \(reason)")
    }
  }

  private func tell(_ capture: Capture) {
    for path in capture.paths { tell("Capture", path) }
    tell("Taken", capture.time?.description ?? "nothing in it says when; --at does")
    let version = capture.serverVersion["gitVersion"]?.string ?? "unknown"
    tell("Server version", version)
    tell("Objects", "\(capture.count)")
  }

  /// What can be told from a capture: permissions are those of whoever made it, and not known.
  private func tellContents(of capture: Capture, namespace: String?) {
    Output.write("\nWhat the capture has:\n")
    var table = TextTable()
    table.add(["  KIND", "OBJECTS", "COMPLETE", "FOR"])
    for source in Triage.sources {
      let resource = source.type.resource
      table.add([
        "  " + resource.qualifiedName, "\(capture.count(of: resource))",
        PlainText.line(capture.gap(resource, namespace: namespace).map { "no: \($0)" } ?? "yes"), source.purpose,
      ])
    }
    Output.write(table.takeLines())
  }

  private func tellPermissions(_ context: CommandContext) {
    let place = context.namespace.map { "namespace \($0)" } ?? "all namespaces"
    Output.write("\nWhat this user may do (\(PlainText.line(place))):\n")
    var table = TextTable()
    var answers: [String: String] = [:]
    for source in Triage.sources {
      let resource = context.session.catalog.served(source.type) ?? source.type.resource
      for verb in ["list", "watch"] {
        context.session.mayDo(verb: verb, resource, namespace: resource.isNamespaced ? context.namespace : nil) {
          answers["\(verb) \(resource.qualifiedName)"] = Self.word($0)
        }
      }
    }
    context.session.mayDo(verb: "get", Pod.resource, subresource: "log", namespace: context.namespace) {
      answers["logs"] = Self.word($0)
    }
    context.wait { answers.count == Triage.sources.count * 2 + 1 }
    table.add(["  KIND", "LIST", "WATCH", "FOR"])
    for source in Triage.sources {
      let name = source.type.resource.qualifiedName
      let isServed = context.session.catalog.served(source.type) != nil
      table.add([
        "  " + name, isServed ? answers["list \(name)"] ?? "" : "not served",
        isServed ? answers["watch \(name)"] ?? "" : "not served", source.purpose,
      ])
    }
    table.add(["  pods/log", answers["logs"] ?? "", "-", "logs"])
    Output.write(table.takeLines())
  }

  private static func word(_ answer: Result<AccessAnswer, APIFailure>) -> String {
    switch answer {
    case .success(let answer): answer.isAllowed ? "yes" : "no"
    case .failure: "unknown"
    }
  }
}
