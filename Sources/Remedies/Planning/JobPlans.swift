import ClusterState
import Kube

extension Draft {
  mutating func planSuspend(_ suspends: Bool) {
    set(["spec", "suspend"], .bool(suspends))
    let isJob = target.kind == "Job"
    title = suspends ? "suspend" : "resume"
    if isJob, suspends {
      warn(.warning, "its running pods are deleted; what they have not finished is done again after resuming")
      wait = RemedyWait(condition: .jobActive(target, false), deadline: .seconds(120))
    } else if isJob {
      wait = RemedyWait(condition: .jobActive(target, true), deadline: .seconds(120))
    } else if suspends {
      warn(.note, "jobs that run now go on; no new ones are started")
    } else {
      warn(.note, "a run that was missed may be caught up at once, if startingDeadlineSeconds allows it")
    }
  }

  mutating func planRecreateJob() throws(RemedyRefusal) {
    guard object[path: "metadata", "deletionTimestamp"] == nil else {
      throw refusal(.unsuitable, "\(target.shortName) is being deleted already")
    }
    var metadata: JSONValue = ["name": .string(target.name), "namespace": .string(target.namespace)]
    for field in ["labels", "annotations", "ownerReferences"] { metadata[field] = object[path: "metadata", field] }
    metadata["labels"] = withoutServerLabels(metadata["labels"])
    var spec = object["spec"] ?? [:]
    if spec["manualSelector"]?.bool != true {
      spec["selector"] = nil
      spec["template"] = withoutServerLabels(inMetadataOf: spec["template"])
    }
    let copy: JSONValue = [
      "apiVersion": .string(resource.apiVersion), "kind": "Job", "metadata": metadata, "spec": spec,
    ]
    steps = [
      RemedyStep(
        resource: resource, object: target, change: .delete(gracePeriodSeconds: nil, propagation: "Background"),
        before: object),
      RemedyStep(resource: resource, object: target, change: .create(copy), canDryRun: false),
    ]
    title = "delete it and create it again"
    kubectl = [
      "kubectl get \(kubectlTarget) -o json | jq 'del(.metadata.uid,.metadata.resourceVersion,.status,.spec.selector,"
        + ".spec.template.metadata.labels)' | kubectl replace --force -f -"
    ]
    warn(.danger, "its pods and their logs are deleted; whatever the Job has done already is done again")
    if (metadata["ownerReferences"]?.array ?? []).isEmpty == false {
      warn(.note, "its owner counts the new Job like the old one")
    }
    wait = RemedyWait(condition: .jobRecreated(target), deadline: .seconds(120))
  }

  /// Labels that the server sets for a Job, and refuses on a new one.
  private func withoutServerLabels(_ labels: JSONValue?) -> JSONValue? {
    guard var labels else { return nil }
    for name in [
      "controller-uid", "job-name", "batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name",
    ] { labels[name] = nil }
    return labels
  }

  private func withoutServerLabels(inMetadataOf template: JSONValue?) -> JSONValue? {
    guard var template, var metadata = template["metadata"] else { return template }
    metadata["labels"] = withoutServerLabels(metadata["labels"])
    metadata["creationTimestamp"] = nil
    template["metadata"] = metadata
    return template
  }

  mutating func planTrigger() throws(RemedyRefusal) {
    guard let template = object[path: "spec", "jobTemplate"], let jobs = scene.catalog.served(Job.self) else {
      throw refusal(.missing, "\(target.shortName) has no job template")
    }
    var metadata: JSONValue = ["namespace": .string(target.namespace)]
    // The name tells when; names of Jobs end in the names of pods, so they are short.
    let stem = String(target.name.prefix(40))
    let name = "\(stem)-manual-\(String(scene.now.seconds, radix: 36))"
    metadata["name"] = .string(name)
    metadata["labels"] = template[path: "metadata", "labels"]
    var annotations = template[path: "metadata", "annotations"] ?? [:]
    annotations["cronjob.kubernetes.io/instantiate"] = "manual"
    metadata["annotations"] = annotations
    metadata["ownerReferences"] = [
      [
        "apiVersion": .string(resource.apiVersion), "kind": "CronJob", "name": .string(target.name),
        "uid": .string(target.uid), "controller": true,
      ]
    ]
    let job: JSONValue = [
      "apiVersion": .string(jobs.apiVersion), "kind": "Job", "metadata": metadata, "spec": template["spec"] ?? [:],
    ]
    var reference = ObjectReference()
    reference.kind = "Job"
    reference.apiVersion = jobs.apiVersion
    reference.namespace = target.namespace
    reference.name = name
    steps = [RemedyStep(resource: jobs, object: reference, change: .create(job))]
    title = "run it now as job/\(name)"
    kubectl = ["kubectl create job \(name) --from=\(kubectlTarget)"]
    if object[path: "spec", "concurrencyPolicy"]?.string == "Forbid" {
      warn(.warning, "concurrencyPolicy Forbid does not hold for jobs that are started by hand")
    }
    wait = RemedyWait(condition: .jobActive(reference, true), deadline: .seconds(120))
  }
}
