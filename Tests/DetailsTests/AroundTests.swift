import ClusterState
import Kube
import Testing

@testable import Details

/// Owners, what is owned, and what an object stands on.
@Suite struct AroundTests {
  private let pod = """
    {"metadata":{"name":"web-1","namespace":"shop","uid":"p1","labels":{"app":"web"},
      "ownerReferences":[{"kind":"ReplicaSet","name":"web-abc","uid":"rs1","controller":true}]},
     "spec":{"nodeName":"n1","serviceAccountName":"robot",
      "containers":[{"name":"web","envFrom":[{"configMapRef":{"name":"conf"}},
       {"secretRef":{"name":"extra","optional":true}}]}],
      "volumes":[{"name":"c","configMap":{"name":"conf"}},{"name":"d","persistentVolumeClaim":{"claimName":"disk"}}]},
     "status":{"phase":"Running"}}
    """
  private let everything: [any KubeObject.Type] = [
    Node.self, PersistentVolumeClaim.self, ConfigMap.self, Secret.self, ServiceAccount.self, Service.self,
  ]

  private func surroundings() throws -> [any KubeObject] {
    [
      try decode(
        ReplicaSet.self,
        #"""
        {"metadata":{"name":"web-abc","namespace":"shop","uid":"rs1",
         "ownerReferences":[{"kind":"Deployment","name":"web","uid":"d1","controller":true}]}}
        """#),
      try decode(Deployment.self, #"{"metadata":{"name":"web","namespace":"shop","uid":"d1"}}"#),
      try decode(
        Node.self,
        #"""
        {"metadata":{"name":"n1"},"status":{"conditions":[
         {"type":"Ready","status":"Unknown","reason":"NodeStatusUnknown"},
         {"type":"DiskPressure","status":"False"}]}}
        """#),
      try decode(
        Service.self,
        #"{"metadata":{"name":"web","namespace":"shop"},"spec":{"type":"ClusterIP","selector":{"app":"web"}}}"#),
      try decode(
        Service.self,
        #"{"metadata":{"name":"other","namespace":"shop"},"spec":{"type":"ClusterIP","selector":{"app":"db"}}}"#),
    ]
  }

  @Test func whatIsReadAndNotThereDoesNotExist() throws {
    let page = try details(pod, Pod.resource, in: cluster(surroundings(), read: everything))
    #expect(
      page.text(of: "Related") == """
          Controlled By:          ReplicaSet web-abc -> Deployment web
          Node:                   n1 NotReady (Ready=Unknown NodeStatusUnknown)
          PersistentVolumeClaim:  disk, does not exist
          ConfigMap:              conf (env, volume), does not exist
          Secret:                 extra (env), does not exist (optional)
          ServiceAccount:         robot, does not exist
          Service:                web ClusterIP selects it

        """)
    let lines = page.sections.first { $0.title == "Related" }?.lines ?? []
    #expect(lines.first { $0.label == "ConfigMap" }?.mark == .critical)
    #expect(lines.first { $0.label == "Secret" }?.mark == .notice)
  }

  @Test func whatIsNotReadIsNotSaidToBeMissing() throws {
    #expect(
      try details(pod, Pod.resource).text(of: "Related") == """
          Controlled By:          ReplicaSet web-abc
          Node:                   n1, not checked
          PersistentVolumeClaim:  disk, not checked
          ConfigMap:              conf (env, volume), not checked
          Secret:                 extra (env), not checked
          ServiceAccount:         robot, not checked

        """)
  }

  @Test func anotherNamespaceTellsNothing() throws {
    let cluster = ClusterState()
    let store = ObjectStore(resource: ConfigMap.resource, coverage: .namespace("elsewhere"))
    store.freshness = .live
    cluster.add(store)
    #expect(try details(pod, Pod.resource, in: cluster).text(of: "Related").contains("conf (env, volume), not checked"))
  }

  @Test func ownedPodsAreCountedByTheirWordsTroubleFirst() throws {
    func pod(_ name: String, _ state: String) throws -> Pod {
      try decode(
        Pod.self,
        """
        {"metadata":{"name":"\(name)","namespace":"shop","uid":"\(name)","creationTimestamp":"\(ago(90))",
          "ownerReferences":[{"kind":"ReplicaSet","name":"web-abc","uid":"rs1","controller":true}]},
         "spec":{"nodeName":"n1","containers":[{"name":"c"}]},
         "status":{"phase":"Running","containerStatuses":[{"name":"c","ready":true,"state":{\(state)}}]}}
        """)
    }
    let objects =
      try surroundings() + [
        pod("a", "\"running\":{}"), pod("b", #""waiting":{"reason":"CrashLoopBackOff"}"#), pod("c", "\"running\":{}"),
      ]
    let deployment = #"{"metadata":{"name":"web","namespace":"shop","uid":"d1"}}"#
    #expect(
      try details(deployment, Deployment.resource, in: cluster(objects)).text(of: "Related") == """
          Owns:
            ReplicaSet:  web-abc  0/1 ready (<unknown>)
          Pods:  3, 0 ready: 2 Running, 1 CrashLoopBackOff
            Name  Ready  Status            Restarts  Node  Age
            b     0/1    CrashLoopBackOff  0         n1    90s
            a     1/1    Running           0         n1    90s
            c     1/1    Running           0         n1    90s

        """)
  }

  @Test func circlesOfOwnersEnd() throws {
    let set = try decode(
      ReplicaSet.self,
      #"""
      {"metadata":{"name":"a","namespace":"shop","uid":"a",
       "ownerReferences":[{"kind":"ReplicaSet","name":"a","uid":"a","controller":true}]}}
      """#)
    let json = #"""
      {"metadata":{"name":"a","namespace":"shop","uid":"a",
       "ownerReferences":[{"kind":"ReplicaSet","name":"a","uid":"a","controller":true}]}}
      """#
    #expect(try !details(json, ReplicaSet.resource, in: cluster([set])).sections.isEmpty)
  }
}
