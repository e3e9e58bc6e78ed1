import Testing

@testable import Kube

@Suite struct BuiltInKindTests {
  @Test(arguments: [
    ("pods", "pods"), ("pod", "pods"), ("po", "pods"), ("Pod", "pods"), ("PODS", "pods"), ("pods.v1.", "pods"),
    ("deploy", "deployments.apps"), ("deployments.apps", "deployments.apps"), ("deploy.apps", "deployments.apps"),
    ("deployments.v1.apps", "deployments.apps"), ("rs", "replicasets.apps"), ("sts", "statefulsets.apps"),
    ("ds", "daemonsets.apps"), ("rc", "replicationcontrollers"), ("cj", "cronjobs.batch"), ("job", "jobs.batch"),
    ("cronjobs.v1beta1.batch", "cronjobs.batch"), ("no", "nodes"), ("pods.", "pods"), ("ns", "namespaces"),
    ("ev", "events"),
    ("svc", "services"), ("ep", "endpoints"), ("cm", "configmaps"), ("sa", "serviceaccounts"),
    ("pvc", "persistentvolumeclaims"), ("pv", "persistentvolumes"), ("quota", "resourcequotas"),
    ("limits", "limitranges"), ("hpa", "horizontalpodautoscalers.autoscaling"), ("pdb", "poddisruptionbudgets.policy"),
    ("ing", "ingresses.networking.k8s.io"), ("netpol", "networkpolicies.networking.k8s.io"),
    ("networkpolicy", "networkpolicies.networking.k8s.io"), ("sc", "storageclasses.storage.k8s.io"),
    ("pc", "priorityclasses.scheduling.k8s.io"), ("csr", "certificatesigningrequests.certificates.k8s.io"),
    ("crd", "customresourcedefinitions.apiextensions.k8s.io"), ("apiservice", "apiservices.apiregistration.k8s.io"),
    ("endpointslices.discovery.k8s.io", "endpointslices.discovery.k8s.io"),
  ])
  func wordsThatPeopleUse(_ word: String, _ expected: String) throws {
    let kind = try #require(builtInKind(named: word))
    #expect(kind.resource.qualifiedName == expected)
    let served = kind.type.resources
    #expect(served.contains(kind.resource))
  }

  @Test(arguments: [
    "", ".", "widgets", "pods.apps", "deployments.v2.apps", "pods.v1", "deployments.v1", "po d",
    "deployments.v1.apps.",
  ])
  func otherWordsAreNoKind(_ word: String) {
    #expect(builtInKind(named: word)?.resource == nil)
  }

  @Test func kindsByGroupAndByReference() {
    #expect(builtInKind(group: "apps", plural: "replicasets")?.resource.kind == "ReplicaSet")
    #expect(builtInKind(group: "", plural: "replicasets")?.resource == nil)
    var preferred = HorizontalPodAutoscaler.resource
    preferred.version = "v1"
    #expect(builtInKind(of: preferred)?.resource.version == "v2", "a server of 1.20 prefers autoscaling/v1")
    #expect(builtInKind(apiVersion: "v1", kind: "Pod")?.resource.kind == "Pod")
    #expect(builtInKind(apiVersion: "batch/v1beta1", kind: "CronJob")?.resource.version == "v1beta1")
    #expect(builtInKind(apiVersion: "apps/v1", kind: "Pod")?.resource == nil)
  }

  @Test func clusterScopedKinds() {
    let names = builtInKinds.map { $0.resource }.filter { !$0.isNamespaced }.map { $0.kind }.sorted()
    #expect(
      names == [
        "APIService", "CSIDriver", "CSINode", "CertificateSigningRequest", "ClusterRole", "ClusterRoleBinding",
        "CustomResourceDefinition", "DeviceClass", "IngressClass", "MutatingWebhookConfiguration", "Namespace", "Node",
        "PersistentVolume", "PriorityClass", "RuntimeClass", "StorageClass", "ValidatingWebhookConfiguration",
        "VolumeAttachment",
      ])
  }
}
