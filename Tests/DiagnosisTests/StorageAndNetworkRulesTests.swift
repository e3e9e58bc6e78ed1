import ClusterState
import Kube
import Testing

@testable import Diagnosis

@Suite struct StorageAndNetworkRulesTests {
  private func claim(_ change: (inout PersistentVolumeClaim) -> Void = { _ in }) -> PersistentVolumeClaim {
    object(PersistentVolumeClaim.self, "data") {
      $0.status.phase = "Pending"
      $0.spec.storageClassName = "fast"
      change(&$0)
    }
  }

  private func storageClass(_ mode: String = "Immediate", isDefault: Bool = false) -> StorageClass {
    object(StorageClass.self, "fast") {
      $0.volumeBindingMode = mode
      if isDefault { $0.metadata.annotations = ["storageclass.kubernetes.io/is-default-class": "true"] }
    }
  }

  @Test func claimsOfAClassThatOnlyVolumesName() {
    let claim = object(PersistentVolumeClaim.self, "data") {
      $0.spec.storageClassName = "big"
      $0.spec.accessModes = ["ReadWriteOnce"]
      $0.spec.resources.requests = ["storage": Quantity("50Gi")]
      $0.status.phase = "Pending"
    }
    func volume(_ name: String, _ size: String, _ mode: String, taken: Bool = false) -> PersistentVolume {
      object(PersistentVolume.self, name) {
        $0.spec.storageClassName = "big"
        $0.spec.accessModes = [mode]
        $0.spec.capacity = ["storage": Quantity(size)]
        $0.status.phase = taken ? "Bound" : "Available"
        if taken {
          $0.spec.claimRef = ObjectReference()
          $0.spec.claimRef?.namespace = "shop"
          $0.spec.claimRef?.name = "other"
        }
      }
    }
    #expect(
      findings(cluster([claim])) == [#"claim.class-missing critical: storage class "big" does not exist"#])
    #expect(
      findings(cluster([claim, volume("pvr", "5Gi", "ReadWriteOnce")])) == [
        #"claim.pending critical: no volume of class "big" fits: pvr: 5Gi of 50Gi asked for"#
      ])
    #expect(
      findings(
        cluster([claim, volume("a", "99Gi", "ReadWriteOnce", taken: true), volume("b", "99Gi", "ReadOnlyMany")]))
        == [
          #"claim.pending critical: no volume of class "big" fits: b: has no access mode ReadWriteOnce; "#
            + "a: belongs to claim shop/other (Bound)"
        ], "what is free says more than what is taken")
    #expect(
      findings(cluster([claim, volume("pvr", "99Gi", "ReadWriteOnce")])) == [
        "claim.pending warning: not bound for 60m though a volume fits"
      ])
  }

  @Test func claims() {
    #expect(findings(cluster([claim { $0.status.phase = "Bound" }])) == [])
    #expect(
      findings(cluster([claim()])) == [#"claim.class-missing critical: storage class "fast" does not exist"#])
    #expect(
      findings(cluster([claim { $0.spec.storageClassName = nil }]))
        == ["claim.class-missing critical: names no storage class and the cluster has no default one"])
    #expect(findings(cluster([claim(), storageClass()])) == ["claim.pending warning: not bound for 60m"])
    #expect(findings(cluster([claim(), storageClass("WaitForFirstConsumer")])) == [], "it waits for a pod")
    let plugin = event(
      "ProvisioningFailed", "no volume plugin matched name: kubernetes.io/no-provisioner", about: claim())
    var handMade = storageClass()
    handMade.provisioner = "kubernetes.io/no-provisioner"
    #expect(
      findings(cluster([claim(), handMade, plugin]))
        == [#"claim.pending critical: no volume of class "fast" fits, and the class makes none"#])
    let unread = cluster([claim { $0.metadata.creationTimestamp = ago(30) }])
    unread.remove(StorageClass.resource)
    #expect(findings(unread) == [], "whether the class exists cannot be told")
    let failing = event("ProvisioningFailed", "rpc error: quota\nmore", about: claim())
    #expect(
      findings(cluster([claim(), storageClass(), failing]))
        == ["claim.pending critical: ProvisioningFailed: rpc error: quota"])
    let silent = event("ExternalProvisioning", "waiting for csi.example", about: claim())
    #expect(
      findings(cluster([claim(), storageClass(), silent])) == [
        "claim.pending warning: provisioner does not answer for 60m"
      ])
    #expect(
      findings(
        cluster([
          claim {
            $0.status.phase = "Lost"
            $0.spec.volumeName = "pv-1"
          }
        ])) == ["claim.lost critical: volume pv-1 does not exist any more"])
    let resizing = claim {
      $0.status.phase = "Bound"
      $0.status.capacity = ["storage": Quantity("1Gi")]
      $0.spec.resources.requests = ["storage": Quantity("2Gi")]
      $0.status.conditions = [condition("ControllerResizeError", "True", message: "no")]
    }
    #expect(findings(cluster([resizing])) == ["claim.resize-failed warning: resize from 1Gi to 2Gi fails: no"])
    var infeasible = resizing
    infeasible.status.conditions = []
    infeasible.status.allocatedResourceStatuses = ["storage": "NodeResizeInfeasible"]
    #expect(
      findings(cluster([infeasible])) == [
        "claim.resize-failed warning: resize from 1Gi to 2Gi fails: the node can not do it (NodeResizeInfeasible)"
      ])
    infeasible.status.allocatedResourceStatuses = ["storage": "NodeResizeInProgress"]
    #expect(findings(cluster([infeasible])) == [])
  }

  @Test func fileSystemsThatStayBehind() {
    func found(_ seconds: Int64, used: Bool, freshness: Freshness = .live) -> [String] {
      let waiting = claim {
        $0.status.phase = "Bound"
        $0.status.capacity = ["storage": Quantity("1Gi")]
        $0.spec.resources.requests = ["storage": Quantity("2Gi")]
        $0.status.conditions = [condition("FileSystemResizePending", "True", since: ago(seconds))]
      }
      let user = pod("db-0") {
        var volume = Volume()
        volume.name = "data"
        volume.persistentVolumeClaim = PersistentVolumeClaimVolumeSource()
        volume.persistentVolumeClaim?.claimName = "data"
        $0.spec.volumes = [volume]
      }
      return findings(cluster([waiting] + (used ? [user] : []), freshness: freshness))
    }
    #expect(found(299, used: true) == [], "kubelets need a minute or two")
    #expect(
      found(600, used: true) == [
        "claim.resize-pending warning: volume has grown to 2Gi, its file system (1Gi) grows when pod db-0 is started again; "
          + "waiting for 10m"
      ])
    #expect(
      found(600, used: false) == [
        "claim.resize-pending notice: volume has grown to 2Gi, its file system (1Gi) grows when a pod mounts it; "
          + "waiting for 10m"
      ])
    #expect(
      found(600, used: false, freshness: .forbidden("no")) == [
        "claim.resize-pending warning: volume has grown to 2Gi, its file system (1Gi) grows when its pod is started again; "
          + "waiting for 10m"
      ])
  }

  @Test func volumes() {
    func volume(_ phase: String) -> [String] {
      findings(
        cluster([
          object(PersistentVolume.self, "pv-1") {
            $0.status.phase = phase
            $0.status.message = "boom"
            $0.spec.persistentVolumeReclaimPolicy = "Retain"
            $0.spec.claimRef = claim().reference
          }
        ]))
    }
    #expect(volume("Bound") == [])
    #expect(volume("Failed") == ["volume.failed warning: reclaiming failed: boom"])
    #expect(volume("Released") == ["volume.released notice: released by claim shop/data and kept (Retain)"])
  }

  /// What should be deleted with its claim is not kept on purpose.
  @Test func volumesThatShouldGo() {
    func found(_ seconds: Int64, events: [Event] = [], _ change: (inout PersistentVolume) -> Void = { _ in })
      -> [String]
    {
      let volume = object(PersistentVolume.self, "pv-1") {
        $0.status.phase = "Released"
        $0.status.lastPhaseTransitionTime = ago(seconds)
        $0.spec.persistentVolumeReclaimPolicy = "Delete"
        $0.spec.claimRef = claim().reference
        change(&$0)
      }
      return findings(cluster([volume] + events))
    }
    #expect(found(299) == [], "its driver has to delete the disk first")
    #expect(
      found(300) == [
        "volume.released notice: released by claim shop/data and not deleted, though its policy is Delete; no event says "
          + "why"
      ])
    let volume = object(PersistentVolume.self, "pv-1") { _ in }
    let failure = event("VolumeFailedDelete", "UnauthorizedOperation: no\nmore", about: volume)
    #expect(found(20, events: [failure]) == ["volume.failed warning: deleting it failed: UnauthorizedOperation: no"])
    let leaving = found(300) {
      $0.metadata.deletionTimestamp = ago(240)
      $0.metadata.finalizers = ["external-attacher/disk"]
    }
    #expect(!leaving.contains { $0.hasPrefix("volume.") }, "\(leaving)")
  }

  private func service(_ change: (inout Service) -> Void = { _ in }) -> Service {
    object(Service.self, "web") {
      $0.spec.selector = ["app": "web"]
      var port = ServicePort()
      port.name = "http"
      port.port = 80
      $0.spec.ports = [port]
      change(&$0)
    }
  }

  private func slice(ready: [Bool?]) -> EndpointSlice {
    object(EndpointSlice.self, "web-x") {
      $0.metadata.labels = ["kubernetes.io/service-name": "web"]
      $0.endpoints = ready.map {
        var endpoint = Endpoint()
        endpoint.conditions.ready = $0
        return endpoint
      }
    }
  }

  @Test func services() {
    let matching = pod { $0.metadata.labels = ["app": "web"] }
    let unready = pod {
      $0.metadata.labels = ["app": "web"]
      $0.status.conditions = [condition("Ready", "False", since: ago(5))]
    }
    #expect(findings(cluster([service(), matching, slice(ready: [true])])) == [])
    #expect(findings(cluster([service(), matching, slice(ready: [nil])])) == [], "unset means ready")
    #expect(
      findings(cluster([service(), unready, slice(ready: [false])]))
        == ["service.no-ready-endpoints critical: no ready endpoint: 0 of 1 pod ready"])
    #expect(
      findings(cluster([service(), matching, slice(ready: [])]))
        == ["service.no-ready-endpoints critical: no ready endpoint though 1 of 1 pod is ready"])
    #expect(findings(cluster([service()])) == ["service.selects-no-pods warning: no pod matches app=web"])
    #expect(findings(cluster([service { $0.spec.selector = [:] }])) == [])
    #expect(findings(cluster([service { $0.spec.type = "ExternalName" }])) == [])
    let unread = cluster([service()])
    unread.remove(EndpointSlice.resource)
    #expect(findings(unread) == [])
    let report = Triage.diagnose(unread, now: now)
    #expect(
      report.unknowns == [Unknown(subject: "Services without ready endpoints", reason: "endpointslices: not read")])
  }

  @Test func ingresses() {
    func ingress(_ name: String, number: Int = 0, port: String = "") -> Ingress {
      object(Ingress.self, "site") {
        var backend = IngressServiceBackend()
        backend.name = name
        backend.port.number = number
        backend.port.name = port
        $0.spec.defaultBackend = IngressBackend()
        $0.spec.defaultBackend?.service = backend
      }
    }
    let fine = [service(), pod { $0.metadata.labels = ["app": "web"] }, slice(ready: [true])] as [any KubeObject]
    #expect(findings(cluster(fine + [ingress("web", number: 80)])) == [])
    #expect(findings(cluster(fine + [ingress("web", port: "http")])) == [])
    #expect(findings(cluster(fine + [ingress("ssl-redirect", port: "use-annotation")])) == [], "AWS' way to say more")
    #expect(
      findings(cluster(fine + [ingress("web", number: 81)]))
        == [#"ingress.backend-missing warning: service "web" has no port 81"#])
    #expect(
      findings(cluster(fine + [ingress("api", number: 80)]))
        == [#"ingress.backend-missing warning: service "api" not found"#])
  }

  private func site(secret: String = "") -> Ingress {
    object(Ingress.self, "site") {
      var backend = IngressServiceBackend()
      backend.name = "web"
      backend.port.number = 80
      $0.spec.defaultBackend = IngressBackend()
      $0.spec.defaultBackend?.service = backend
      guard !secret.isEmpty else { return }
      var tls = IngressTLS()
      tls.secretName = secret
      $0.spec.tls = [tls]
    }
  }

  @Test func anIngressToWhatIsScaledToZero() {
    func workload(_ replicas: Int, _ name: String = "web") -> Deployment {
      object(Deployment.self, name) {
        $0.spec.replicas = replicas
        $0.spec.template.metadata.labels = ["app": "web"]
        $0.status.availableReplicas = replicas
      }
    }
    let away = cluster([service(), workload(0), site()])
    #expect(
      findings(away) == [
        #"ingress.scaled-down notice: service "web" leads to no pod: deployment/web is scaled to 0"#,
        "service.selects-no-pods notice: no pod matches app=web: deployment/web is scaled to 0",
      ])
    #expect(
      Triage.diagnose(away, now: now).groups.map { $0.summary(now: now) }
        == ["no pod matches app=web: deployment/web is scaled to 0; ingress site leads there"])
    let served = cluster([
      service(), workload(0), site(), slice(ready: [true]), pod { $0.metadata.labels = ["app": "web"] },
    ])
    #expect(findings(served) == [], "somebody else's pods answer")
    #expect(
      !findings(cluster([service(), workload(0), workload(1, "web-2"), site()])).contains { $0.hasPrefix("ingress") },
      "another workload is meant to have pods")
  }

  @Test func secretsThatAreNoCertificate() {
    func said(_ type: String, _ keys: [String]) -> [String] {
      let secret = object(Secret.self, "tls") {
        $0.type = type
        for key in keys { $0.data[key] = SecretValue(bytes: 4) }
      }
      let state = cluster([
        service(), pod { $0.metadata.labels = ["app": "web"] }, slice(ready: [true]), site(secret: "tls"),
      ])
      let store = ObjectStore(resource: Secret.resource, coverage: .cluster)
      store.freshness = .live
      state.add(store)
      put(secret, into: state)
      return findings(state)
    }
    #expect(said("kubernetes.io/tls", ["tls.crt", "tls.key"]) == [])
    #expect(
      said("Opaque", ["cert.pem"]) == [
        #"ingress.certificate-missing warning: secret "tls" with its certificate is of type Opaque and has no tls.crt "#
          + "and no tls.key"
      ])
    #expect(
      said("Opaque", ["tls.crt", "tls.key"]) == [
        #"ingress.certificate-missing notice: secret "tls" with its certificate is of type Opaque and not "#
          + "kubernetes.io/tls: some controllers refuse it"
      ])
    #expect(said("Opaque", []) == [], "a capture whose data was cut away tells nothing")
    #expect(said("", ["cert.pem"]) == [], "as does one without the type")
  }
}
