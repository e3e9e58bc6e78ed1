/// The playbooks and the glossary that come with podmedic: YAML files that are part of the program.
public enum Playbooks {
  /// Every playbook by the name of its file in this folder, sorted.
  public static var files: [(path: String, text: String)] {
    embeddedFiles.filter { $0.path.hasSuffix(".yaml") && $0.path != glossaryFile }
  }

  /// The glossary: the words that playbooks and Kubernetes use, explained.
  public static var glossary: [(path: String, text: String)] { embeddedFiles.filter { $0.path == glossaryFile } }

  /// The JSON Schema of playbooks, for editors.
  public static var schema: String { embeddedFiles.first { $0.path == "schema.json" }?.text ?? "" }

  private static let glossaryFile = "glossary.yaml"
}
