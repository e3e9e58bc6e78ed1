import ClusterState
import Kube
import Testing

@testable import Diagnosis

/// What is found about objects of kinds that are not read, once somebody has asked the server about their names.
@Suite struct NamedObjectTests {
  private static let config = NamedObject(ConfigMap.resource, namespace: "shop", name: "settings")
  private static let certificate = NamedObject(Secret.resource, namespace: "shop", name: "shop-tls")

  /// A pod that waits for its volume, and nobody says why.
  private func waitingPod(_ name: String = "web-1") -> Pod {
    pod(name) {
      var volume = Volume()
      volume.name = "config"
      volume.configMap = ConfigMapVolumeSource()
      volume.configMap?.name = "settings"
      $0.spec.volumes = [volume]
      $0.status.phase = "Pending"
      $0.status.conditions = [condition("PodScheduled", "True")]
      $0.status.containerStatuses = [waiting("app", "ContainerCreating")]
    }
  }

  @Test func aNameIsWantedOnlyWhereItMatters() {
    let healthy = pod("web-2") { $0.spec.volumes = waitingPod().spec.volumes }
    #expect(Triage.diagnose(cluster([healthy]), now: now).named.isEmpty)
    #expect(Triage.diagnose(cluster([waitingPod(), waitingPod("web-3")]), now: now).named == [Self.config])
    #expect(Triage.diagnose(cluster([waitingPod()]), namespace: "other", now: now).named.isEmpty)
    // Where the kind is read, nothing is asked.
    let state = cluster([waitingPod()])
    let store = ObjectStore(resource: ConfigMap.resource, coverage: .cluster)
    store.freshness = .live
    state.add(store)
    let report = Triage.diagnose(state, now: now)
    #expect(report.named.isEmpty)
    #expect(report.findings.first?.code == .podConfigMissing)
  }

  @Test func theAnswerDecides() {
    let state = cluster([waitingPod()])
    let engine = TriageEngine(state)
    func look() -> TriageReport { engine.diagnose(now: now) }
    #expect(look().findings.map(\.code) == [.podCreatingSlowly])
    state.setPresence(.absent, of: Self.config)
    #expect(look().findings.map(\.code) == [.podConfigMissing])
    #expect(look().findings.first?.summary(now: now) == "configmap \"settings\" not found")
    #expect(look().named == [Self.config], "it is asked about as long as it matters")
    state.setPresence(.unknown("configmaps \"settings\" is forbidden"), of: Self.config)
    #expect(look().findings.map(\.code) == [.podCreatingSlowly])
    #expect(
      look().unknowns == [
        Unknown(
          subject: "whether configmaps that are named exist",
          reason: "configmaps: configmaps \"settings\" is forbidden")
      ])
    state.setPresence(.present, of: Self.config)
    #expect(look().findings.map(\.code) == [.podCreatingSlowly] && look().unknowns.isEmpty)
    state.setPresence(nil, of: Self.config)
    #expect(look().findings.map(\.code) == [.podCreatingSlowly])
  }

  @Test func certificatesOfIngresses() {
    let ingress = object(Ingress.self, "shop") {
      var tls = IngressTLS()
      tls.secretName = "shop-tls"
      $0.spec.tls = [tls, tls, IngressTLS()]
    }
    let state = cluster([ingress])
    #expect(Triage.diagnose(state, now: now).named == [Self.certificate])
    #expect(findings(state).isEmpty)
    state.setPresence(.absent, of: Self.certificate)
    #expect(Triage.diagnose(state, now: now).findings.map(\.code) == [.ingressCertificateMissing])
    // Tools that make certificates take a while: a new Ingress is not asked about.
    let young = object(Ingress.self, "shop") {
      $0.spec.tls = ingress.spec.tls
      $0.metadata.creationTimestamp = ago(60)
    }
    #expect(Triage.diagnose(cluster([young]), now: now).named.isEmpty)
  }
}
