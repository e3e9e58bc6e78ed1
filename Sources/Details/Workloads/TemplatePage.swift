import Kube

extension Page {
  /// The template of the pods that a controller makes.
  mutating func podTemplate(_ template: JSONValue) {
    section("Pod Template") { page in
      let spec = template.at("spec")
      page.labels("Labels", template.at("metadata", "labels"))
      if template.has("metadata", "annotations") { page.annotations(template.at("metadata", "annotations")) }
      page.addSet("Service Account", spec.text("serviceAccountName"))
      page.addSet("Priority Class Name", spec.text("priorityClassName"))
      for (label, member) in [("Init Containers", "initContainers"), ("Containers", "containers")] {
        page.group(label) { page in
          for container in spec.list(member) { page.container(container, status: .null, isRunning: false) }
        }
      }
      page.group("Volumes") { $0.volumeLines(spec.list("volumes")) }
      page.placement(spec)
    }
  }
}
