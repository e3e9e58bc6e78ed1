/// Objects that the tests work on.
enum Sample {
  static let deployment = """
    {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"checkout","namespace":"shop","uid":"d1",
     "resourceVersion":"77","generation":3},
     "spec":{"replicas":2,"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxSurge":"25%","maxUnavailable":"25%"}},
     "template":{"metadata":{"labels":{"app":"checkout"}},"spec":{"containers":[{"name":"app","image":"checkout:2",
     "env":[{"name":"URL","valueFrom":{"configMapKeyRef":{"name":"conf","key":"url"}}}],
     "livenessProbe":{"periodSeconds":5},
     "resources":{"limits":{"memory":"128Mi"},"requests":{"memory":"64Mi"}}}]}}},
     "status":{"observedGeneration":3,"replicas":2,"updatedReplicas":2,"readyReplicas":2,"availableReplicas":2}}
    """
  static let replicaSet = set("checkout-2", uid: "r2", revision: 2, image: "checkout:2", ready: 1)
  static let oldReplicaSet = set("checkout-1", uid: "r1", revision: 1, image: "checkout:1", ready: 0)

  static func set(_ name: String, uid: String, revision: Int, image: String, ready: Int) -> String {
    """
    {"apiVersion":"apps/v1","kind":"ReplicaSet","metadata":{"name":"\(name)","namespace":"shop","uid":"\(uid)",
     "annotations":{"deployment.kubernetes.io/revision":"\(revision)"},
     "ownerReferences":[{"apiVersion":"apps/v1","kind":"Deployment","name":"checkout","uid":"d1","controller":true}]},
     "spec":{"replicas":1,"template":{"metadata":{"labels":{"app":"checkout","pod-template-hash":"x"}},
     "spec":{"containers":[{"name":"app","image":"\(image)"}]}}},"status":{"readyReplicas":\(ready)}}
    """
  }

  static let pod = """
    {"apiVersion":"v1","kind":"Pod","metadata":{"name":"checkout-2-a","namespace":"shop","uid":"p1",
     "resourceVersion":"5","labels":{"app":"checkout"},
     "ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"checkout-2","uid":"r2","controller":true}]},
     "spec":{"nodeName":"n1","volumes":[{"name":"cache","emptyDir":{}}],"containers":[{"name":"app","image":"checkout:2"}]},
     "status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}}
    """
  static let barePod = """
    {"apiVersion":"v1","kind":"Pod","metadata":{"name":"alone","namespace":"shop","uid":"p9","resourceVersion":"5"},
     "spec":{"containers":[{"name":"app","image":"a"}]},"status":{"phase":"Running"}}
    """
  static let failedPod = """
    {"apiVersion":"v1","kind":"Pod","metadata":{"name":"gone","namespace":"shop","uid":"p7","resourceVersion":"5"},
     "spec":{"nodeName":"n1"},"status":{"phase":"Failed","reason":"Evicted"}}
    """
  static let gatedPod = """
    {"apiVersion":"v1","kind":"Pod","metadata":{"name":"gated","namespace":"shop","uid":"p8","resourceVersion":"5",
     "deletionTimestamp":"2026-01-01T00:00:00Z","finalizers":["example.com/hold","other"]},
     "spec":{"schedulingGates":[{"name":"quota"}]},"status":{"phase":"Pending"}}
    """
  static let namespace = """
    {"apiVersion":"v1","kind":"Namespace","metadata":{"name":"shop","uid":"ns1","resourceVersion":"2"}}
    """
  static let node = """
    {"apiVersion":"v1","kind":"Node","metadata":{"name":"n1","uid":"n1","resourceVersion":"9"},
     "spec":{"taints":[{"key":"gpu","value":"yes","effect":"NoSchedule"}]},
     "status":{"allocatable":{"memory":"1Gi","cpu":"2"},"conditions":[{"type":"Ready","status":"Unknown"}]}}
    """
  static let cordonedNode = """
    {"apiVersion":"v1","kind":"Node","metadata":{"name":"n2","uid":"n2","resourceVersion":"9"},
     "spec":{"unschedulable":true,"taints":[{"key":"node.kubernetes.io/unschedulable","effect":"NoSchedule"}]},
     "status":{"allocatable":{"memory":"1Gi","cpu":"2"},"conditions":[{"type":"Ready","status":"True"}]}}
    """
  static let statefulSet = """
    {"apiVersion":"apps/v1","kind":"StatefulSet","metadata":{"name":"db","namespace":"shop","uid":"s1",
     "resourceVersion":"4"},"spec":{"replicas":1,"updateStrategy":{"type":"RollingUpdate","rollingUpdate":{"partition":2}},
     "template":{"spec":{"containers":[{"name":"db","image":"db:1"},{"name":"agent","image":"agent:1"}]}}}}
    """
  static let autoscaler = """
    {"apiVersion":"autoscaling/v2","kind":"HorizontalPodAutoscaler","metadata":{"name":"checkout","namespace":"shop",
     "uid":"h1","resourceVersion":"4"},"spec":{"minReplicas":2,"maxReplicas":6,
     "scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"checkout"}},"status":{"currentReplicas":2}}
    """
  static let budget = """
    {"apiVersion":"policy/v1","kind":"PodDisruptionBudget","metadata":{"name":"checkout","namespace":"shop","uid":"b1",
     "resourceVersion":"4"},"spec":{"minAvailable":2,"selector":{"matchLabels":{"app":"checkout"}}},
     "status":{"disruptionsAllowed":0}}
    """
  static let job = """
    {"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"import","namespace":"shop","uid":"j1","resourceVersion":"4"},
     "spec":{"suspend":true,"selector":{"matchLabels":{"controller-uid":"j1"}},"template":{"metadata":{"labels":
     {"controller-uid":"j1","job-name":"import","app":"i"}},"spec":{"containers":[{"name":"i","image":"i:1"}]}}},
     "status":{"failed":3}}
    """
  static let cronJob = """
    {"apiVersion":"batch/v1","kind":"CronJob","metadata":{"name":"nightly","namespace":"shop","uid":"c1",
     "resourceVersion":"4"},"spec":{"suspend":false,"schedule":"0 1 * * *","jobTemplate":{"spec":{"template":{"spec":
     {"containers":[{"name":"n","image":"n:1"}]}}}}}}
    """
  static let claim = """
    {"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"name":"data","namespace":"shop","uid":"v1",
     "resourceVersion":"4"},"spec":{"storageClassName":"fast","resources":{"requests":{"storage":"10Gi"}}},
     "status":{"phase":"Bound","capacity":{"storage":"5Gi"}}}
    """
  static let waitingClaim = """
    {"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"name":"waiting","namespace":"shop","uid":"v2",
     "resourceVersion":"4","annotations":{"volume.kubernetes.io/selected-node":"n9"}},"spec":{},
     "status":{"phase":"Pending"}}
    """
  static let storageClass = """
    {"apiVersion":"storage.k8s.io/v1","kind":"StorageClass","metadata":{"name":"fast","uid":"k1","resourceVersion":"4"},
     "provisioner":"csi.example","allowVolumeExpansion":true}
    """
  static let slowClass = """
    {"apiVersion":"storage.k8s.io/v1","kind":"StorageClass","metadata":{"name":"slow","uid":"k2","resourceVersion":"4"},
     "provisioner":"csi.example"}
    """
  static let volume = """
    {"apiVersion":"v1","kind":"PersistentVolume","metadata":{"name":"pv-1","uid":"w1","resourceVersion":"4"},
     "spec":{"claimRef":{"namespace":"shop","name":"data"},"persistentVolumeReclaimPolicy":"Delete"},
     "status":{"phase":"Released"}}
    """
  static let service = """
    {"apiVersion":"v1","kind":"Service","metadata":{"name":"web","namespace":"shop","uid":"e1","resourceVersion":"4"},
     "spec":{"selector":{"app":"wbe"},"ports":[{"name":"http","port":80,"targetPort":8080}]}}
    """
  static let ingress = """
    {"apiVersion":"networking.k8s.io/v1","kind":"Ingress","metadata":{"name":"web","namespace":"shop","uid":"i1",
     "resourceVersion":"4","annotations":{"kubernetes.io/ingress.class":"old"}},"spec":{}}
    """
  static let quota = """
    {"apiVersion":"v1","kind":"ResourceQuota","metadata":{"name":"team","namespace":"shop","uid":"q1",
     "resourceVersion":"4"},"spec":{"hard":{"pods":"10"}},"status":{"used":{"pods":"10"}}}
    """
  static let webhook = """
    {"apiVersion":"admissionregistration.k8s.io/v1","kind":"ValidatingWebhookConfiguration","metadata":{"name":"policy",
     "uid":"a1","resourceVersion":"4"},"webhooks":[{"name":"check.example.com","failurePolicy":"Fail"}]}
    """
  static let all = [
    deployment, replicaSet, oldReplicaSet, pod, barePod, failedPod, gatedPod, namespace, node, cordonedNode,
    statefulSet,
    autoscaler, budget, job, cronJob, claim, waitingClaim, storageClass, slowClass, volume, service, ingress, quota,
    webhook,
  ]

  static func bench() throws -> Bench {
    var bench = try Bench()
    for text in all { try bench.put(text) }
    return bench
  }
}
