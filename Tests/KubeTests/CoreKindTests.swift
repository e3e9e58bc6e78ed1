import Testing

@testable import Kube

/// Documents as servers send them; numbers and names here are written by hand, not taken from the tables.
@Suite struct CoreKindTests {
  private static let podJSON = #"""
    {"kind":"Pod","apiVersion":"v1","metadata":{"name":"web-0","namespace":"shop","creationTimestamp":"2026-01-02T03:04:05Z",
     "labels":{"app":"web"},"ownerReferences":[{"apiVersion":"apps/v1","kind":"StatefulSet","name":"web","uid":"u","controller":true}]},
     "spec":{"volumes":[{"name":"data","persistentVolumeClaim":{"claimName":"data-web-0"}},{"name":"tmp","emptyDir":{}},
       {"name":"token","projected":{"sources":[{"serviceAccountToken":{"path":"token"}},{"configMap":{"name":"ca"}}]}}],
      "containers":[{"name":"web","image":"web:1","env":[{"name":"A","value":"hunter2"},
        {"name":"B","valueFrom":{"secretKeyRef":{"name":"s","key":"k","optional":true}}}],
        "envFrom":[{"configMapRef":{"name":"c"}}],
        "resources":{"requests":{"cpu":"100m"},"limits":{"memory":"1Gi"}},
        "livenessProbe":{"httpGet":{"path":"/","port":"http"},"periodSeconds":10}}],
      "ephemeralContainers":[{"name":"debug","image":"busybox","targetContainerName":"web"}],
      "nodeName":"n1","tolerations":[{"operator":"Exists","tolerationSeconds":300}]},
     "status":{"phase":"Running","conditions":[{"type":"Ready","status":"True","lastProbeTime":null}],
      "containerStatuses":[{"name":"web","ready":true,"restartCount":2,"state":{"running":{"startedAt":null}},
        "lastState":{"terminated":{"exitCode":137,"reason":"OOMKilled"}}}]}}
    """#

  @Test func podFromJSON() throws {
    let pod = try decoded(Pod.self, jsonBytes: Array(Self.podJSON.utf8))
    #expect(pod.metadata.controller?.kind == "StatefulSet")
    #expect(pod.spec.volumes[0].persistentVolumeClaim?.claimName == "data-web-0")
    #expect(pod.spec.volumes[1].emptyDir == EmptyDirVolumeSource())
    #expect(pod.spec.volumes[2].projected?.sources[1].configMap?.name == "ca")
    let container = try #require(pod.spec.containers.first)
    #expect(container.env.map(\.name) == ["A", "B"])
    #expect(container.env[0].valueFrom == nil)
    #expect(container.env[1].valueFrom?.secretKeyRef?.name == "s")
    #expect(container.env[1].valueFrom?.secretKeyRef?.optional == true)
    #expect(container.envFrom.first?.configMapRef?.name == "c")
    #expect(container.resources.requests["cpu"]?.milliValue == 100)
    #expect(container.livenessProbe?.httpGet?.port == .string("http"))
    #expect(container.readinessProbe == nil)
    #expect(pod.spec.ephemeralContainers.first?.container.image == "busybox")
    #expect(pod.spec.ephemeralContainers.first?.targetContainerName == "web")
    #expect(pod.spec.tolerations.first?.tolerationSeconds == 300)
    #expect(pod.status.containerStatuses.first?.state.running != nil)
    #expect(pod.status.containerStatuses.first?.lastState?.terminated?.exitCode == 137)
    #expect(pod.isReady && !pod.isTerminal && !pod.isBeingDeleted && !pod.isMirror)
    #expect(decoded(Pod.self, protobuf: pod.protobuf) == pod)
  }

  /// The groups that pods are scheduled with, of 1.35 and from 1.36 on.
  @Test func schedulingGroups() throws {
    let old = try decoded(
      PodSpec.self, json: ["workloadRef": ["name": "training", "podGroup": "workers", "podGroupReplicaKey": "0"]])
    #expect(old.workloadRef?.name == "training" && old.workloadRef?.podGroup == "workers")
    let new = try decoded(PodSpec.self, json: ["schedulingGroup": ["podGroupName": "workers-0"]])
    #expect(new.schedulingGroup?.podGroupName == "workers-0")
    var writer = ProtobufWriter()
    writer.message(42) { reference in
      reference.string(1, "training")
      reference.string(2, "workers")
    }
    #expect(decoded(PodSpec.self, protobuf: writer.bytes) == old)
    writer = ProtobufWriter()
    writer.message(43) { $0.string(1, "workers-0") }
    #expect(decoded(PodSpec.self, protobuf: writer.bytes) == new)
  }

  @Test func literalValuesOfVariablesAreNotKept() throws {
    let pod = try decoded(Pod.self, jsonBytes: Array(Self.podJSON.utf8))
    #expect(!String(decoding: pod.protobuf, as: UTF8.self).contains("hunter2"))
    var writer = ProtobufWriter()
    writer.string(1, "PASSWORD")
    writer.string(2, "hunter2")
    let variable = try #require(decoded(EnvVar.self, protobuf: writer.bytes))
    #expect(variable.name == "PASSWORD")
    #expect(!"\(variable)".contains("hunter2"))
  }

  @Test func valuesOfSecretsAreNotKept() throws {
    let secret = try decoded(Secret.self, json: ["type": "Opaque", "data": ["password": "aHVudGVyMg=="]])
    #expect(secret.data["password"]?.bytes == 7)
    #expect(!String(decoding: secret.protobuf, as: UTF8.self).contains("hunter2"))
    var writer = ProtobufWriter()
    writer.message(2) { entry in
      entry.string(1, "password")
      entry.string(2, "hunter2")
    }
    writer.string(3, "Opaque")
    #expect(decoded(Secret.self, protobuf: writer.bytes) == secret)
  }

  /// What Go embeds is a nested message on the wire.
  @Test func embeddedMessagesOnTheWire() throws {
    var writer = ProtobufWriter()
    writer.message(1) { handler in  // ProbeHandler
      handler.message(3) { socket in socket.message(1) { $0.int(2, 8080) } }
    }
    writer.int(4, 10)
    let probe = try #require(decoded(Probe.self, protobuf: writer.bytes))
    #expect(probe.tcpSocket?.port == .int(8080))
    #expect(probe.periodSeconds == 10)

    writer = ProtobufWriter()
    writer.message(1) { common in  // EphemeralContainerCommon
      common.string(1, "debug")
      common.string(2, "busybox")
    }
    writer.string(2, "web")
    let ephemeral = try #require(decoded(EphemeralContainer.self, protobuf: writer.bytes))
    #expect(ephemeral.container.name == "debug")
    #expect(ephemeral.targetContainerName == "web")
    #expect(ephemeral.protobuf.count >= writer.bytes.count)

    writer = ProtobufWriter()
    writer.message(1) { $0.string(1, "settings") }  // LocalObjectReference
    writer.int(4, 1)
    let source = try #require(decoded(ConfigMapVolumeSource.self, protobuf: writer.bytes))
    #expect(source.name == "settings")
    #expect(source.optional == true)
  }

  @Test func conditionsOfDifferentLayouts() throws {
    let time = "2026-01-02T03:04:05Z"
    let json: JSONValue = [
      "status": ["conditions": [["type": "Ready", "status": "Unknown", "lastHeartbeatTime": .string(time)]]]
    ]
    let node = try decoded(Node.self, json: json)
    #expect(node.status.conditions.condition("Ready")?.lastHeartbeatTime?.description == time)
    #expect(node.status.conditions.condition("Other") == nil)
    func wire(_ statusNumber: Int, _ fields: [(Int, String)]) -> [UInt8] {
      var writer = ProtobufWriter()
      writer.message(3) { status in
        status.message(statusNumber) { condition in for (number, text) in fields { condition.string(number, text) } }
      }
      return writer.bytes
    }
    let deployment = decoded(
      Deployment.self, protobuf: wire(6, [(1, "Progressing"), (2, "False"), (4, "R"), (5, "M")]))
    #expect(deployment?.status.conditions.first?.reason == "R")
    let replicaSet = decoded(ReplicaSet.self, protobuf: wire(6, [(1, "ReplicaFailure"), (2, "True"), (4, "R")]))
    #expect(replicaSet?.status.conditions.first?.isTrue == true)
    let job = decoded(Job.self, protobuf: wire(1, [(1, "Failed"), (2, "True"), (5, "R"), (6, "M")]))
    #expect(job?.status.conditions.condition("Failed")?.message == "M")
    let budget = decoded(PodDisruptionBudget.self, protobuf: wire(7, [(1, "DisruptionAllowed"), (5, "R"), (6, "M")]))
    #expect(budget?.status.conditions.first?.reason == "R")
  }
}
