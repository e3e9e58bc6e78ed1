import ClusterState
import Kube

/// Which parts of the cluster itself (scheduler, storage drivers, device plug-ins) are in trouble, so that what pods and
/// claims lack for want of them follows from that.
struct Dependencies {
  /// Pods that findings are about and that are not ready, each once.
  private var broken: [Pod] = []
  /// The schedulers among them, if no other is ready.
  private var schedulers: [Pod] = []
  /// Whether any node has some of a resource, as far as that was asked.
  private var isAnywhere: [String: Bool] = [:]
  private let state: ClusterState
  private let now: Timestamp

  /// Looks for such parts among the pods that findings are about.
  init(_ findings: [Finding], state: ClusterState, now: Timestamp) {
    self.state = state
    self.now = now
    var seen: Set<String> = []
    for finding in findings where finding.object.kind == "Pod" && finding.code != .podNodeNotReady {
      guard let pod = Self.pod(of: finding, state), Self.isPart(pod), !pod.isReadyNow,
        pod.metadata.deletionTimestamp == nil, seen.insert(finding.object.uid).inserted
      else { continue }
      broken.append(pod)
    }
    schedulers = broken.filter(Self.isScheduler)
    if !schedulers.isEmpty, state.all(Pod.self).contains(where: { Self.isScheduler($0) && $0.isReadyNow }) {
      schedulers = []
    }
  }

  /// Whether a pod can be one that others depend on by what it does on its node or for the cluster: few of many are.
  private static func isPart(_ pod: Pod) -> Bool {
    isScheduler(pod) || pod.metadata.controller?.kind == "DaemonSet"
      || pod.spec.containers.contains { CSISidecar.isOne($0) }
  }

  private static func pod(of finding: Finding, _ state: ClusterState) -> Pod? {
    state.store(of: Pod.self)?.object(uid: finding.object.uid) as? Pod
  }

  /// The findings, with those parts as the cause of what follows from them.
  mutating func connect(_ findings: [Finding]) -> [Finding] {
    var pods: [String: [String]] = [:]
    for finding in findings where finding.code == .podConfigMissing {
      guard let name = Self.missingSecret(finding) else { continue }
      pods["\(finding.object.namespace)/\(name)", default: []].append(finding.object.uid)
    }
    let silence = findings.contains { $0.code == .workloadReplicasMissing } ? self.silence : ""
    var connected = findings
    for index in connected.indices {
      let finding = connected[index]
      switch finding.code {
      case .podSandboxFailed: connected[index] = atNetworkPlugin(finding)
      case .workloadReplicasMissing: connected[index].mention = silence
      case .ingressCertificateMissing:
        let secret = finding.evidence.first { $0.field == "spec.tls.secretName" }?.value ?? ""
        connected[index].causedBy = pods["\(finding.object.namespace)/\(secret)"] ?? finding.causedBy
      default:
        let parts = broken.isEmpty ? [] : self.parts(behind: finding)
        if !parts.isEmpty { connected[index].causedBy = parts.map(\.metadata.uid).sorted() }
      }
    }
    return connected
  }

  /// `tls` out of `secret "tls" not found`.
  private static func missingSecret(_ finding: Finding) -> Substring? {
    guard let start = finding.cause.firstRange(of: "secret \"") else { return nil }
    return finding.cause[start.upperBound...].prefix { $0 != "\"" }
  }

  /// The parts in trouble for whose lack a finding says that something does not work.
  private mutating func parts(behind finding: Finding) -> [Pod] {
    switch finding.code {
    case .podSchedulerSilent:
      guard let pod = Self.pod(of: finding, state), ["", "default-scheduler"].contains(pod.spec.schedulerName) else {
        return []
      }
      return schedulers
    case .podVolumeNotMounted:
      guard let pod = Self.pod(of: finding, state), let driver = Self.unregistered(finding) else { return [] }
      return broken.filter { $0.spec.nodeName == pod.spec.nodeName && CSISidecar.serves($0, driver: driver) }
    case .claimPending:
      guard finding.evidence.contains(where: { $0.field == "event ExternalProvisioning" }),
        let claim = state.store(of: PersistentVolumeClaim.self)?.object(uid: finding.object.uid),
        let driver = claim.metadata.annotations["volume.kubernetes.io/storage-provisioner"]
          ?? claim.metadata.annotations["volume.beta.kubernetes.io/storage-provisioner"]
      else { return [] }
      return withoutReplicas(
        broken.filter {
          $0.spec.containers.contains { $0.name.contains("provisioner") } && CSISidecar.serves($0, driver: driver)
        })
    case .podUnschedulable: return devicePlugins(behind: finding)
    default: return []
    }
  }

  /// `rbd.csi.ceph.com` out of `driver name rbd.csi.ceph.com not found in the list of registered CSI drivers`.
  private static func unregistered(_ finding: Finding) -> String? {
    for evidence in finding.evidence {
      guard let end = evidence.value.firstRange(of: " not found in the list of registered CSI drivers") else {
        continue
      }
      let name = evidence.value[..<end.lowerBound].reversed().prefix { $0 != " " }
      return String(name.reversed())
    }
    return nil
  }

  /// Those whose owner has no other pod that is ready and does the work.
  private func withoutReplicas(_ pods: [Pod]) -> [Pod] {
    pods.filter { pod in !state.pods(ofOwner: state.topOwner(of: pod).uid).contains(where: \.isReadyNow) }
  }

  private static func isScheduler(_ pod: Pod) -> Bool {
    pod.metadata.namespace == "kube-system"
      && (pod.metadata.labels["component"] == "kube-scheduler" || pod.metadata.name.hasPrefix("kube-scheduler-"))
  }

  // MARK: Devices

  /// The device plug-ins in trouble of a resource that no node has, because they are what tells how much there is.
  private mutating func devicePlugins(behind finding: Finding) -> [Pod] {
    guard let pod = Self.pod(of: finding, state), state.isConclusive(Node.self) else { return [] }
    let wanted = Set(pod.spec.containers.flatMap { $0.resources.limits.keys + $0.resources.requests.keys })
    for resource in wanted.sorted() where resource.contains("/") && !resource.contains("kubernetes.io/") {
      let isShort = finding.evidence.contains { $0.value.contains("Insufficient \(resource)") }
      guard isShort, let vendor = resource.split(separator: ".").first, vendor.count > 2 else { continue }
      let plugins = broken.filter { part in
        guard let owner = part.metadata.controller, owner.kind == "DaemonSet" else { return false }
        let words = [owner.name] + part.spec.containers.flatMap { [$0.name, $0.image] }
        return words.contains { $0.contains(vendor) } && words.contains { $0.contains("plugin") }
      }
      if !plugins.isEmpty, !has(resource) { return plugins }
    }
    return []
  }

  /// Whether any node has some of a resource to give.
  private mutating func has(_ resource: String) -> Bool {
    if let known = isAnywhere[resource] { return known }
    let isThere = state.all(Node.self).contains { ($0.status.allocatable[resource]?.nanos ?? 0) > 0 }
    isAnywhere[resource] = isThere
    return isThere
  }

  // MARK: Network

  /// What a network plug-in itself says: that the API server refuses it. Its credentials are to be mended, once, and
  /// neither the pods nor their owners are.
  private func atNetworkPlugin(_ finding: Finding) -> Finding {
    guard finding.causedBy.isEmpty, let pod = Self.pod(of: finding, state), !NetworkPlugin.isAgent(pod),
      finding.evidence.contains(where: { event in
        NetworkPlugin.isToBlame(event) && event.value.contains("plugin type=")
          && (event.value.contains("nauthorized") || event.value.contains(" is forbidden: User "))
      }),
      let agent = state.pods(onNode: pod.spec.nodeName).first(where: { NetworkPlugin.isAgent($0) })
    else { return finding }
    let owner = state.topOwner(of: agent)
    guard owner.kind == "DaemonSet" else { return finding }
    var finding = finding
    finding.root = owner
    return finding
  }

  // MARK: Controllers

  /// What is said when the leader among the controller managers has been silent, so that nobody acts on workloads; ""
  /// while it works, and where leases are not read.
  private var silence: String {
    guard let lease = state.get(Lease.self, namespace: "kube-system", name: "kube-controller-manager"),
      let renewed = lease.spec.renewTime, now.since(renewed) > .seconds(120)
    else { return "" }
    // Where none was renewed since, it is the leases that were read long ago.
    let leases = state.all(Lease.self)
    let isRead = leases.contains { $0.spec.renewTime.map { now.since($0) <= .seconds(120) } ?? false }
    guard isRead || leases.count == 1 else { return "" }
    return "kube-controller-manager has not renewed its lease for \(now.since(renewed).human): nobody makes pods"
  }
}

/// The containers that run beside every storage driver and only speak to it through its socket: without it they crash.
enum CSISidecar {
  private static let images = [
    "csi-node-driver-registrar", "livenessprobe", "csi-provisioner", "csi-attacher", "csi-resizer", "csi-snapshotter",
  ]
  private static let names: Set = [
    "driver-registrar", "node-driver-registrar", "liveness-probe", "csi-provisioner", "csi-attacher", "csi-resizer",
    "csi-snapshotter",
  ]

  /// Whether a container is one of them.
  static func isOne(_ container: Container) -> Bool {
    if names.contains(container.name) { return true }
    let image = container.image.split(separator: "/").last ?? ""
    return images.contains { image.hasPrefix($0) }
  }

  /// Whether a pod belongs to a driver: it says so by the driver's directory on its node, or by its owner's name, which
  /// has the word that tells the driver from others, such as `ebs` of `ebs.csi.aws.com`.
  static func serves(_ pod: Pod, driver: String) -> Bool {
    guard pod.spec.containers.contains(where: isOne) else { return false }
    let paths = pod.spec.volumes.compactMap { $0.hostPath?.path }
    if paths.contains(where: { $0.contains(driver) }) { return true }
    let labels = driver.split { $0 == "." || $0 == "/" }
    let word: Substring?
    if let place = labels.firstIndex(of: "csi") {
      word = place > labels.startIndex ? labels[place - 1] : labels.dropFirst(place + 1).first
    } else {
      word = labels.filter { $0 != "driver" }.dropLast().max { $0.count < $1.count }
    }
    guard let word, word.count > 1, let owner = pod.metadata.controller?.name else { return false }
    return owner.contains(word)
  }
}
