import Foundation

/// A real Kubernetes control plane (etcd, kube-apiserver, kube-controller-manager, kube-scheduler) of this test process.
///
/// It ends with the process, however that ends: a supervisor (`Tests/Cluster/up --attached`) holds the other end of a
/// pipe and takes everything down when this end is closed.
///
/// Tests run at the same time in one process: most use `shared()` with a namespace of their own (`makeNamespace`). A
/// test that ends servers, or that needs the cluster to itself, calls `start()` (about four seconds, 0.6 GB of memory).
public final class ControlPlane: Sendable {
  /// Holds certificates, logs, `ports` and the kubeconfigs; deleted in the end.
  public let folder: URL
  /// Closed by the system when this process ends, and then the cluster ends.
  private let lifeline: Lifeline

  /// The kubeconfig of an administrator.
  public var adminConfig: URL { folder.appendingPathComponent("admin.conf") }
  /// The kubeconfig of somebody with the ClusterRole `view`: no nodes, no secrets.
  public var viewerConfig: URL { folder.appendingPathComponent("viewer.conf") }
  /// The bearer token of the same administrator.
  public var adminToken: String { get throws { try token("admin") } }
  /// The bearer token of the same viewer.
  public var viewerToken: String { get throws { try token("viewer") } }
  /// The certificate authority (PEM) that the API server's certificate can be verified with.
  public var certificateAuthority: URL { folder.appendingPathComponent("pki/ca.crt") }
  /// A client certificate and its key (PEM files) of the administrator.
  public var adminCertificate: (certificate: URL, key: URL) {
    (folder.appendingPathComponent("pki/admin.crt"), folder.appendingPathComponent("pki/admin.key"))
  }

  private init(folder: URL, lifeline: Lifeline) {
    self.folder = folder
    self.lifeline = lifeline
  }

  private static let sharedStart = Task { try await start() }

  /// The control plane that all tests of this process share; the first caller starts it.
  public static func shared() async throws -> ControlPlane { try await sharedStart.value }

  /// Starts another control plane; it ends when the last reference to it goes, or `end()` is called.
  ///
  /// - Throws: `TestClusterUnavailable` if Kubernetes is not built here, `CommandFailed` with the servers' last words.
  public static func start() async throws -> ControlPlane {
    if let problem = TestCluster.problem { throw TestClusterUnavailable(description: problem) }
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("podmedic-cluster-\(UUID().uuidString.prefix(8))")
    let lifeline = try await Lifeline.hold([TestCluster.script("up"), "--attached", folder.path])
    return ControlPlane(folder: folder, lifeline: lifeline)
  }

  /// Ends everything and waits until it is gone. The shared control plane must not be ended.
  public func end() async { await lifeline.end() }

  /// The address of the API server, `https://127.0.0.1:PORT`.
  public var server: String { get throws { "https://127.0.0.1:\(try port("apiserver_port"))" } }

  /// One of the ports in the file `ports`, for example `apiserver_port`.
  public func port(_ name: String) throws -> Int {
    let ports = try String(contentsOf: folder.appendingPathComponent("ports"), encoding: .utf8)
    for line in ports.split(separator: "\n") {
      let parts = line.split(separator: "=")
      if parts.count == 2, parts[0] == name, let port = Int(parts[1]) { return port }
    }
    throw TestClusterUnavailable(description: "no \(name) in \(folder.path)/ports")
  }

  private func token(_ name: String) throws -> String {
    try String(contentsOf: folder.appendingPathComponent("\(name).token"), encoding: .utf8)
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }

  // MARK: Servers

  /// A server of the control plane, by the name of its program.
  public enum Server: String, Sendable {
    case etcd
    case apiserver = "kube-apiserver"
    case controllerManager = "kube-controller-manager"
    case scheduler = "kube-scheduler"
  }

  /// Kills a server as a crash would (or lets it close its connections first). Never on the shared control plane.
  public func stop(_ server: Server, gracefully: Bool = false) async throws {
    let options = gracefully ? ["--gracefully"] : []
    try await script("stop", options + [folder.path, server.rawValue])
  }

  /// Starts a stopped server on the same port and waits until it is ready.
  public func start(_ server: Server) async throws {
    try await script("start", [folder.path, server.rawValue])
  }

  private static let realNodes = RealNodes()

  /// Adds the real node (named `localhost`, see `TestCluster.realNodeImages`) unless it is there; about 15 seconds.
  public func startRealNode() async throws { try await Self.realNodes.start(in: self) }

  /// Adds fake nodes (Ready) and Running pods with their Deployments and ReplicaSets, spread over namespaces named
  /// `shop-00` and so on: 10,000 pods in about a minute. It stops the controller manager meanwhile.
  public func load(nodes: Int, pods: Int, namespaces: Int = 20) async throws {
    try await script(
      "load", [folder.path, "--nodes", "\(nodes)", "--pods", "\(pods)", "--namespaces", "\(namespaces)"])
  }

  fileprivate func script(_ name: String, _ arguments: [String]) async throws {
    let result = try await run([TestCluster.script(name)] + arguments, seconds: 600)
    guard result.status == 0 else { throw CommandFailed(result: result) }
  }

  // MARK: kubectl

  /// Which kubectl: the one built with the control plane, or the newest.
  public enum Kubectl: Sendable {
    case sameVersion
    case current
  }

  /// Runs kubectl as the administrator and returns whatever came of it.
  public func kubectlResult(
    _ arguments: [String], input: String = "", version: Kubectl = .sameVersion, seconds: Int = 60
  ) async throws -> CommandResult {
    let program: String
    switch version {
    case .sameVersion: program = TestCluster.kubernetes + "/kubectl"
    case .current:
      guard let current = TestCluster.currentKubectl else {
        throw TestClusterUnavailable(description: "no current kubectl here; 'make kubernetes' fetches it")
      }
      program = current
    }
    return try await run(
      [program, "--kubeconfig", adminConfig.path, "--cache-dir", folder.appendingPathComponent("kubectl-cache").path]
        + arguments, input: Data(input.utf8), seconds: seconds)
  }

  /// Runs kubectl as the administrator and returns its standard output; throws `CommandFailed` if it fails.
  @discardableResult
  public func kubectl(
    _ arguments: String..., input: String = "", version: Kubectl = .sameVersion, seconds: Int = 60
  ) async throws -> String {
    let result = try await kubectlResult(arguments, input: input, version: version, seconds: seconds)
    guard result.status == 0 else { throw CommandFailed(result: result) }
    return result.text
  }

  /// Makes a namespace with a name nobody else uses, in which pods can be created, and returns its name.
  public func makeNamespace(_ prefix: String) async throws -> String {
    let name = "\(prefix)-\(UUID().uuidString.prefix(8).lowercased())"
    try await kubectl("create", "namespace", name)
    // Pods are refused until the service account has its token. (1.20's kubectl cannot wait for that by itself.)
    // After outages of the API server the controllers wait up to half a minute before they try again.
    try await eventually("the service account of \(name) has no token", seconds: 150) {
      try await !self.kubectlResult(
        ["-n", name, "get", "serviceaccount", "default", "-o", "jsonpath={.secrets[*].name}"]
      ).output.isEmpty
    }
    return name
  }

  /// Creates a node without a machine: Ready for as long as the cluster lives, and pods can be scheduled on it.
  public func makeFakeNode(_ name: String, cpu: String = "4", memory: String = "8Gi", pods: Int = 110) async throws {
    let resources = #"{"cpu": "\#(cpu)", "memory": "\#(memory)", "pods": "\#(pods)"}"#
    try await kubectl(
      "create", "-f", "-",
      input: """
        {"apiVersion": "v1", "kind": "Node",
         "metadata": {"name": "\(name)", "labels": {"kubernetes.io/hostname": "\(name)"}},
         "status": {"capacity": \(resources), "allocatable": \(resources),
                    "conditions": [{"type": "Ready", "status": "True", "reason": "KubeletReady"}]}}
        """)
    // Every new node is tainted until the controller manager has seen that it is Ready.
    try await eventually("node \(name) keeps its taint") {
      try await self.kubectl("get", "node", name, "-o", "jsonpath={.spec.taints}").isEmpty
    }
  }
}

/// Starts at most one real node per control plane, whoever asks first.
private actor RealNodes {
  private var started: [URL: Task<Void, any Error>] = [:]

  func start(in cluster: ControlPlane) async throws {
    let task =
      started[cluster.folder] ?? Task { try await cluster.script("node", [cluster.folder.path]) }
    started[cluster.folder] = task
    try await task.value
  }
}

/// Looks again and again until something from the outside world is so; throws `NotSoInTime` when it takes too long.
///
/// For real clusters only, whose speed no test controls: everything else has an injected clock.
public func eventually(
  _ complaint: String, seconds: Double = 60, _ condition: @Sendable () async throws -> Bool
) async throws {
  let deadline = ContinuousClock.now + .seconds(seconds)
  while try await !condition() {
    guard ContinuousClock.now < deadline else { throw NotSoInTime(description: "after \(seconds) s: \(complaint)") }
    try await Task.sleep(for: .milliseconds(100))
  }
}

/// Something did not become so in the time given.
public struct NotSoInTime: Error, CustomStringConvertible {
  /// What, in words.
  public let description: String

  /// Says what did not become so, and after how long.
  public init(description: String) { self.description = description }
}
