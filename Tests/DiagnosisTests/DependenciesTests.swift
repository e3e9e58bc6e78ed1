import ClusterState
import Kube
import Testing

@testable import Diagnosis

/// What pods and claims lack for want of a part of the cluster that is in trouble is one row with that part.
@Suite struct DependenciesTests {
  private func rows(_ objects: [any KubeObject]) -> [String] {
    Triage.diagnose(cluster(objects), now: now).groups.map {
      "\($0.owner.shortText) \($0.code.rawValue): \($0.summary(now: now))"
    }
  }

  private func crashing(_ name: String, _ containers: [Container], namespace: String = "kube-system") -> Pod {
    pod(name, namespace: namespace) {
      $0.spec.containers = containers
      $0.status.conditions = [condition("Ready", "False")]
      $0.status.containerStatuses = containers.map { waiting($0.name, "CrashLoopBackOff", restarts: 4, last: end(1)) }
    }
  }

  // MARK: Scheduler

  private let unseen = pod("web") {
    $0.spec.nodeName = ""
    $0.status = PodStatus()
    $0.status.phase = "Pending"
  }

  @Test func whatTheSchedulerHasNotSeenFollowsFromItsCrash() {
    let scheduler = crashing("kube-scheduler-cp", [container("kube-scheduler")])
    let found = rows([scheduler, unseen])
    #expect(found.count == 1)
    #expect(found.first?.hasPrefix("pod/kube-scheduler-cp pod.crash-loop") == true)
    // Another one works: then it is something else.
    let other = pod("kube-scheduler-cp-2", namespace: "kube-system")
    #expect(rows([scheduler, other, unseen]).count == 2)
    var foreign = unseen
    foreign.spec.schedulerName = "volcano"
    #expect(rows([scheduler, foreign]).count == 2)
  }

  // MARK: Storage

  private let registrar = container("driver-registrar") { $0.image = "k8s/csi-node-driver-registrar:v2" }

  private func mounting(_ driver: String) -> [any KubeObject] {
    let db = pod("db") {
      $0.status.phase = "Pending"
      $0.status.conditions = [condition("PodScheduled", "True"), condition("Ready", "False")]
      $0.status.containerStatuses = [waiting("app", "ContainerCreating")]
    }
    let words = "MountVolume failed: driver name \(driver) not found in the list of registered CSI drivers"
    return [db, event("FailedMount", words, about: db, count: 9)]
  }

  @Test(arguments: [
    ("csi-rbdplugin", "rook-ceph.rbd.csi.ceph.com", 1), ("csi-rbdplugin", "rook-ceph.cephfs.csi.ceph.com", 2),
    ("ebs-csi-node", "ebs.csi.aws.com", 1), ("vsphere-csi-node", "csi.vsphere.vmware.com", 1),
    ("longhorn-csi-plugin", "driver.longhorn.io", 1), ("web", "ebs.csi.aws.com", 2), ("ebs-csi-node", "x", 2),
  ])
  func whatIsNotMountedFollowsFromItsDriver(owner: String, driver: String, count: Int) {
    let set = object(DaemonSet.self, owner)
    let plugin = own(crashing("\(owner)-1", [container("driver"), registrar], namespace: "shop"), by: set)
    #expect(rows([set, plugin] + mounting(driver)).count == count)
  }

  @Test func aDriverKnowsItselfByItsDirectory() {
    let set = object(DaemonSet.self, "storage")
    let plugin = own(
      crashing("storage-1", [container("driver"), registrar], namespace: "shop"), by: set)
    var known = plugin
    var volume = Volume()
    volume.name = "dir"
    volume.hostPath = HostPathVolumeSource()
    volume.hostPath?.path = "/var/lib/kubelet/plugins/a.b.c/"
    known.spec.volumes = [volume]
    #expect(rows([set, plugin] + mounting("a.b.c")).count == 2)
    #expect(rows([set, known] + mounting("a.b.c")).count == 1)
  }

  @Test func whatStandsBesideADriverCrashesForWantOfIt() {
    let driver = pod("csi-1") {
      $0.spec.containers = [container("driver"), registrar]
      $0.status.phase = "Pending"
      $0.status.conditions = [condition("Ready", "False")]
      $0.status.containerStatuses = [
        waiting("driver", "ImagePullBackOff", "Back-off: manifest unknown"),
        waiting("driver-registrar", "CrashLoopBackOff", restarts: 4, last: end(1)),
      ]
    }
    let found = Triage.diagnose(cluster([driver]), now: now).findings
    #expect(found.map(\.container) == ["driver"])
    let alone = crashing("csi-2", [registrar])
    #expect(Triage.diagnose(cluster([alone]), now: now).findings.map(\.container) == ["driver-registrar"])
  }

  @Test func aClaimWaitsForItsProvisioner() {
    let set = object(StatefulSet.self, "ebs-csi-controller", namespace: "shop") { $0.spec.replicas = 2 }
    let sidecar = container("csi-provisioner")
    let controller = own(crashing("ebs-csi-controller-0", [container("ebs"), sidecar], namespace: "shop"), by: set)
    let claim = object(PersistentVolumeClaim.self, "data") {
      $0.metadata.creationTimestamp = ago(600)
      $0.metadata.annotations = ["volume.kubernetes.io/storage-provisioner": "ebs.csi.aws.com"]
      $0.spec.storageClassName = "gp3"
      $0.status.phase = "Pending"
    }
    let gp3 = object(StorageClass.self, "gp3", namespace: "") { $0.provisioner = "ebs.csi.aws.com" }
    let waits = event("ExternalProvisioning", "Waiting for a volume to be created", about: claim)
    #expect(rows([set, controller, claim, gp3, waits]).map { $0.contains("claim waits for it") } == [true])
    // Its other replica does the work.
    let other = own(
      pod("ebs-csi-controller-1") { $0.spec.containers = [container("ebs"), sidecar] }, by: set)
    #expect(rows([set, controller, other, claim, gp3, waits]).count == 2)
  }

  // MARK: Devices

  @Test(arguments: [("0", 1), ("1", 2)])
  func whatNoNodeHasFollowsFromItsPlugin(allocatable: String, count: Int) {
    let set = object(DaemonSet.self, "nvidia-device-plugin", namespace: "kube-system")
    let plugin = own(crashing("nvidia-device-plugin-1", [container("ctr")]), by: set)
    let gpu = node("gpu") { $0.status.allocatable = ["nvidia.com/gpu": Quantity(allocatable)] }
    let trainer = pod("trainer") {
      $0.spec.nodeName = ""
      $0.spec.containers = [container("app") { $0.resources.limits = ["nvidia.com/gpu": Quantity("1")] }]
      $0.status = PodStatus()
      $0.status.phase = "Pending"
      $0.status.conditions = [
        condition("PodScheduled", "False", message: "0/2 nodes are available: 2 Insufficient nvidia.com/gpu.")
      ]
    }
    #expect(rows([set, plugin, gpu, trainer]).count == count)
  }

  // MARK: The controller manager

  @Test(arguments: [(60, false), (1680, true)])
  func aSilentControllerManagerIsNamed(age: Int64, isNamed: Bool) {
    let web = object(Deployment.self, "web") {
      $0.spec.replicas = 5
      $0.status.availableReplicas = 2
    }
    let lease = object(Lease.self, "kube-controller-manager", namespace: "kube-system") {
      $0.spec.renewTime = ago(age)
    }
    let found = rows([web, lease])
    #expect(found.count == 1)
    #expect(found[0].contains("has not renewed its lease for 28m") == isNamed, "\(found)")
  }
}

/// Smaller things that a stranger's captures have shown.
@Suite struct CapturedCasesTests {
  private func rows(_ objects: [any KubeObject]) -> [String] {
    Triage.diagnose(cluster(objects), now: now).groups.map { $0.summary(now: now) }
  }

  @Test(arguments: [
    (-1_073_741_515, "exit -1073741515 (0xC0000135, a DLL is missing)"),
    (3_221_225_781, "exit 3221225781 (0xC0000135, a DLL is missing)"),
    (-532_462_766, "exit -532462766 (0xE0434352, unhandled .NET exception)"),
    (-1_073_741_512, "exit -1073741512"), (Int.max, "exit \(Int.max)"),
  ])
  func exitCodesOfWindows(code: Int, text: String) { #expect(ExitCode.text(code) == text) }

  @Test func filesInMemoryAreNamed() {
    let web = pod {
      var volume = Volume()
      volume.name = "cache"
      volume.emptyDir = EmptyDirVolumeSource()
      volume.emptyDir?.medium = "Memory"
      $0.spec.volumes = [volume]
      $0.spec.containers = [
        container("app") {
          var mount = VolumeMount()
          mount.name = "cache"
          $0.volumeMounts = [mount]
        }
      ]
      $0.status.conditions = [condition("Ready", "False")]
      $0.status.containerStatuses = [waiting("app", "CrashLoopBackOff", restarts: 4, last: end(137, "OOMKilled"))]
    }
    #expect(rows([web]).first?.contains("files in emptyDir cache (medium Memory) included") == true)
  }

  @Test func aJoiningNodeHasNoNetworkYet() {
    func joining(_ age: Int64) -> Node {
      node("new", ready: "False") {
        $0.metadata.creationTimestamp = ago(age)
        $0.status.conditions = [
          nodeCondition("Ready", "False", reason: "KubeletNotReady", message: "NetworkPluginNotReady", since: ago(age))
        ]
      }
    }
    #expect(rows([joining(40)]) == [])
    #expect(rows([joining(100)]).count == 1)
  }

  @Test func aMachineThatIsOffInTheCloud() {
    let off = node("off", ready: "Unknown") {
      var taint = Taint()
      taint.key = "node.cloudprovider.kubernetes.io/shutdown"
      $0.spec.taints = [taint]
    }
    #expect(rows([off]).first?.hasSuffix("; the machine is shut down in the cloud") == true)
  }

  @Test func preemptionThatIsUnderWayIsNoTroubleYet() {
    func urgent(_ end: Int64) -> [any KubeObject] {
      let waiting = pod("urgent") {
        $0.spec.nodeName = ""
        $0.status = PodStatus()
        $0.status.phase = "Pending"
        $0.status.nominatedNodeName = "node-1"
        $0.status.conditions = [
          condition("PodScheduled", "False", message: "0/1 nodes are available: 1 Insufficient cpu.", since: ago(90))
        ]
      }
      let victim = pod("victim") {
        $0.metadata.deletionTimestamp = Timestamp(seconds: now.seconds + end)
        $0.status.conditions += [condition("DisruptionTarget", "True", reason: "PreemptionByScheduler")]
      }
      return [waiting, victim]
    }
    #expect(rows(urgent(15)) == [])
    #expect(rows(urgent(-20)).first == "Insufficient cpu on 1 of 1 nodes")
  }

  @Test(arguments: [
    (
      "1 Insufficient cpu, 3 node(s) didn't satisfy plugin(s) [NodeAffinity].",
      "Insufficient cpu on node-2, the only node that it is for"
    ),
    (
      "1 Insufficient cpu, 3 node(s) didn't match Pod's node affinity/selector.",
      "Insufficient cpu on node-2, the only node that it is for"
    ),
    ("4 node(s) didn't match Pod's node affinity/selector.", "node selector or affinity on 4 of 4 nodes"),
  ])
  func ofADaemonSetsPodOneNodeCounts(reasons: String, says: String) {
    let agent = pod {
      $0.spec.nodeName = ""
      $0.spec.affinity = Affinity()
      $0.spec.affinity?.nodeAffinity = NodeAffinity()
      $0.spec.affinity?.nodeAffinity?.required = NodeSelector()
      var term = NodeSelectorTerm()
      var field = NodeSelectorRequirement()
      (field.key, field.operator, field.values) = ("metadata.name", "In", ["node-2"])
      term.matchFields = [field]
      $0.spec.affinity?.nodeAffinity?.required?.nodeSelectorTerms = [term]
      $0.status = PodStatus()
      $0.status.phase = "Pending"
      $0.status.conditions = [
        condition("PodScheduled", "False", message: "0/4 nodes are available: " + reasons, since: ago(90))
      ]
    }
    #expect(rows([agent]) == [says])
  }

  @Test func ofALongMessageTheLastTellingLineCounts() {
    let message =
      "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: "
      + "unable to start container process: error during container init: error running prestart hook #0: exit status 1, "
      + "stdout: , stderr: Auto-detected mode as 'legacy'\nnvidia-container-cli: initialization error: nvml error: "
      + "driver not loaded: unknown"
    #expect(StartFailure.cause(message) == "nvidia-container-cli: initialization error: nvml error: driver not loaded")
    #expect(StartFailure.cause("OCI runtime create failed: a: stderr: no device: unknown") == "no device")
    #expect(StartFailure.cause("no command specified") == "no command specified")
    #expect(StartFailure.cause("") == "")
  }

  @Test func theExpiredCertificateOfAWebhookIsNamed() {
    let refused = RefusedPods(
      "Internal error occurred: failed calling webhook \"inject.mesh\": failed to call webhook: Post "
        + "\"https://injector.mesh.svc:443/inject?timeout=10s\": tls: failed to verify certificate: x509: certificate has "
        + "expired or is not yet valid: current time 2026-06-10T09:14:02Z is after 2026-06-10T00:00:00Z")
    #expect(
      refused.text
        == "pods refused: the certificate of webhook \"inject.mesh\", served by service/injector in namespace "
        + "mesh, has expired or is not yet valid: current time 2026-06-10T09:14:02Z is after 2026-06-10T00:00:00Z")
  }

  @Test func oneSecretThatIsMissingForPodAndIngress() {
    let web = pod("web") {
      $0.status.phase = "Pending"
      $0.status.conditions = [condition("PodScheduled", "True"), condition("Ready", "False")]
      $0.status.containerStatuses = [waiting("app", "CreateContainerConfigError", "secret \"tls\" not found")]
    }
    let ingress = object(Ingress.self, "web") {
      var tls = IngressTLS()
      tls.secretName = "tls"
      $0.spec.tls = [tls]
      $0.spec.ingressClassName = "nginx"
    }
    let nginx = object(IngressClass.self, "nginx", namespace: "")
    let state = cluster([web, ingress, nginx])
    let secrets = ObjectStore(resource: Secret.resource, coverage: .cluster)
    secrets.freshness = .live
    state.add(secrets)
    let codes = Triage.diagnose(state, now: now).groups.map(\.code)
    #expect(codes.filter { $0 == .ingressCertificateMissing || $0 == .podConfigMissing } == [.podConfigMissing])
  }
}
