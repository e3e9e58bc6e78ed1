import Diagnosis
import Kube
import Testing

@testable import PlaybookKit

/// The arithmetic of rolling updates, the differences of templates, and which volume fits a claim.
@Suite struct WorkloadCheckTests {
  private func deployment(
    _ replicas: Int, surge: IntOrString?, unavailable: IntOrString?, now: Int, updated: Int, available: Int
  ) -> Deployment {
    var deployment = Deployment()
    deployment.spec.replicas = replicas
    deployment.spec.strategy.type = "RollingUpdate"
    var bounds = RollingUpdateDeployment()
    bounds.maxSurge = surge
    bounds.maxUnavailable = unavailable
    deployment.spec.strategy.rollingUpdate = bounds
    deployment.status.replicas = now
    deployment.status.updatedReplicas = updated
    deployment.status.availableReplicas = available
    return deployment
  }

  private func current(available: Int) -> Lookup<[ReplicaSet]> {
    var set = ReplicaSet()
    set.status.availableReplicas = available
    return .found([set])
  }

  @Test func roundsSurgeUpAndUnavailableDown() {
    let stuck = deployment(3, surge: .string("25%"), unavailable: .string("25%"), now: 4, updated: 1, available: 3)
    let judgement = RolloutBounds.judge(stuck, current(available: 0))
    #expect(judgement.verdict == .problem)
    #expect(judgement.sentence.contains("at most 4 pods, at least 3 available"))
  }

  @Test func anAvailableNewPodLetsAnOldOneGo() {
    let moving = deployment(3, surge: .int(1), unavailable: .int(0), now: 4, updated: 1, available: 4)
    #expect(RolloutBounds.judge(moving, current(available: 1)).verdict == .ok)
  }

  @Test func brokenOldPodsGoFirst() {
    // Two of the ten old pods are broken: they may go although eight is the least that must be available.
    let moving = deployment(10, surge: .int(0), unavailable: .int(2), now: 10, updated: 0, available: 8)
    #expect(RolloutBounds.judge(moving, current(available: 0)).verdict == .ok)
  }

  @Test func zeroAndZeroWouldNeverMove() {
    let start = deployment(2, surge: .int(0), unavailable: .int(0), now: 2, updated: 0, available: 2)
    let judgement = RolloutBounds.judge(start, current(available: 0))
    #expect(judgement.verdict == .ok)
    #expect(judgement.sentence.contains("at least 1 available"))
  }

  @Test func whatIsNoNumberIsUnknown() {
    let odd = deployment(2, surge: .string("many"), unavailable: nil, now: 2, updated: 0, available: 2)
    #expect(RolloutBounds.judge(odd, current(available: 0)).verdict == .unknown)
    let stuck = deployment(3, surge: .int(1), unavailable: .int(0), now: 4, updated: 1, available: 3)
    #expect(RolloutBounds.judge(stuck, .unknown(Doubt(.forbidden, "no"))).verdict == .unknown)
  }

  @Test func templatesDiffer() {
    var old = PodTemplateSpec()
    var container = Container()
    container.name = "app"
    container.image = "web:1"
    container.resources.limits["memory"] = Quantity("1Gi")
    old.spec.containers = [container]
    var new = old
    #expect(TemplateDifference.all(from: old, to: new).isEmpty)
    // The same amount in other words is no difference.
    new.spec.containers[0].resources.limits["memory"] = Quantity("1024Mi")
    #expect(TemplateDifference.all(from: old, to: new).isEmpty)
    new.spec.containers[0].image = "web:2"
    new.spec.containers[0].resources.limits["memory"] = Quantity("256Mi")
    var sidecar = Container()
    sidecar.name = "proxy"
    new.spec.containers.append(sidecar)
    new.spec.nodeSelector["disk"] = "ssd"
    #expect(
      TemplateDifference.all(from: old, to: new).map(\.text) == [
        "app: image web:1 -> web:2", "app: limits.memory 1Gi -> 256Mi", "container proxy is new",
        "nodeSelector (none) -> disk=ssd",
      ])
    #expect(TemplateDifference.all(from: new, to: old).contains { $0.text == "container proxy is gone" })
  }

  private func claim() -> PersistentVolumeClaim {
    var claim = PersistentVolumeClaim()
    claim.metadata.name = "data"
    claim.metadata.namespace = "shop"
    claim.metadata.uid = "new"
    claim.spec.storageClassName = "fast"
    claim.spec.accessModes = ["ReadWriteOnce"]
    claim.spec.resources.requests["storage"] = Quantity("10Gi")
    return claim
  }

  private func volume() -> PersistentVolume {
    var volume = PersistentVolume()
    volume.spec.storageClassName = "fast"
    volume.spec.accessModes = ["ReadWriteOnce", "ReadOnlyMany"]
    volume.spec.capacity["storage"] = Quantity("10240Mi")
    volume.status.phase = "Available"
    return volume
  }

  @Test func statefulSetsOfServersThatDoNotCountWhatIsAvailable() throws {
    var set = StatefulSet()
    set.status.readyReplicas = 1
    #expect(WorkloadFacts(set)?.available == 1, "before 1.22 the field is not there")
    set.status.availableReplicas = 0
    #expect(WorkloadFacts(set)?.available == 0)
  }

  @Test func volumesFit() {
    #expect(VolumeFit.complaint(of: claim(), about: volume()) == nil)
    var small = volume()
    small.spec.capacity["storage"] = Quantity("10G")
    #expect(VolumeFit.complaint(of: claim(), about: small) == "10G of 10Gi asked for")
    var other = volume()
    other.spec.accessModes = ["ReadOnlyMany"]
    #expect(VolumeFit.complaint(of: claim(), about: other) == "has no access mode ReadWriteOnce")
    var block = volume()
    block.spec.volumeMode = "Block"
    #expect(VolumeFit.complaint(of: claim(), about: block) == "is a Block volume")
    var classless = volume()
    classless.spec.storageClassName = ""
    #expect(VolumeFit.complaint(of: claim(), about: classless) == "has class \"\"")
  }

  @Test func aVolumeBelongsToItsClaim() {
    var taken = volume()
    var reference = ObjectReference()
    reference.namespace = "shop"
    reference.name = "data"
    taken.spec.claimRef = reference
    // Reserved by name only: the binder takes it.
    #expect(VolumeFit.complaint(of: claim(), about: taken) == nil)
    reference.uid = "old"
    taken.spec.claimRef = reference
    taken.status.phase = "Released"
    #expect(
      VolumeFit.complaint(of: claim(), about: taken) == "belongs to an earlier claim of the same name (Released)")
    reference.name = "logs"
    taken.spec.claimRef = reference
    #expect(VolumeFit.complaint(of: claim(), about: taken) == "belongs to claim shop/logs (Released)")
  }
}
