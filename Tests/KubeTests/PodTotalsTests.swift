import Kube
import Testing

/// What a pod asks for as a whole, wherever that is reckoned with.
@Suite struct PodTotalsTests {
  private func container(_ requests: SmallMap<Quantity>, limits: SmallMap<Quantity> = [:], stays: Bool = false)
    -> Container
  {
    var container = Container()
    container.resources.requests = requests
    container.resources.limits = limits
    if stays { container.restartPolicy = "Always" }
    return container
  }

  private func cpu(_ text: String) -> SmallMap<Quantity> { ["cpu": Quantity(text)] }

  @Test func whatRunsTogetherIsAddedAndTheLargestMomentCounts() {
    var spec = PodSpec()
    spec.containers = [container(cpu("200m")), container(cpu("300m"), limits: cpu("1"))]
    #expect(spec.totalRequests.quantities == cpu("500m"))
    spec.initContainers = [
      container(cpu("100m"), stays: true), container(cpu("700m")), container(cpu("50m"), stays: true),
    ]
    // 700m beside the first sidecar; 650m in the end.
    #expect(spec.totalRequests.quantities == cpu("800m"))
    #expect(spec.total(knowsSidecars: false) { ExactAmounts($0.resources.requests) }.quantities == cpu("700m"))
    spec.overhead = cpu("10m")
    #expect(spec.totalRequests.quantities == cpu("810m"))
    #expect(spec.totalLimits.quantities == cpu("1010m"))
    spec.resources = ResourceRequirements()
    spec.resources?.requests = ["cpu": Quantity("2"), "ephemeral-storage": Quantity("1Gi")]
    // Only some resources can be asked for as a whole.
    #expect(spec.totalRequests.quantities == cpu("2010m"))
  }

  @Test func aLimitStandsForAMissingRequestAndOverheadForNoLimit() {
    var spec = PodSpec()
    spec.containers = [container([:], limits: cpu("1"))]
    spec.overhead = ["memory": Quantity("1Gi")]
    #expect(spec.totalRequests.quantities == ["cpu": Quantity("1"), "memory": Quantity("1Gi")])
    #expect(spec.totalLimits.quantities == cpu("1"))
  }

  @Test func amountsThatAreNoneAndSumsThatWouldOverflow() {
    var spec = PodSpec()
    spec.containers = [container(cpu("lots")), container(cpu("lots and lots")), container(cpu("1"))]
    #expect(spec.totalRequests.quantities == cpu("1"))
    #expect(spec.totalRequests.unreadable.map(\.description) == ["cpu: lots"])
    var huge = ExactAmounts(cpu("9223372036854775807"))
    for _ in 0..<40 { huge.add(huge) }
    #expect(huge["cpu"] == .max)
  }
}
