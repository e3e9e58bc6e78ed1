import ClusterState
import DataFiles
import EventLoop
import HTTPTransport
import Kube
import KubeClient
import KubeConfig

/// One cluster, as one user, for as long as it is looked at: connects, learns what the server serves, and keeps current
/// what is needed of it. Confined to the loop's thread.
public final class ClusterSession {
  /// Whether the server answers.
  public enum Contact: Sendable, Equatable {
    /// No answer yet.
    case connecting
    /// It has answered.
    case reached
    /// It could not be reached, or did not let us in, for this reason; it is tried again.
    case failed(String)
  }

  /// What is connected to.
  public let connection: ConnectionConfig
  /// Sends requests to the server.
  public let client: KubeClient
  /// What is known of the cluster.
  public let state = ClusterState()
  /// What the server serves; the kinds that podmedic knows until the server has said so.
  public private(set) var catalog = ResourceCatalog.builtIn
  /// Whether `catalog` is the server's own.
  public private(set) var isDiscovered = false
  /// The server's version, once it has said so.
  public private(set) var serverVersion: ServerVersion?
  /// Whether the server answers.
  public private(set) var contact = Contact.connecting {
    didSet { if contact != oldValue { noteChange() } }
  }
  /// Why the server could not be asked what it serves, the last time.
  public private(set) var failure: APIFailure?
  /// Called when anything here or in `state` has changed: at most once a turn of the loop.
  public var onChange: (() -> Void)?
  /// Called when `catalog` has changed.
  public var onCatalog: (() -> Void)?
  /// Called with the text of each of the server's warnings, once.
  public var onWarning: ((String) -> Void)? {
    get { client.onWarning }
    set { client.onWarning = newValue }
  }

  /// Whether the cluster may be changed. While it may not, the client sends nothing but reads, whoever asks.
  public private(set) var writePolicy: WritePolicy

  let loop: Loop
  private let authenticator: ConnectionAuthenticator
  let random: () -> Double
  private let pool = StringPool(capacity: 1 << 16)
  private var readers: [String: KindReader] = [:]
  private var needs: Set<Subscription> = []
  private lazy var polling = UsagePolling(readerEnvironment)
  private lazy var presences = PresencePolling(state, readerEnvironment)
  private lazy var silence = SilenceProbe(client, loop) { [weak self] in self?.connectionLost($0) }
  private var logStreams: [WeakStream] = []
  private var isChangePosted = false
  private var backoff = Backoff()
  private var retry: Loop.TimerID?
  private var isDiscovering = false
  private var isClosed = false

  /// A session that has not sent anything. `environment` is podmedic's own; `random` gives numbers in 0..<1; credential
  /// plugins that want a terminal get it through `withTerminal`. Without another `writePolicy` it only reads.
  /// - Throws: when the file of the certificate authority cannot be read.
  public init(
    connection: ConnectionConfig, loop: Loop, transport: any Transport, fileSystem: any FileSystem,
    environment: [String: String], userAgent: String, random: @escaping () -> Double,
    writePolicy: WritePolicy = .readOnly("this only reads"), withTerminal: TerminalLoan? = nil
  ) throws(FileError) {
    self.connection = connection
    self.writePolicy = writePolicy
    self.loop = loop
    self.random = random
    authenticator = ConnectionAuthenticator(
      connection, loop: loop, transport: transport, fileSystem: fileSystem, environment: environment,
      withTerminal: withTerminal)
    client = KubeClient(
      endpoint: try Endpoint(connection, fileSystem: fileSystem), loop: loop, transport: transport,
      authenticator: authenticator, userAgent: userAgent)
    client.readOnlyReason = writePolicy.reason
    authenticator.onRemark = { [weak client] in client?.onWarning?($0) }
  }

  /// Opens a protected cluster for changes, if `context` is the name of its context. Answers whether it may be changed
  /// now: what was started read-only stays so.
  public func unlock(context: String) -> Bool {
    if case .locked = writePolicy, context == connection.contextName {
      writePolicy = .open
      client.readOnlyReason = nil
      noteChange()
    }
    return writePolicy == .open
  }

  /// Why nothing may be changed, with what a person types in the dashboard to unlock it; nil when it may.
  public var writeRefusal: String? {
    switch writePolicy {
    case .open: nil
    case .readOnly(let reason): reason
    case .locked(let reason): "\(reason): :unlock \(connection.contextName)"
    }
  }

  /// Ends every request; the session is of no more use.
  public func close() {
    isClosed = true
    for reader in readers.values { reader.stop() }
    polling.stop()
    presences.stop()
    silence.stop()
    if let retry { loop.cancel(retry) }
    retry = nil
    onChange = nil
    onCatalog = nil
  }

  // MARK: Discovery

  /// Asks for the server's version and what it serves, again if that is known; a failure is tried again by itself.
  public func discover() {
    guard !isDiscovering, !isClosed else { return }
    isDiscovering = true
    if let retry { loop.cancel(retry) }
    retry = nil
    askVersion()
    client.discover { [weak self] result in self?.discovered(result) }
  }

  private func discovered(_ result: Result<ResourceCatalog, APIFailure>) {
    isDiscovering = false
    guard !isClosed else { return }
    switch result {
    case .success(let catalog):
      contact = .reached
      failure = nil
      self.catalog = catalog
      if !isDiscovered { for reader in readers.values { reader.serverIsKnown() } }
      isDiscovered = true
      applyNeeds()
      noteChange()
      onCatalog?()
    case .failure(let failure):
      self.failure = failure
      // A server that answers but does not tell this user what it serves is used with the kinds that everyone serves.
      if failure.isForbidden {
        contact = .reached
        applyNeeds()
      } else {
        contact = .failed(failure.sentence)
        if let unknownServer { for reader in readers.values { reader.serverIsUnknown(unknownServer) } }
      }
      let delay = backoff.delay(at: loop.clock.now, chance: random())
      retry = loop.schedule(after: delay) { [weak self] in self?.discover() }
    }
  }

  /// Why it is not known what the server serves, where not even its discovery could be read: a web server, or a proxy
  /// before an API server that is down, has no pods either.
  private var unknownServer: String? {
    guard !isDiscovered, serverVersion == nil, case .failed(let reason) = contact else { return nil }
    return reason
  }

  private func askVersion() {
    guard serverVersion == nil else { return }
    client.send(.version) { [weak self] result in
      // A server that does not tell its version is used without it.
      guard let self, let json = try? result.get().json(), let version = ServerVersion(json) else { return }
      serverVersion = version
      contact = .reached
      noteChange()
    }
  }

  // MARK: Keeping kinds current

  /// Says what is to be kept current from now on; all else is stopped after a while, its data stay. Asking for one kind
  /// in several namespaces means everywhere.
  public func setNeeds(_ needs: Set<Subscription>) {
    guard needs != self.needs else { return }
    self.needs = needs
    applyNeeds()
  }

  /// Tries again at once whatever waits for its next try, credential plugins included, and learns anew what is served.
  public func refresh() {
    authenticator.retry()
    discover()
    for reader in readers.values { reader.refresh() }
  }

  /// What pods and nodes use, as far as that is wanted and served.
  public var usage: UsageState { polling.state }

  /// Asks for the usage of nodes and of the pods of a namespace, or of all, every 15 seconds from now on.
  public func wantUsage(namespace: String?) { polling.want(namespace: namespace) }

  /// Ends what `wantUsage` began; what is known stays.
  public func releaseUsage() { polling.stop() }

  /// Says about which single objects `state.presence` is to tell from now on whether they exist.
  public func wantPresence(of objects: [NamedObject]) { if !isClosed { presences.want(objects) } }

  /// Whether the server has answered about all of them.
  public var isPresenceKnown: Bool { presences.isSettled }

  private func applyNeeds() {
    guard !isClosed else { return }
    var wanted: [String: Subscription] = [:]
    for need in needs {
      let name = need.resource.qualifiedName + (need.asTable ? " as table" : "")
      if let other = wanted[name], other.namespace != need.namespace { wanted[name]?.namespace = nil }
      if wanted[name] == nil { wanted[name] = need }
    }
    for (name, reader) in readers where wanted[name] == nil { reader.release() }
    for (name, need) in wanted { read(need, as: name) }
    if !wanted.isEmpty { silence.start() }
  }

  /// Answers to watches may take for ever, so that a server or a way to it that hangs looks like one where nothing
  /// happens, until it is asked.
  private func connectionLost(_ failure: APIFailure) {
    client.dropConnections()
    for reader in readers.values { reader.connectionLost(failure) }
    for stream in logStreams { stream.value?.connectionLost(failure) }
  }

  /// Has a stream of logs hear of lost connections.
  func watchOver(_ stream: LogStream) {
    logStreams.removeAll { $0.value == nil }
    logStreams.append(WeakStream(value: stream))
    silence.start()
  }

  private struct WeakStream { weak var value: LogStream? }

  private func read(_ need: Subscription, as name: String) {
    let coverage = need.namespace.map(Coverage.namespace) ?? .cluster
    if readers[name].map({ !serves($0, coverage) }) ?? true {
      readers[name]?.stop()
      let store = ObjectStore(resource: need.resource, coverage: coverage)
      if need.asTable { state.add(table: store) } else { state.add(store) }
      readers[name] = KindReader(store: store, asTable: need.asTable, environment: readerEnvironment)
      noteChange()
    }
    guard let reader = readers[name] else { return }
    switch version(of: need.resource) {
    case .known(let resource, let others): reader.want(resource, orElse: others)
    case .unknown: reader.want(nil)
    case .notServed: reader.isNotServed()
    }
  }

  /// Whether a reader has what is wanted. One that covers the cluster also serves a namespace, unless the server refuses
  /// the whole cluster.
  private func serves(_ reader: KindReader, _ coverage: Coverage) -> Bool {
    if reader.store.coverage == coverage { return true }
    guard reader.store.coverage == .cluster, case .namespace = coverage else { return false }
    switch reader.store.freshness {
    case .forbidden, .failed, .notServed, .notCaptured: return false
    case .unread, .loading, .live, .stale: return true
    }
  }

  private enum Version { case known(Resource, orElse: [Resource] = []), unknown, notServed }

  /// Which version of a kind to read: of built-in kinds the best that the server serves, once it has said what it does.
  /// Where it will not say, one version after the other is tried.
  private func version(of resource: Resource) -> Version {
    guard let builtIn = builtInKind(group: resource.group, plural: resource.plural) else {
      return .known(catalog.all(resource.qualifiedName).first ?? resource)
    }
    if let served = catalog.served(builtIn.type), isDiscovered || builtIn.type.resources.count == 1 {
      return .known(served)
    }
    // A group whose server did not answer may still serve it, and so may a server that keeps its kinds to itself.
    let isTried = isDiscovered ? !catalog.failures.isEmpty : failure?.isForbidden == true
    if isTried { return .known(builtIn.type.resources[0], orElse: Array(builtIn.type.resources.dropFirst())) }
    return isDiscovered ? .notServed : .unknown
  }

  private var readerEnvironment: KindReader.Environment {
    KindReader.Environment(
      client: client, loop: loop, pool: pool, random: random, noteChange: { [weak self] in self?.noteChange() },
      serverIsUnknown: { [weak self] in self?.unknownServer })
  }

  private func noteChange() {
    guard !isChangePosted, !isClosed else { return }
    isChangePosted = true
    loop.post { [weak self] in
      guard let self else { return }
      isChangePosted = false
      onChange?()
    }
  }
}
