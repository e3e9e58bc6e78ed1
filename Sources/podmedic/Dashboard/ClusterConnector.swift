import CursesTerminal
import Dashboard
import DataFiles
import EventLoop
import Glibc
import HTTPTransport
import Interface
import KubeConfig
import Remedies
import Session

/// Connects, also to what the command line names.
protocol FirstConnector: Connector {
  /// What credential plugins that ask a person get to use.
  var terminal: CursesTerminal? { get set }
  /// The session to start with.
  func first() throws(CommandFailure) -> ConnectedSession
}

/// Makes sessions for the contexts of the kubeconfig.
final class ClusterConnector: FirstConnector {
  /// What credential plugins that ask a person get to use.
  weak var terminal: CursesTerminal?

  /// Where the demo's kubeconfig is, in memory.
  private static let demoPath = "/demo/kubeconfig"

  private var overrides: ConnectionOverrides
  private let loop: Loop
  private let environment: [String: String]
  private let fileSystem: any FileSystem
  private let transport: CurlTransport
  private let writing: WritingFlags

  init(
    overrides: ConnectionOverrides, kubeconfig: String?, loop: Loop, environment: [String: String],
    writing: WritingFlags
  ) throws(CommandFailure) {
    self.overrides = overrides
    self.loop = loop
    self.environment = environment
    self.writing = writing
    if let kubeconfig {
      // The demo's kubeconfig never touches the disk.
      var memory = MemoryFileSystem()
      memory.files[Self.demoPath] = Array(kubeconfig.utf8)
      fileSystem = memory
      self.overrides.kubeconfig = Self.demoPath
    } else {
      fileSystem = DiskFileSystem()
    }
    transport = try CommandContext.making { () throws(TransportFailure) in
      try CurlTransport(loop: loop, environment: environment)
    }
  }

  private var resolver: ConnectionResolver {
    ConnectionResolver(
      environment: environment, fileSystem: fileSystem, workingDirectory: CommandContext.workingDirectory)
  }

  /// The session to start with.
  func first() throws(CommandFailure) -> ConnectedSession { try session(overrides) }

  func connect(context: String, _ completion: @escaping (Result<ConnectedSession, ConnectionFailure>) -> Void) {
    // Flags that chose another cluster or user were meant for the first context only.
    var other = ConnectionOverrides()
    other.kubeconfig = overrides.kubeconfig
    other.context = context
    other.requestTimeout = overrides.requestTimeout
    // Whoever has narrowed their rights must not get the full ones back without a word.
    other.impersonatedUser = overrides.impersonatedUser
    other.impersonatedGroups = overrides.impersonatedGroups
    other.impersonatedUID = overrides.impersonatedUID
    other.impersonatedExtra = overrides.impersonatedExtra
    let result: Result<ConnectedSession, ConnectionFailure>
    do throws(CommandFailure) {
      result = .success(try session(other))
    } catch {
      result = .failure(ConnectionFailure(message: error.message))
    }
    loop.post { completion(result) }
  }

  private func session(_ overrides: ConnectionOverrides) throws(CommandFailure) -> ConnectedSession {
    let connection: ConnectionConfig
    do throws(KubeConfigError) {
      connection = try resolver.connection(overrides)
    } catch {
      throw CommandFailure(error)
    }
    let session: ClusterSession
    do throws(FileError) {
      session = try ClusterSession(
        connection: connection, loop: loop, transport: transport, fileSystem: fileSystem, environment: environment,
        userAgent: CommandContext.userAgent, random: { Double.random(in: 0..<1) },
        writePolicy: writing.policy(context: connection.contextName, environment: environment),
        withTerminal: isatty(STDIN_FILENO) == 1 ? { [weak self] use in self?.lendTerminal(use) } : nil)
    } catch {
      throw CommandFailure("error: the certificate authority cannot be read: \(error)")
    }
    var facts = facts(connection)
    facts.writeRefusal = session.writeRefusal
    return ConnectedSession(
      session: session, facts: facts, namespace: connection.allNamespaces ? nil : connection.namespace)
  }

  private func facts(_ connection: ConnectionConfig) -> SessionFacts {
    var facts = SessionFacts()
    facts.context = connection.contextName
    facts.cluster = connection.clusterName
    facts.user = connection.userName
    facts.impersonated = connection.impersonation.user
    facts.isInsecure = connection.tls?.isInsecure ?? false
    facts.kubectlPrefix = kubectlPrefix(connection)
    if let file = namedFile { facts.configPrefix = "kubectl --kubeconfig \(ShellText.quoted(file)) config" }
    // That the certificate is not verified stands in the header all the time.
    facts.warning = connection.warnings.first { $0 != ConnectionConfig.insecureWarning }
    let loader = KubeConfigLoader(
      environment: environment, fileSystem: fileSystem, workingDirectory: CommandContext.workingDirectory)
    // The connection has just been resolved from the same files: what is wrong with them has been said.
    let config = try? loader.load(explicitPath: overrides.kubeconfig)
    facts.contexts = (config?.contextList ?? []).map {
      SessionFacts.Context(
        name: $0.name, cluster: $0.cluster, user: $0.user, namespace: $0.namespace, server: $0.server ?? "")
    }
    return facts
  }

  /// The file that was named on the command line.
  private var namedFile: String? {
    overrides.kubeconfig.flatMap { $0 == Self.demoPath || $0.isEmpty ? nil : $0 }
  }

  /// What makes kubectl talk to the same cluster as the same user.
  private func kubectlPrefix(_ connection: ConnectionConfig) -> String {
    var options: [(name: String, value: String)] = []
    if let file = namedFile { options.append(("kubeconfig", file)) }
    if !connection.contextName.isEmpty { options.append(("context", connection.contextName)) }
    if let user = overrides.impersonatedUser, !user.isEmpty { options.append(("as", user)) }
    options += overrides.impersonatedGroups.map { ("as-group", $0) }
    return (["kubectl"] + options.map { "--\($0.name) \(ShellText.quoted($0.value))" }).joined(separator: " ")
  }

  private func lendTerminal(_ use: @escaping (_ giveBack: @escaping () -> Void) -> Void) {
    terminal?.suspend()
    use { [weak self] in _ = self?.terminal?.resume() }
  }
}
