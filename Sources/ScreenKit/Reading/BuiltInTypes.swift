import Diagnosis
import Kube

extension ScreenTypes {
  /// The kinds that podmedic reads into types of their own.
  public static let builtIn = ScreenTypes(
    objects: [
      CSIDriver.self, CSINode.self, CSIStorageCapacity.self, CertificateSigningRequest.self, ClusterRole.self,
      ClusterRoleBinding.self, ConfigMap.self, ControllerRevision.self, CronJob.self, DaemonSet.self,
      Deployment.self, EndpointSlice.self, Endpoints.self, Event.self, HorizontalPodAutoscaler.self, Ingress.self,
      IngressClass.self, Job.self, Lease.self, LimitRange.self, MutatingWebhookConfiguration.self, Namespace.self,
      NetworkPolicy.self, Node.self, PersistentVolume.self, PersistentVolumeClaim.self, Pod.self,
      PodDisruptionBudget.self, PriorityClass.self, ReplicaSet.self, ReplicationController.self, ResourceQuota.self,
      Role.self, RoleBinding.self, Secret.self, Service.self, ServiceAccount.self, StatefulSet.self,
      StorageClass.self, ValidatingWebhookConfiguration.self, VolumeAttachment.self,
    ],
    derived: { Derived.type(for: $0) })
}
