/// The playbooks that come with podmedic: one YAML file each, part of the program.
public enum Playbooks {
  /// Every file by its name in this folder, sorted.
  public static var files: [(path: String, text: String)] { embeddedFiles.filter { $0.path.hasSuffix(".yaml") } }

  /// The JSON Schema of these files, for editors.
  public static var schema: String { embeddedFiles.first { $0.path == "schema.json" }?.text ?? "" }
}
