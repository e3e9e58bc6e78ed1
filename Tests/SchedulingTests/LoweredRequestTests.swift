import Kube
import Testing

@testable import Scheduling

/// Requests are lowered to what is free and no further, whatever runs beside or before what.
@Suite struct LoweredRequestTests {
  private func container(_ name: String, _ cpu: String, isSidecar: Bool = false) -> Container {
    var container = Container()
    container.name = name
    container.resources.requests = amounts(["cpu": cpu])
    if isSidecar { container.restartPolicy = "Always" }
    return container
  }

  /// Requests of cpu of all containers, those of the pod and of its init containers.
  private func lowered(_ pod: Pod, to total: Int64, _ rules: SchedulerRules = .current) -> [String] {
    var pod = pod
    pod.lower("cpu", to: total, rules)
    return (pod.spec.containers + pod.spec.initContainers).map { $0.resources.requests["cpu"]?.text ?? "none" }
  }

  @Test func whoGives() {
    func lowered(_ cpus: [String], initial: [String] = [], sidecars: [String] = [], to total: Int64) -> [String] {
      self.lowered(
        pod("p") { pod in
          pod.spec.containers = cpus.map { container("c", $0) }
          pod.spec.initContainers =
            sidecars.map { container("s", $0, isSidecar: true) } + initial.map { container("i", $0) }
        }, to: total)
    }
    // The largest alone, as long as it keeps half.
    #expect(lowered(["3", "1"], to: 3000) == ["2", "1"])
    #expect(lowered(["2", "2"], to: 3000).sorted() == ["1", "2"])
    // Otherwise the large ones together; small ones keep what they have.
    #expect(lowered(["3", "2", "100m"], to: 2100) == ["1", "1", "100m"])
    #expect(lowered(["3", "none"], to: 1000) == ["1", "none"])
    // An init container that asks for most gives alone: the others do not run beside it.
    #expect(lowered(["2"], initial: ["5"], to: 4000) == ["2", "4"])
    #expect(lowered(["2", "1"], initial: ["5", "3"], to: 2000) == ["1", "1", "2", "2"])
    // Sidecars run beside both.
    #expect(lowered(["1"], initial: ["4"], sidecars: ["1"], to: 4000) == ["1", "1", "3"])
    #expect(lowered(["1"], sidecars: ["4"], to: 4000) == ["1", "3"])
  }

  @Test func theRuntimesShareStays() {
    let sandboxed = pod("p") {
      $0.spec.containers = [container("c", "4")]
      $0.spec.overhead = amounts(["cpu": "500m"])
    }
    #expect(lowered(sandboxed, to: 3000) == ["2500m"])
  }

  @Test func aPodsOwnRequestIsLoweredAndItsContainersFollow() {
    var sized = pod("p") {
      $0.spec.containers = [container("c", "3"), container("d", "1")]
      $0.spec.resources = ResourceRequirements()
      $0.spec.resources?.requests = amounts(["cpu": "5"])
    }
    #expect(lowered(sized, to: 4500) == ["3", "1"])
    #expect(lowered(sized, to: 3000) == ["2", "1"])
    sized.lower("cpu", to: 3000, .current)
    #expect(sized.spec.resources?.requests["cpu"] == Quantity("3"))
    let first = cluster([node("a") { $0.status.allocatable["cpu"] = Quantity("3") }]).suggestions(
      for: pod("p") {
        $0.spec.containers = [container("c", "3"), container("d", "1")]
        $0.spec.resources = ResourceRequirements()
        $0.spec.resources?.requests = amounts(["cpu": "5"])
      }, origin: PodOrigin(kind: "deployment", name: "web", namespace: "shop"))[0]
    #expect(
      first.kubectl == [
        "kubectl -n shop patch deployment web --type=json -p "
          + #"'[{"op":"add","path":"/spec/template/spec/resources/requests","value":{"cpu":"3"}},"#
          + #"{"op":"add","path":"/spec/template/spec/containers/0/resources/requests","value":{"cpu":"2"}}]'"#
      ])
    // A remedy for the containers alone would not make the pod smaller.
    #expect(first.lowered == [])
  }

  /// Neither more nor less, for pods that nobody thought of.
  @Test(arguments: 0..<300) func exactly(_ seed: Int) {
    var random = SeededRandom(seed: UInt64(seed + 1))
    func cpu() -> String { "\(Int.random(in: 0...40, using: &random) * 100)m" }
    let rules = seed % 5 == 0 ? SchedulerRules.kubernetes120 : .current
    let old = pod("p") { pod in
      pod.spec.containers = (0...Int.random(in: 0...3, using: &random)).map { container("c\($0)", cpu()) }
      pod.spec.initContainers = (0..<Int.random(in: 0...4, using: &random)).map {
        container("i\($0)", cpu(), isSidecar: Bool.random(using: &random))
      }
      if seed % 3 == 0 { pod.spec.overhead = amounts(["cpu": "100m"]) }
    }
    let before = ResourceAmounts(of: old, rules: rules, counting: false).cpu
    guard before > 200 else { return }
    let total = Int64.random(in: 100..<before, using: &random)
    var new = old
    new.lower("cpu", to: total, rules)
    #expect(ResourceAmounts(of: new, rules: rules, counting: false).cpu == total)
    // Giving any one container back what it had is too much again: nobody gave for nothing.
    let all = old.spec.containers + old.spec.initContainers
    for (index, container) in all.enumerated() {
      var back = new
      if index < old.spec.containers.count {
        back.spec.containers[index] = container
      } else {
        back.spec.initContainers[index - old.spec.containers.count] = container
      }
      if back == new { continue }
      #expect(ResourceAmounts(of: back, rules: rules, counting: false).cpu > total, "\(container.name)")
    }
  }
}
