import Kube

/// Puts a capture together from the documents of its files.
struct CaptureBuilder {
  /// A list that was found, to be judged when all files are known.
  fileprivate struct FoundList {
    var kinds: Set<String>
    var namespaces: Set<String>
    /// The folder that it is in, if that may be the name of a namespace.
    var folder: String?
    /// Whether nodes.json lies above it, as in `kubectl cluster-info dump`.
    var isInDump: Bool
  }

  private(set) var problems: [CaptureProblem] = []
  private var kinds: [String: CapturedKind] = [:]
  private var lists: [FoundList] = []
  private var newestTime = ""
  private var manifest: CaptureManifest?
  private var kindNames: [KindName: Resource] = [:]
  /// Folders that have nodes.json in them.
  private var dumpFolders: Set<String> = []
  private var waiting: [CapturedObject] = []
  private let pool = StringPool(capacity: 1 << 16)
  var logs = CapturedLogs()
  /// The YAML file that is being read; nil while it is JSON.
  var yaml: YAMLOrigin?

  private struct KindName: Hashable {
    var apiVersion: String
    var kind: String
  }

  /// Something that could not be read.
  mutating func report(_ problem: CaptureProblem) { problems.append(problem) }

  /// Remembers that a folder looks like that of a dump.
  mutating func noteDump(_ folder: String) { dumpFolders.insert(folder) }

  // MARK: Documents

  mutating func add(_ document: DocumentReader.Document, _ source: CaptureSource, _ file: CaptureFile) {
    switch document {
    case .list(let list): add(list, source, file, isWhole: true)
    case .object(let object): addSingle(object, file)
    case .broken(let failure, let list):
      report(CaptureProblem(source.name, line: source.line(of: failure.offset), failure.reason))
      if let list { add(list, source, file, isWhole: false) }
    }
  }

  private mutating func addSingle(_ object: CapturedObject, _ file: CaptureFile) {
    if file.name == "capture.json", object.kind.isEmpty || object.kind == CaptureManifest.kind {
      do throws(DecodingFailure) {
        manifest = CaptureManifest(try object.json())
      } catch {
        report(CaptureProblem(object.source.name, line: object.line, "\(error)"))
      }
      return
    }
    add(object)
  }

  private mutating func add(_ list: DocumentReader.List, _ source: CaptureSource, _ file: CaptureFile, isWhole: Bool) {
    var found = FoundList(kinds: [], namespaces: [], folder: file.folder, isInDump: dumpFolders.contains(file.above))
    let itemKind = list.kind == "List" ? "" : String(list.kind.dropLast(list.kind.hasSuffix("List") ? 4 : 0))
    for var item in list.items {
      if item.kind.isEmpty { item.kind = itemKind }
      if item.apiVersion.isEmpty { item.apiVersion = list.apiVersion }
      guard let kind = add(item) else { continue }
      found.kinds.insert(kind)
      if !item.namespace.isEmpty { found.namespaces.insert(item.namespace) }
    }
    if list.items.isEmpty, let resource = listed(list, itemKind, file) {
      found.kinds.insert(resource.qualifiedName)
      if kinds[resource.qualifiedName] == nil { kinds[resource.qualifiedName] = CapturedKind(resource) }
    }
    let flaw =
      !isWhole
      ? "\(source.name) is not complete" : list.isPage ? "\(source.name) is only the first page of a list" : nil
    if let flaw {
      for kind in found.kinds { kinds[kind]?.flaws.append(flaw) }
    } else if !found.kinds.isEmpty {
      lists.append(found)
    }
  }

  /// The kind of an empty list: of a `List` only the file's name tells.
  private func listed(_ list: DocumentReader.List, _ itemKind: String, _ file: CaptureFile) -> Resource? {
    if itemKind == "Event", list.apiVersion.hasPrefix("events.k8s.io/") { return Event.resource }
    if !itemKind.isEmpty, let builtIn = builtInKind(apiVersion: list.apiVersion, kind: itemKind) {
      return builtIn.type.resource
    }
    if !itemKind.isEmpty { return CustomKinds.guess(list.apiVersion, itemKind, isNamespaced: true) }
    let stem = file.stem.lowercased()
    return (builtInKind(named: stem) ?? builtInKind(named: stem.split(separator: "-").joined()))?.type.resource
  }

  /// Takes an object in and answers its kind; nil when it cannot be told or read.
  @discardableResult
  private mutating func add(_ object: CapturedObject) -> String? {
    if NewerEvents.has(object) {
      do throws(DecodingFailure) {
        return add(try NewerEvents.core(object))
      } catch {
        return refuse(object, "this event cannot be read: \(error.reason)")
      }
    }
    guard !object.kind.isEmpty, !object.apiVersion.isEmpty else {
      return refuse(object, "this is no Kubernetes object: it has no \(object.kind.isEmpty ? "kind" : "apiVersion")")
    }
    guard !object.name.isEmpty else { return refuse(object, "this \(object.kind) has no name") }
    let resource = resource(of: object)
    let kind = resource.qualifiedName
    if kinds[kind] == nil { kinds[kind] = CapturedKind(resource) }
    if let builtIn = builtInKind(group: resource.group, plural: resource.plural) {
      do throws(DecodingFailure) {
        try Self.check(builtIn.type, object, pool)
      } catch {
        let line = line(of: object.range.lowerBound + error.offset, in: object.source)
        let message =
          "\(object.kind) \(object.namespace.isEmpty ? "" : object.namespace + "/")\(object.name): "
          + Self.words(error, object)
        report(CaptureProblem(object.source.name, line: line, message))
        kinds[kind]?.flaws.append("\(object.source.name): \(message)")
        return kind
      }
    }
    kinds[kind]?.add(object)
    // Of equal length and in UTC, times are ordered as texts.
    if newestTime.utf8.prefix(19).lexicographicallyPrecedes(object.newestTime.utf8.prefix(19)) {
      newestTime = object.newestTime
    }
    return kind
  }

  private mutating func refuse(_ object: CapturedObject, _ message: String) -> String? {
    report(CaptureProblem(object.source.name, line: line(of: object.range.lowerBound, in: object.source), message))
    return nil
  }

  /// The line of a byte, in the file as a person has it; 0 when it cannot be told.
  private mutating func line(of offset: Int, in source: CaptureSource) -> Int {
    yaml == nil ? source.line(of: offset) : yaml?.line(of: offset, in: source) ?? 0
  }

  /// `spec.replicas must be a number`.
  private static func words(_ failure: DecodingFailure, _ object: CapturedObject) -> String {
    let field = FieldPath(to: failure.offset, in: object.source.bytes[object.range])?.text ?? ""
    if field.isEmpty { return failure.reason }
    let expected = "expected "
    guard failure.reason.hasPrefix(expected) else { return "\(field): \(failure.reason)" }
    return "\(field) must be \(failure.reason.dropFirst(expected.count))"
  }

  private static func check<Object: KubeObject>(
    _ type: Object.Type, _ object: CapturedObject, _ pool: StringPool
  ) throws(DecodingFailure) {
    try object.source.bytes.withUnsafeBufferPointer { (bytes) throws(DecodingFailure) in
      let bytes = UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes[object.range]))
      var reader = JSONReader(bytes, pool: pool)
      _ = try Object(json: &reader)
    }
  }

  // MARK: Kinds

  /// The kind of an object: a built-in one in any version that its type reads, else one of its own.
  private mutating func resource(of object: CapturedObject) -> Resource {
    let name = KindName(apiVersion: object.apiVersion, kind: object.kind)
    if let known = kindNames[name] { return known }
    let resource =
      builtInKind(apiVersion: object.apiVersion, kind: object.kind)?.type.resource
      ?? CustomKinds.guess(object.apiVersion, object.kind, isNamespaced: !object.namespace.isEmpty)
    kindNames[name] = resource
    return resource
  }

  // MARK: The end

  /// The capture, when all files were read. `at` beats what the files say about their time.
  mutating func capture(paths: [String], at: Timestamp?, serverVersion: JSONValue?) -> Capture {
    let definitions = CustomKinds.definitions(kinds["customresourcedefinitions.apiextensions.k8s.io"])
    rename(definitions)
    var kinds = kinds
    let refusals = manifest?.refusals ?? [:]
    for (name, reason) in refusals {
      guard let resource = builtInKinds.first(where: { $0.resource.qualifiedName == name })?.resource else { continue }
      kinds[name, default: CapturedKind(resource)].refusal = reason
    }
    var namespaces = Set(kinds["namespaces"]?.objects.keys.map(\.name) ?? [])
    for kind in kinds.values where kind.resource.isNamespaced {
      for key in kind.objects.keys { namespaces.insert(key.namespace) }
    }
    let scopes = lists.map { scope(of: $0, known: namespaces) }
    let isOfAllNamespaces = manifest?.namespace == nil && scopes.contains { $0.map { $0.count > 1 } ?? false }
    for (list, scope) in zip(lists, scopes) {
      for name in list.kinds {
        guard let isNamespaced = kinds[name]?.resource.isNamespaced else { continue }
        let isWhole = manifest != nil && manifest?.namespace == nil
        if !isNamespaced || scope == nil || isWhole {
          kinds[name]?.hasWholeList = true
        } else if let scope {
          kinds[name]?.listedNamespaces.formUnion(scope)
          if isOfAllNamespaces, list.folderNamespace(known: namespaces) == nil { kinds[name]?.hasWholeList = true }
        }
      }
    }
    var logs = logs
    logs.haveTimes = manifest?.logTimes ?? false
    let told = serverVersion ?? manifest?.serverVersion
    let kubelet = told == nil ? newestKubelet : nil
    let assumed = kubelet.map { "that of its newest kubelet, \($0), is assumed" } ?? "the newest known is assumed"
    return Capture(
      paths: paths, time: at ?? manifest?.time ?? Timestamp(newestTime),
      serverVersion: told ?? kubelet.map(ServerVersionAnswer.answer) ?? ServerVersionAnswer.newestKnown,
      versionRemark: told == nil ? "the capture does not tell the server's version: \(assumed)" : nil,
      problems: problems, kinds: kinds,
      printerColumns: Dictionary(
        definitions.map { ($0.resource.qualifiedName, $0.printerColumns) }, uniquingKeysWith: { first, _ in first }),
      logs: logs, isOfAllNamespaces: isOfAllNamespaces)
  }

  /// The version of the newest kubelet: no kubelet is newer than its server, and few are much older.
  private var newestKubelet: String? {
    var newest: (minor: Int, version: String)?
    for node in kinds["nodes"]?.objects.values.map(\.self) ?? [] {
      // What cannot be read of a node is told where nodes are read.
      guard let version = (try? node.json())?[path: "status", "nodeInfo", "kubeletVersion"]?.string,
        let minor = ServerVersionAnswer.minor(version)
      else { continue }
      // Of one minor version all have the same rules; the smallest text makes the choice a fixed one.
      if let known = newest, (known.minor, version) >= (minor, known.version) { continue }
      newest = (minor, version)
    }
    return newest?.version
  }

  /// Gives kinds the names that their definitions say, instead of those that were guessed.
  private mutating func rename(_ definitions: [CustomKinds.Definition]) {
    for definition in definitions {
      let name = definition.resource.qualifiedName
      let guessed = kinds.first {
        $0.value.resource.group == definition.resource.group && $0.value.resource.kind == definition.resource.kind
      }
      guard let guessed, var kind = kinds.removeValue(forKey: guessed.key) else { continue }
      kind.resource = definition.resource
      kinds[name] = kind
      for index in lists.indices where lists[index].kinds.remove(guessed.key) != nil { lists[index].kinds.insert(name) }
    }
  }

  /// The namespaces that a list is of; nil for all of them.
  private func scope(of list: FoundList, known: Set<String>) -> Set<String>? {
    if let namespace = manifest?.namespace { return [namespace] }
    if let folder = list.folderNamespace(known: known) { return [folder] }
    return list.namespaces.isEmpty ? nil : list.namespaces
  }
}

extension CaptureBuilder.FoundList {
  /// The namespace that the list's folder is named after.
  fileprivate func folderNamespace(known: Set<String>) -> String? {
    guard let folder else { return nil }
    if namespaces == [folder] { return folder }
    return namespaces.isEmpty && (isInDump || known.contains(folder)) ? folder : nil
  }
}
