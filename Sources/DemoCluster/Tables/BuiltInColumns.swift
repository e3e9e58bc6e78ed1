import Kube

/// The columns that kubectl shows of the built-in kinds.
extension TableColumn {
  static let builtIn: [String: [TableColumn]] = [
    "pods": podColumns, "nodes": nodeColumns, "events": eventColumns, "services": serviceColumns,
    "namespaces": [nameColumn, TableColumn("Status", path: "status.phase"), age],
    "configmaps": [nameColumn, count("Data", "data", also: "binaryData"), age],
    "secrets": [nameColumn, TableColumn("Type", path: "type"), count("Data", "data"), age],
    "serviceaccounts": [
      nameColumn, TableColumn("Secrets", type: "integer") { object, _ in .int(object.list(at: "secrets").count) }, age,
    ],
    "deployments.apps": [
      nameColumn, ready("status.readyReplicas", of: "spec.replicas"),
      number("Up-to-date", "status.updatedReplicas"), number("Available", "status.availableReplicas"), age,
    ] + templateColumns,
    "replicasets.apps": [
      nameColumn, number("Desired", "spec.replicas"), number("Current", "status.replicas"),
      number("Ready", "status.readyReplicas"), age,
    ] + templateColumns,
    "statefulsets.apps": [nameColumn, ready("status.readyReplicas", of: "spec.replicas"), age]
      + Array(templateColumns.prefix(2)),
    "daemonsets.apps": [
      nameColumn, number("Desired", "status.desiredNumberScheduled"),
      number("Current", "status.currentNumberScheduled"),
      number("Ready", "status.numberReady"), number("Up-to-date", "status.updatedNumberScheduled"),
      number("Available", "status.numberAvailable"),
      TableColumn("Node Selector") { object, _ in labelText(object[at: "spec.template.spec.nodeSelector"]) }, age,
    ] + templateColumns,
    "jobs.batch": jobColumns, "cronjobs.batch": cronJobColumns,
    "persistentvolumeclaims": [
      nameColumn, TableColumn("Status", path: "status.phase"),
      TableColumn("Volume", path: "spec.volumeName", absent: ""),
      TableColumn("Capacity", path: "status.capacity.storage", absent: ""), accessModes("status.accessModes"),
      TableColumn("StorageClass", path: "spec.storageClassName", absent: ""),
      TableColumn("VolumeAttributesClass") { _, _ in "<unset>" }, age,
      TableColumn("VolumeMode", path: "spec.volumeMode", wide: true, absent: "<unset>"),
    ],
    "persistentvolumes": [
      nameColumn, TableColumn("Capacity", path: "spec.capacity.storage", absent: ""), accessModes("spec.accessModes"),
      TableColumn("Reclaim Policy", path: "spec.persistentVolumeReclaimPolicy", absent: ""),
      TableColumn("Status", path: "status.phase"),
      TableColumn("Claim") { object, _ in
        .string(object.text(at: "spec.claimRef.namespace") + "/" + object.text(at: "spec.claimRef.name"))
      },
      TableColumn("StorageClass", path: "spec.storageClassName", absent: ""),
      TableColumn("VolumeAttributesClass") { _, _ in "<unset>" },
      TableColumn("Reason", path: "status.reason", absent: ""),
      age, TableColumn("VolumeMode", path: "spec.volumeMode", wide: true),
    ],
    "storageclasses.storage.k8s.io": [
      TableColumn("Name") { object, _ in
        let key = "storageclass.kubernetes.io/is-default-class"
        let isDefault = object[path: "metadata", "annotations", key]?.string == "true"
        return .string(object.name + (isDefault ? " (default)" : ""))
      }, TableColumn("Provisioner", path: "provisioner"), TableColumn("ReclaimPolicy", path: "reclaimPolicy"),
      TableColumn("VolumeBindingMode", path: "volumeBindingMode"),
      TableColumn("AllowVolumeExpansion", type: "boolean") { object, _ in object["allowVolumeExpansion"] ?? false },
      age,
    ],
    "poddisruptionbudgets.policy": [
      nameColumn, TableColumn("Min Available", path: "spec.minAvailable", absent: "N/A"),
      TableColumn("Max Unavailable", path: "spec.maxUnavailable", absent: "N/A"),
      number("Allowed Disruptions", "status.disruptionsAllowed"), age,
    ],
    "apiservices.apiregistration.k8s.io": [
      nameColumn,
      TableColumn("Service") { object, _ in
        guard object[at: "spec.service"]?.object != nil else { return "Local" }
        return .string(object.text(at: "spec.service.namespace") + "/" + object.text(at: "spec.service.name"))
      },
      TableColumn("Available") { object, _ in
        let condition = object.list(at: "status.conditions").first { $0.text(at: "type") == "Available" }
        let status = condition?.text(at: "status") ?? "Unknown"
        return .string(status == "True" ? status : "\(status) (\(condition?.text(at: "reason") ?? ""))")
      }, age,
    ],
    "resourcequotas": [
      nameColumn, quotaColumn("Request", isLimit: false), quotaColumn("Limit", isLimit: true), age,
    ],
    "limitranges": [nameColumn, TableColumn("Created At", path: "metadata.creationTimestamp")],
    "leases.coordination.k8s.io": [nameColumn, TableColumn("Holder", path: "spec.holderIdentity"), age],
    "endpoints": [nameColumn, TableColumn("Endpoints") { object, _ in endpointsText(object) }, age],
    "endpointslices.discovery.k8s.io": [
      nameColumn, TableColumn("AddressType", path: "addressType"),
      TableColumn("Ports") { object, _ in
        let ports = object.list(at: "ports").map { $0.int(at: "port").map(String.init) ?? "*" }
        return .string(ports.isEmpty ? "<unset>" : shortened(ports))
      },
      TableColumn("Endpoints") { object, _ in
        let addresses = object.list(at: "endpoints").compactMap { $0.list(at: "addresses").first?.string }
        return .string(addresses.isEmpty ? "<unset>" : shortened(addresses))
      }, age,
    ],
    "ingresses.networking.k8s.io": [
      nameColumn, TableColumn("Class", path: "spec.ingressClassName"),
      TableColumn("Hosts") { object, _ in
        let hosts = object.list(at: "spec.rules").map { $0.text(at: "host") }.filter { !$0.isEmpty }
        return .string(hosts.isEmpty ? "*" : shortened(hosts))
      },
      TableColumn("Address") { object, _ in
        .string(object.list(at: "status.loadBalancer.ingress").map { $0.text(at: "ip") }.joined(separator: ","))
      },
      TableColumn("Ports") { object, _ in object.list(at: "spec.tls").isEmpty ? "80" : "80, 443" }, age,
    ],
    "networkpolicies.networking.k8s.io": [
      nameColumn, TableColumn("Pod-Selector") { object, _ in labelText(object[at: "spec.podSelector.matchLabels"]) },
      age,
    ],
    "horizontalpodautoscalers.autoscaling": autoscalerColumns,
    "customresourcedefinitions.apiextensions.k8s.io": [
      nameColumn, TableColumn("Created At", path: "metadata.creationTimestamp"),
    ],
    "priorityclasses.scheduling.k8s.io": [
      nameColumn, TableColumn("Value", path: "value", type: "integer"),
      TableColumn("Global-Default", type: "boolean") { object, _ in object["globalDefault"] ?? false }, age,
    ],
  ]

  private static func number(_ name: String, _ path: String) -> TableColumn {
    TableColumn(name, path: path, type: "integer", absent: 0)
  }

  private static func ready(_ path: String, of total: String) -> TableColumn {
    TableColumn("Ready") { object, _ in .string("\(object.int(at: path) ?? 0)/\(object.int(at: total) ?? 0)") }
  }

  private static func count(_ name: String, _ path: String, also other: String = "") -> TableColumn {
    TableColumn(name, type: "integer") { object, _ in
      .int((object[path]?.object?.count ?? 0) + (object[other]?.object?.count ?? 0))
    }
  }

  private static func accessModes(_ path: String) -> TableColumn {
    let short = ["ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP"]
    return TableColumn("Access Modes") { object, _ in
      .string(object.list(at: path).compactMap(\.string).map { short[$0] ?? $0 }.joined(separator: ","))
    }
  }

  private static func quotaColumn(_ name: String, isLimit: Bool) -> TableColumn {
    TableColumn(name) { object, _ in
      let entries = object.strings(at: "status.hard").filter { $0.key.hasPrefix("limits.") == isLimit }
        .sorted { $0.key < $1.key }
      return .string(
        entries.map { "\($0.key): \(object[path: "status", "used", $0.key]?.string ?? "0")/\($0.value)" }
          .joined(separator: ", "))
    }
  }

  static func labelText(_ labels: JSONValue?) -> JSONValue {
    let entries = (labels?.object?.entries ?? []).map { "\($0.key)=\($0.value.string ?? "")" }.sorted()
    return .string(entries.isEmpty ? "<none>" : entries.joined(separator: ","))
  }

  static func shortened(_ texts: [String]) -> String {
    texts.prefix(3).joined(separator: ",") + (texts.count > 3 ? " + \(texts.count - 3) more..." : "")
  }

  private static func endpointsText(_ object: JSONValue) -> JSONValue {
    var texts: [String] = []
    for subset in object.list(at: "subsets") {
      for address in subset.list(at: "addresses") {
        for port in subset.list(at: "ports") { texts.append("\(address.text(at: "ip")):\(port.int(at: "port") ?? 0)") }
      }
    }
    return .string(texts.isEmpty ? "<none>" : shortened(texts))
  }

  private static let templateColumns = [
    TableColumn("Containers", wide: true) { object, _ in
      .string(object.list(at: "spec.template.spec.containers").map { $0.text(at: "name") }.joined(separator: ","))
    },
    TableColumn("Images", wide: true) { object, _ in
      .string(object.list(at: "spec.template.spec.containers").map { $0.text(at: "image") }.joined(separator: ","))
    },
    TableColumn("Selector", wide: true) { object, _ in labelText(object[at: "spec.selector.matchLabels"]) },
  ]

  private static let podColumns = [
    nameColumn,
    TableColumn("Ready") { object, _ in .string(PodSummary(object).ready) },
    TableColumn("Status") { object, _ in .string(PodSummary(object).status) },
    TableColumn("Restarts") { object, now in .string(PodSummary(object).restarts(now)) },
    age, TableColumn("IP", path: "status.podIP", wide: true), TableColumn("Node", path: "spec.nodeName", wide: true),
    TableColumn("Nominated Node", path: "status.nominatedNodeName", wide: true),
    TableColumn("Readiness Gates", wide: true) { _, _ in "<none>" },
  ]

  private static let nodeColumns = [
    nameColumn,
    TableColumn("Status") { object, _ in
      let ready = object.condition("Ready")?.text(at: "status")
      let state = ready == nil ? "Unknown" : ready == "True" ? "Ready" : "NotReady"
      return .string(state + (object[at: "spec.unschedulable"]?.bool == true ? ",SchedulingDisabled" : ""))
    },
    TableColumn("Roles") { object, _ in
      let prefix = "node-role.kubernetes.io/"
      let roles = object.labels.keys.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }.sorted()
      return .string(roles.isEmpty ? "<none>" : roles.joined(separator: ","))
    },
    age, TableColumn("Version", path: "status.nodeInfo.kubeletVersion"),
    TableColumn("Internal-IP", wide: true) { object, _ in address(object, "InternalIP") },
    TableColumn("External-IP", wide: true) { object, _ in address(object, "ExternalIP") },
    TableColumn("OS-Image", path: "status.nodeInfo.osImage", wide: true),
    TableColumn("Kernel-Version", path: "status.nodeInfo.kernelVersion", wide: true),
    TableColumn("Container-Runtime", path: "status.nodeInfo.containerRuntimeVersion", wide: true),
  ]

  private static func address(_ node: JSONValue, _ type: String) -> JSONValue {
    node.list(at: "status.addresses").first { $0.text(at: "type") == type }?["address"] ?? "<none>"
  }

  private static let eventColumns = [
    TableColumn("Last Seen") { object, now in
      .string(ageText(Simulation.lastTime(of: object) ?? object.time(at: "deprecatedLastTimestamp"), now))
    },
    TableColumn("Type", path: "type"), TableColumn("Reason", path: "reason"),
    TableColumn("Object") { object, _ in
      let regarding = object["involvedObject"] ?? object["regarding"] ?? .null
      return .string(regarding.text(at: "kind").lowercased() + "/" + regarding.text(at: "name"))
    },
    TableColumn("Subobject", wide: true) { object, _ in
      (object["involvedObject"] ?? object["regarding"])?["fieldPath"] ?? ""
    },
    TableColumn("Source", wide: true) { object, _ in
      object["reportingComponent"] ?? object["reportingController"] ?? ""
    },
    TableColumn("Message") { object, _ in object["message"] ?? object["note"] ?? "" },
    TableColumn("First Seen", wide: true) { object, now in
      .string(ageText(object.time(at: "firstTimestamp") ?? object.time(at: "eventTime"), now))
    },
    TableColumn("Count", type: "integer", wide: true) { object, _ in
      object["count"] ?? object[at: "series.count"] ?? object["deprecatedCount"] ?? 1
    },
    TableColumn("Name", path: "metadata.name", wide: true),
  ]

  private static let serviceColumns = [
    nameColumn, TableColumn("Type", path: "spec.type"), TableColumn("Cluster-IP", path: "spec.clusterIP"),
    TableColumn("External-IP") { object, _ in
      let ips = object.list(at: "status.loadBalancer.ingress").map { $0.text(at: "ip") }
      if !ips.isEmpty { return .string(ips.joined(separator: ",")) }
      if object.text(at: "spec.type") == "ExternalName" { return object[at: "spec.externalName"] ?? "" }
      return object.text(at: "spec.type") == "LoadBalancer" ? "<pending>" : "<none>"
    },
    TableColumn("Port(s)") { object, _ in
      let ports = object.list(at: "spec.ports").map { port in
        let node = port.int(at: "nodePort").map { ":\($0)" } ?? ""
        return "\(port.int(at: "port") ?? 0)\(node)/\(port["protocol"]?.string ?? "TCP")"
      }
      return .string(ports.isEmpty ? "<none>" : ports.joined(separator: ","))
    },
    age, TableColumn("Selector", wide: true) { object, _ in labelText(object[at: "spec.selector"]) },
  ]

  private static let jobColumns =
    [
      nameColumn,
      TableColumn("Status") { object, _ in
        if object.condition("Complete")?.text(at: "status") == "True" { return "Complete" }
        if object.condition("Failed")?.text(at: "status") == "True" { return "Failed" }
        return object.isDeleting ? "Terminating" : object[at: "spec.suspend"]?.bool == true ? "Suspended" : "Running"
      },
      TableColumn("Completions") { object, _ in
        .string("\(object.int(at: "status.succeeded") ?? 0)/\(object.int(at: "spec.completions") ?? 1)")
      },
      TableColumn("Duration") { object, now in
        guard let start = object.time(at: "status.startTime") else { return "" }
        return .string(durationText((object.time(at: "status.completionTime") ?? now).since(start)))
      },
      age,
    ] + templateColumns

  private static let cronJobColumns = [
    nameColumn, TableColumn("Schedule", path: "spec.schedule"), TableColumn("Timezone", path: "spec.timeZone"),
    TableColumn("Suspend", type: "boolean") { object, _ in object[at: "spec.suspend"] ?? false },
    TableColumn("Active", type: "integer") { object, _ in .int(object.list(at: "status.active").count) },
    TableColumn("Last Schedule") { object, now in
      object.time(at: "status.lastScheduleTime").map { .string(ageText($0, now)) } ?? "<none>"
    },
    age,
  ]

  private static let autoscalerColumns = [
    nameColumn,
    TableColumn("Reference") { object, _ in
      .string(object.text(at: "spec.scaleTargetRef.kind") + "/" + object.text(at: "spec.scaleTargetRef.name"))
    },
    TableColumn("Targets") { object, _ in
      let current = object.list(at: "status.currentMetrics").first?.int(at: "resource.current.averageUtilization")
      let target = object.list(at: "spec.metrics").first?.int(at: "resource.target.averageUtilization") ?? 80
      return .string("cpu: \(current.map { "\($0)%" } ?? "<unknown>")/\(target)%")
    },
    TableColumn("MinPods") { object, _ in .string("\(object.int(at: "spec.minReplicas") ?? 1)") },
    number("MaxPods", "spec.maxReplicas"), number("Replicas", "status.currentReplicas"), age,
  ]
}
