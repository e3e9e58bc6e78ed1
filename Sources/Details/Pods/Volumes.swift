import Kube

extension Page {
  /// The volumes of a pod, each with kubectl's words for its type.
  mutating func volumes(_ volumes: [JSONValue]) {
    section("Volumes") { $0.volumeLines(volumes) }
  }

  /// The volumes of a pod or a template.
  mutating func volumeLines(_ volumes: [JSONValue]) {
    for volume in volumes { group(volume.text("name")) { $0.volume(volume) } }
  }

  private mutating func volume(_ volume: JSONValue) {
    guard let (type, source) = volume.members().first(where: { $0.key != "name" && $0.value.object != nil }) else {
      add("Type", "<unknown>", .dim)
      return
    }
    volumeSource(type, source)
  }

  /// One source of a volume, as pods and PersistentVolumes have them.
  mutating func volumeSource(_ type: String, _ source: JSONValue) {
    let optional = source["optional"] == true ? "true" : "false"
    switch type {
    case "hostPath":
      add("Type", "HostPath (bare host directory volume)")
      add("Path", source.text("path"))
      addSet("HostPathType", source.text("type"))
    case "emptyDir":
      add("Type", "EmptyDir (a temporary directory that shares a pod's lifetime)")
      addSet("Medium", source.text("medium"))
      addOrNone("SizeLimit", source.text("sizeLimit"), none: "<unset>")
    case "secret":
      add("Type", "Secret (a volume populated by a Secret)")
      add("SecretName", source.text("secretName"))
      items(source)
      add("Optional", optional)
    case "configMap":
      add("Type", "ConfigMap (a volume populated by a ConfigMap)")
      add("Name", source.text("name"))
      items(source)
      add("Optional", optional)
    case "persistentVolumeClaim":
      add("Type", "PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)")
      add("ClaimName", source.text("claimName"))
      add("ReadOnly", source["readOnly"] == true ? "true" : "false")
    case "downwardAPI":
      add("Type", "DownwardAPI (a volume populated by information about the pod)")
      downwardItems(source)
    case "projected":
      add("Type", "Projected (a volume that contains injected data from multiple sources)")
      for part in source.list("sources") { projection(part) }
    case "ephemeral":
      add(
        "Type",
        "EphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)")
      tree(source.at("volumeClaimTemplate", "spec"))
    case "csi":
      add("Type", "CSI (a Container Storage Interface (CSI) volume source)")
      add("Driver", source.text("driver"))
      addSet("FSType", source.text("fsType"))
      addSet("VolumeHandle", source.text("volumeHandle"))
      add("ReadOnly", source["readOnly"] == true ? "true" : "false")
      let attributes = source.members("volumeAttributes").map { "\($0.key)=\($0.value.scalar)" }
      if !attributes.isEmpty { add("VolumeAttributes", all: attributes) }
      for (key, value) in source.members() where key.hasSuffix("SecretRef") {
        add(Page.words(key), (value.has("namespace") ? value.text("namespace") + "/" : "") + value.text("name"))
      }
    case "nfs":
      add("Type", "NFS (an NFS mount that lasts the lifetime of a pod)")
      add("Server", source.text("server"))
      add("Path", source.text("path"))
      add("ReadOnly", source["readOnly"] == true ? "true" : "false")
    case "local":
      add("Type", "LocalVolume (a persistent volume backed by local storage on a node)")
      tree(source)
    case "image":
      add("Type", "Image (a container image or OCI artifact)")
      tree(source)
    default:
      add("Type", type)
      tree(source)
    }
  }

  private mutating func items(_ source: JSONValue) {
    let items = source.list("items").map { "\($0.text("key")) as \($0.text("path"))" }
    if !items.isEmpty { add("Items", all: items) }
  }

  private mutating func downwardItems(_ source: JSONValue) {
    let items = source.list("items").map { item in
      let field = item.text("fieldRef", "fieldPath")
      return "\(field.isEmpty ? item.text("resourceFieldRef", "resource") : field) -> \(item.text("path"))"
    }
    add("Items", all: items)
  }

  private mutating func projection(_ part: JSONValue) {
    for (type, source) in part.members() {
      switch type {
      case "serviceAccountToken":
        addSet("TokenExpirationSeconds", source.text("expirationSeconds"))
        addSet("Audience", source.text("audience"))
      case "configMap", "secret":
        add(type == "secret" ? "SecretName" : "ConfigMapName", source.text("name"))
        add("Optional", source["optional"] == true ? "true" : "false")
      case "downwardAPI": add("DownwardAPI", "true")
      default: group(type, mark: .plain) { $0.tree(source) }
      }
    }
  }
}
