import DataFiles
import Diagnosis
import Kube
import PlainInterface
import Scheduling

/// The objects of a manifest that is not applied.
struct Manifest {
  private let file: String
  private let objects: [any KubeObject]

  /// Reads a file of JSON or YAML documents, lists included; `-` is standard input.
  init(_ file: String) throws(CommandFailure) {
    self.file = file == "-" ? "standard input" : PlainText.line(file)
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try DiskFileSystem().read(file == "-" ? "/dev/stdin" : file, limit: YAMLFile.Limits().bytes)
    } catch {
      throw CommandFailure("error: \(error)", status: 2)
    }
    let read = YAMLFile.json(bytes, file: self.file)
    if let problem = read.problem { throw CommandFailure("error: \(problem)", status: 2) }
    var objects: [any KubeObject] = []
    for document in read.documents {
      do throws(DecodingFailure) {
        let json = try JSONValue(parsing: String(decoding: document, as: UTF8.self))
        if json == .null { continue }
        for item in json["items"]?.array ?? [json] {
          if let object = try Self.object(item) { objects.append(object) }
        }
      } catch {
        throw CommandFailure("error: \(self.file): \(PlainText.line("\(error)"))", status: 2)
      }
    }
    self.objects = objects
  }

  private static func object(_ json: JSONValue) throws(DecodingFailure) -> (any KubeObject)? {
    guard let kind = builtInKind(apiVersion: json["apiVersion"]?.string ?? "", kind: json["kind"]?.string ?? "") else {
      return nil
    }
    let bytes = json.bytes()
    return try bytes.withUnsafeBufferPointer { (bytes) throws(DecodingFailure) in
      var reader = JSONReader(UnsafeRawBufferPointer(bytes), pool: StringPool(capacity: 1024))
      return try kind.type.init(json: &reader)
    }
  }

  /// The objects that make pods, in the file's order, up to the last one that is asked about: all, or those that the
  /// words name.
  func subjects(_ words: [String], _ kinds: KindWords) throws(CommandFailure)
    -> [(object: any KubeObject, isAsked: Bool)]
  {
    let making = objects.filter { ClusterSnapshot.pod(of: $0) != nil }
    guard let first = making.first else {
      throw CommandFailure("error: nothing in \(file) is a pod or makes pods", status: 2)
    }
    let target = try words.isEmpty ? nil : kinds.targets(words).first
    let found = making.map { object in
      guard let target else { return (object: object, isAsked: true) }
      let isAsked = object.reference.kind == target.resource.kind && target.names.contains(object.metadata.name)
      return (object, isAsked)
    }
    if let last = found.lastIndex(where: \.isAsked) { return Array(found[...last]) }
    let names = making.map { PlainText.line($0.reference.shortText) }
    throw CommandFailure(
      "error: \(file) has no such object",
      hint: "It has \(names.prefix(8).joined(separator: ", ")). Name one of them, or none for all: podmedic why "
        + "\(PlainText.line(first.reference.shortText)) -f FILE", status: 2)
  }

  /// What would be created with it.
  func others(than subject: any KubeObject) -> [any KubeObject] {
    objects.filter { $0.reference.kind != subject.reference.kind || $0.metadata.name != subject.metadata.name }
      .map { object in
        var object = object
        if object.metadata.namespace.isEmpty { object.metadata.namespace = subject.metadata.namespace }
        return object
      }
  }
}
