import ClusterState
import Kube
import Testing

@testable import Details

@Suite struct TimeLineTests {
  private func event(
    _ name: String, about kind: String, _ target: String, uid: String = "", last: Int64, count: Int = 1,
    first: Int64? = nil, reason: String = "BackOff"
  ) throws -> Event {
    try decode(
      Event.self,
      """
      {"metadata":{"name":"\(name)","namespace":"shop","uid":"\(name)"},"type":"Warning","reason":"\(reason)",
       "message":"message of \(name)","count":\(count),"firstTimestamp":"\(ago(first ?? last))",
       "lastTimestamp":"\(ago(last))",
       "involvedObject":{"kind":"\(kind)","namespace":"\(kind == "Node" ? "" : "shop")","name":"\(target)",
        "uid":"\(uid)"}}
      """)
  }

  private let pod = """
    {"metadata":{"name":"web-1","namespace":"shop","uid":"p1","creationTimestamp":"\(ago(600))"},
     "spec":{"nodeName":"n1","containers":[{"name":"web"}],
      "volumes":[{"name":"d","persistentVolumeClaim":{"claimName":"disk"}}]},
     "status":{"phase":"Running",
      "conditions":[{"type":"Ready","status":"False","reason":"ContainersNotReady",
       "lastTransitionTime":"\(ago(60))"}],
      "containerStatuses":[{"name":"web","restartCount":3,"state":{"running":{"startedAt":"\(ago(30))"}},
       "lastState":{"terminated":{"exitCode":137,"reason":"OOMKilled","startedAt":"\(ago(300))",
        "finishedAt":"\(ago(60))"}}}]}}
    """

  @Test func everythingAroundAPodInOneOrder() throws {
    let objects: [any KubeObject] = [
      try decode(
        Node.self,
        """
        {"metadata":{"name":"n1","uid":"n","creationTimestamp":"\(ago(9000))"},"status":{"conditions":[
         {"type":"Ready","status":"False","reason":"KubeletNotReady","lastTransitionTime":"\(ago(45))"}]}}
        """),
      try decode(PersistentVolumeClaim.self, #"{"metadata":{"name":"disk","namespace":"shop","uid":"c"}}"#),
      try event("e1", about: "Pod", "web-1", uid: "p1", last: 20, count: 14, first: 7200),
      try event("e2", about: "Node", "n1", uid: "n1", last: 50, reason: "NodeNotReady"),
      try event("e3", about: "PersistentVolumeClaim", "disk", uid: "c", last: 500, reason: "ProvisioningFailed"),
      try event("e4", about: "Pod", "web-1", uid: "earlier-namesake", last: 10),
      try event("e5", about: "Pod", "web-2", last: 10),
    ]
    #expect(
      try details(pod, Pod.resource, in: cluster(objects, read: [Event.self])).text(of: "Time line") == """
          When                 Object                      What                Message
          20s (x14 over 120m)  pod/web-1                   BackOff             message of e1
          30s                  pod/web-1 web               Started             restart 3
          45s                  node/n1                     Ready=False         KubeletNotReady
          50s                  node/n1                     NodeNotReady        message of e2
          60s                  pod/web-1                   Ready=False         ContainersNotReady
          60s                  pod/web-1 web               OOMKilled           exit 137 (SIGKILL)
          5m                   pod/web-1 web               Started
          8m20s                persistentvolumeclaim/disk  ProvisioningFailed  message of e3
          10m                  pod/web-1                   Created

        """)
  }

  @Test func onlyTheNewestAreShownAndTheRestCounted() throws {
    let events = try (0..<300).map { try event("e\($0)", about: "Pod", "web-1", last: Int64($0)) }
    let page = try details(
      #"{"metadata":{"name":"web-1","namespace":"shop"}}"#, Pod.resource, in: cluster(events, read: [Event.self]))
    let lines = page.sections.first { $0.title == "Time line" }?.lines ?? []
    #expect(lines.count == 202)
    #expect(lines.last?.text == "… 100 older ones are left out")
    #expect(lines[1].cells?.first == "0s")
    #expect(lines[200].cells?.first == "3m19s")
  }

  @Test func unreadEventsAreSaidToBeMissing() throws {
    let page = try details(pod, Pod.resource)
    #expect(page.text(of: "Time line").hasSuffix("Events are not read: what they would tell is missing here.\n"))
  }

  @Test func rolloutsOfADeployment() throws {
    let set = try decode(
      ReplicaSet.self,
      """
      {"metadata":{"name":"web-b","namespace":"shop","uid":"rs2","creationTimestamp":"\(ago(30))",
       "annotations":{"deployment.kubernetes.io/revision":"7"},
       "ownerReferences":[{"kind":"Deployment","name":"web","uid":"d1","controller":true}]}}
      """)
    let page = try details(
      #"{"metadata":{"name":"web","namespace":"shop","uid":"d1"}}"#, Deployment.resource,
      in: cluster([set], read: [Event.self]))
    #expect(page.text(of: "Time line").contains("30s   replicaset/web-b  Rollout  revision 7 begins"))
  }
}
