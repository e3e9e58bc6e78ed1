import Kube

extension Page {
  /// A PersistentVolumeClaim.
  mutating func persistentVolumeClaim(_ object: JSONValue) {
    let (spec, status) = (object.at("spec"), object.at("status"))
    section("PersistentVolumeClaim") { page in
      page.identity(object)
      page.addOrNone("StorageClass", spec.text("storageClassName"), none: "<unset>")
      let phase = status.text("phase")
      page.add("Status", phase, phase == "Bound" ? .good : phase == "Lost" ? .critical : .warning)
      page.addOrNone("Volume", spec.text("volumeName"))
      page.metadata(object)
      page.addOrNone("Finalizers", object.list("metadata", "finalizers").texts.joined(separator: ", "))
      let (asked, capacity) = (spec.text("resources", "requests", "storage"), status.text("capacity", "storage"))
      page.addOrNone("Capacity", capacity)
      page.addSet("Requested", asked, capacity.isEmpty || Quantity(asked) == Quantity(capacity) ? .plain : .notice)
      let modes = status.list("accessModes").isEmpty ? spec.list("accessModes") : status.list("accessModes")
      page.add("Access Modes", modes.texts.joined(separator: ","))
      page.addSet("VolumeMode", spec.text("volumeMode"))
      page.addSet("VolumeAttributesClass", spec.text("volumeAttributesClassName"))
      for (label, member) in [("DataSource", "dataSource"), ("DataSourceRef", "dataSourceRef")] where spec.has(member) {
        let (group, namespace) = (spec.text(member, "apiGroup"), spec.text(member, "namespace"))
        page.add(
          label,
          spec.text(member, "kind") + (group.isEmpty ? "" : ".\(group)") + "/\(spec.text(member, "name"))"
            + (namespace.isEmpty ? "" : " of namespace \(namespace)"))
      }
      if spec.has("selector") { page.add("Selector", selectorText(spec.at("selector"))) }
    }
    conditionSection(
      status, bad: ["ControllerResizeError", "NodeResizeError", "ModifyVolumeError"],
      neutral: ["Resizing", "FileSystemResizePending", "ModifyingVolume"])
  }

  /// A PersistentVolume.
  mutating func persistentVolume(_ object: JSONValue) {
    let (spec, status) = (object.at("spec"), object.at("status"))
    section("PersistentVolume") { page in
      page.identity(object)
      page.metadata(object)
      page.addOrNone("Finalizers", object.list("metadata", "finalizers").texts.joined(separator: ", "))
      page.addOrNone("StorageClass", spec.text("storageClassName"))
      let phase = status.text("phase")
      page.add(
        "Status", phase,
        phase == "Failed" ? .critical : phase == "Released" ? .warning : phase == "Bound" ? .good : .plain)
      let claim = spec.at("claimRef")
      page.addOrNone("Claim", claim == .null ? "" : "\(claim.text("namespace"))/\(claim.text("name"))")
      page.add("Reclaim Policy", spec.text("persistentVolumeReclaimPolicy"))
      page.add("Access Modes", spec.list("accessModes").texts.joined(separator: ","))
      page.addSet("VolumeMode", spec.text("volumeMode"))
      page.add("Capacity", spec.text("capacity", "storage"))
      for term in spec.list("nodeAffinity", "required", "nodeSelectorTerms") {
        page.add("Node Affinity", Page.nodeTermText(term))
      }
      page.addSet("Reason", status.text("reason"), .warning)
      page.addSet("Message", status.text("message"), .warning)
      let known: Set = ["claimRef", "capacity", "nodeAffinity"]
      if let (type, source) = spec.members().first(where: { $0.value.object != nil && !known.contains($0.key) }) {
        page.group("Source", mark: .plain) { $0.volumeSource(type, source) }
      }
      if !spec.list("mountOptions").isEmpty {
        page.add("Mount Options", spec.list("mountOptions").texts.joined(separator: ","))
      }
    }
  }

  /// `topology.kubernetes.io/zone in [eu-1a, eu-1b]`.
  static func nodeTermText(_ term: JSONValue) -> String {
    (term.list("matchExpressions") + term.list("matchFields")).map { expression in
      let values = expression.list("values").texts.joined(separator: ", ")
      return
        "\(expression.text("key")) \(expression.text("operator").lowercased())\(values.isEmpty ? "" : " [\(values)]")"
    }.joined(separator: " and ")
  }

  /// A StorageClass.
  mutating func storageClass(_ object: JSONValue) {
    section("StorageClass") { page in
      page.identity(object)
      let annotations = object.at("metadata", "annotations")
      let isDefault =
        annotations["storageclass.kubernetes.io/is-default-class"] == "true"
        || annotations["storageclass.beta.kubernetes.io/is-default-class"] == "true"
      page.add("IsDefaultClass", isDefault ? "Yes" : "No")
      page.metadata(object)
      page.add("Provisioner", object.text("provisioner"))
      page.add("Parameters", all: object.members("parameters").map { "\($0.key)=\($0.value.scalar)" })
      page.addOrNone("AllowVolumeExpansion", object.text("allowVolumeExpansion"), none: "<unset>")
      page.addOrNone("MountOptions", object.list("mountOptions").texts.joined(separator: ","))
      page.addSet("ReclaimPolicy", object.text("reclaimPolicy"))
      page.addSet("VolumeBindingMode", object.text("volumeBindingMode"))
      let terms = object.list("allowedTopologies").map { term in
        term.list("matchLabelExpressions").map { expression in
          "\(expression.text("key")) in [\(expression.list("values").texts.joined(separator: ", "))]"
        }.joined(separator: " and ")
      }
      if !terms.isEmpty { page.add("AllowedTopologies", all: terms) }
    }
  }
}
