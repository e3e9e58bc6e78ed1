import ClusterState
import Expressions
import Kube

/// Names for what belongs to workloads and volumes.
let workloadRelations: [Relation] = [
  Relation(
    "replicasets", .list(.record(ReplicaSet.self)), "the ReplicaSets of `deployment`, the newest revision first",
    reads: Relation.owners
  ) { facts in Relation.list(facts.replicaSets) },
  Relation(
    "jobs", .list(.record(Job.self)), "the Jobs of `cronjob`, the newest first", reads: Relation.owners
  ) { facts in Relation.list(facts.jobs) },
  Relation(
    "attachments", .list(.record(VolumeAttachment.self)), "the VolumeAttachments of `volume`",
    reads: [VolumeAttachment.self, PersistentVolume.self, PersistentVolumeClaim.self]
  ) { facts in
    Relation.list(
      facts.volume.flatMap { volume in
        facts.state.look(all: VolumeAttachment.self, namespace: "") {
          $0.spec.source.persistentVolumeName == volume.metadata.name
        }
      })
  },
  Relation(
    "classes", .list(.record(StorageClass.self)), "all StorageClasses", reads: [StorageClass.self]
  ) { facts in Relation.list(facts.state.look(all: StorageClass.self, namespace: "")) },
  Relation(
    "classVolumes", .list(.record(PersistentVolume.self)),
    "the PersistentVolumes that carry the class of `claim`, whether there is an object of that class or not",
    reads: [PersistentVolume.self, PersistentVolumeClaim.self]
  ) { facts in
    Relation.list(
      facts.claim.flatMap { claim in
        facts.state.look(all: PersistentVolume.self, namespace: "") {
          $0.spec.storageClassName == claim.spec.storageClassName ?? ""
        }
      })
  },
  Relation(
    "mounts", .list(.record(MountFacts.self)), "the volumes of the pod with their directories on the node",
    reads: [Pod.self, PersistentVolumeClaim.self, PersistentVolume.self]
  ) { facts in
    .value(.list((facts.pod.map { MountFacts.all(of: $0, in: facts.state) } ?? []).map { .record($0) }))
  },
]

extension PlaybookFacts {
  /// The ReplicaSets of the Deployment, the newest revision first.
  var replicaSets: Lookup<[ReplicaSet]> {
    owner(Deployment.self).flatMap { deployment in
      if let doubt = state.doubt(about: ReplicaSet.self, namespace: namespace) { return .unknown(doubt) }
      let sets = state.owned(ReplicaSet.self, by: deployment.metadata.uid)
      return .found(
        sets.sorted { ($0.revision, $0.metadata.name) > ($1.revision, $1.metadata.name) })
    }
  }

  /// The Jobs of the CronJob, the newest first.
  var jobs: Lookup<[Job]> {
    owner(CronJob.self).flatMap { cronJob in
      if let doubt = state.doubt(about: Job.self, namespace: namespace) { return .unknown(doubt) }
      let jobs = state.owned(Job.self, by: cronJob.metadata.uid)
      return .found(
        jobs.sorted {
          ($0.metadata.creationTimestamp?.microseconds ?? .min, $0.metadata.name)
            > ($1.metadata.creationTimestamp?.microseconds ?? .min, $1.metadata.name)
        })
    }
  }
}

extension ReplicaSet {
  /// The revision of its Deployment that it holds; 0 without one.
  var revision: Int { metadata.annotations["deployment.kubernetes.io/revision"].flatMap { Int($0) } ?? 0 }
}
