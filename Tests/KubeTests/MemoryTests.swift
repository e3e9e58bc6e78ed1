import Testing

@testable import Kube

/// 10,000 pods must fit in about 40 MB, so what each struct takes inline is bounded.
@Suite struct MemoryTests {
  @Test func structsStaySmall() {
    #expect(MemoryLayout<Container>.size <= 200)
    #expect(MemoryLayout<ContainerStatus>.size <= 128)
    #expect(MemoryLayout<Pod>.size <= 768)
    #expect(MemoryLayout<Event>.size <= 480)
  }

  @Test func copiesOfABoxedPartAreIndependent() {
    var pod = Pod()
    pod.spec.affinity = Affinity()
    var copy = pod
    copy.spec.affinity?.nodeAffinity = NodeAffinity()
    #expect(pod.spec.affinity?.nodeAffinity == nil)
    #expect(copy.spec.affinity?.nodeAffinity != nil)
    #expect(pod != copy)
    copy.spec.affinity = Affinity()
    #expect(pod == copy)
  }
}
