import Kube
import KubeClient
import KubeConfig
import PlainInterface

/// One run of `podmedic get`.
struct GetRun {
  let context: CommandContext
  let options: GetOptions
  private var hasWritten = false
  private var failures: [APIFailure] = []

  init(context: CommandContext, options: GetOptions) {
    self.context = context
    self.options = options
  }

  mutating func run(_ words: [String]) throws(CommandFailure) {
    let targets = try KindWords(context: context).targets(words)
    try check(targets)
    switch options.output {
    case nil, .wide: for target in targets { printTable(target, isOneOfMany: targets.count > 1) }
    case .json, .yaml, .name: try printObjects(targets)
    }
    if !hasWritten, failures.isEmpty, !options.ignoreNotFound { sayNothingFound(targets) }
    for failure in failures { Output.message(failure.sentence) }
    if let last = failures.last { throw CommandFailure("", hint: last.hint) }
  }

  private func check(_ targets: [KindWords.Target]) throws(CommandFailure) {
    if context.isCapture, options.watch || options.watchOnly {
      throw .usage("nothing happens in a capture: --watch is of no use with --from")
    }
    if options.chunkSize < 0 { throw .usage("--chunk-size must not be negative") }
    let hasNames = targets.contains { !$0.names.isEmpty }
    if hasNames, !options.selector.isEmpty || !options.fieldSelector.isEmpty {
      throw .usage("name cannot be provided when a selector is specified")
    }
    if hasNames, context.connection.allNamespaces {
      throw .usage("a resource cannot be retrieved by name across all namespaces")
    }
    if options.watch || options.watchOnly, targets.count > 1 || targets.contains(where: { $0.names.count > 1 }) {
      throw .usage("you may only specify a single resource type or name with --watch")
    }
  }

  private func namespace(_ target: KindWords.Target) -> String? {
    target.resource.isNamespaced ? context.namespace : nil
  }

  private func listOptions(_ target: KindWords.Target) -> ListOptions {
    var list = ListOptions(namespace: namespace(target))
    list.labelSelector = options.selector
    list.fieldSelector = options.fieldSelector
    if let name = target.names.first { list.fieldSelector = "metadata.name=\(name)" }
    return list
  }

  // MARK: Tables

  private mutating func printTable(_ target: KindWords.Target, isOneOfMany: Bool) {
    var printer = ServerTablePrinter(printing(target, isOneOfMany: isOneOfMany))
    var version = ""
    for request in requests(target, codec: .table) {
      do throws(APIFailure) {
        version = try readTable(request, into: &printer)
      } catch {
        if error.code == 404, options.ignoreNotFound, !target.names.isEmpty { continue }
        failures.append(error)
      }
    }
    let text = options.watchOnly ? "" : printer.takeLines()
    if !text.isEmpty {
      Output.write((hasWritten && !options.noHeaders ? "\n" : "") + text)
      hasWritten = true
    }
    guard options.watch || options.watchOnly, failures.isEmpty else { return }
    hasWritten = true
    watch(target, codec: .table, from: version) { event in
      guard let row = event as? TableRow else { return }
      printer.add(columns: [], rows: [row])
      Output.write(printer.takeLines())
    }
  }

  private func printing(_ target: KindWords.Target, isOneOfMany: Bool) -> ServerTablePrinter.Options {
    var printing = ServerTablePrinter.Options()
    printing.isWide = options.output == .wide
    printing.noHeaders = options.noHeaders
    printing.withNamespace = context.namespace == nil && target.resource.isNamespaced
    printing.kindPrefix = isOneOfMany ? target.resource.namePrefix : nil
    printing.showLabels = options.showLabels
    printing.labelColumns = options.labelColumns.flatMap { $0.split(separator: ",").map(String.init) }
    return printing
  }

  private func requests(_ target: KindWords.Target, codec: ObjectCodec) -> [APIRequest] {
    guard !target.names.isEmpty, !options.watch, !options.watchOnly else {
      return [
        .list(
          target.resource, listOptions(target), codec: codec, resourceVersion: nil, continueToken: "",
          pageSize: options.chunkSize)
      ]
    }
    return target.names.map { name in
      var request = APIRequest.get(target.resource, namespace: namespace(target), name: name)
      request.accept = codec.accept
      return request
    }
  }

  /// Reads a table with all its pages; returns the version to watch from.
  private func readTable(_ first: APIRequest, into printer: inout ServerTablePrinter) throws(APIFailure) -> String {
    var request = first
    while true {
      let page = try context.answer { context.client.table(request, $0) }
      printer.add(columns: page.metadata.columns, rows: page.rows)
      guard !page.metadata.continueToken.isEmpty else { return page.metadata.resourceVersion }
      request.setContinue(page.metadata.continueToken)
    }
  }

  // MARK: Whole objects

  private mutating func printObjects(_ targets: [KindWords.Target]) throws(CommandFailure) {
    var objects: [JSONValue] = []
    var version = ""
    for target in targets {
      for request in requests(target, codec: .dynamic) {
        do throws(APIFailure) {
          let answer = try readObjects(request, target.resource)
          objects += answer.objects
          version = answer.version
        } catch {
          if error.code == 404, options.ignoreNotFound, !target.names.isEmpty { continue }
          failures.append(error)
        }
      }
    }
    let isSingle = targets.count == 1 && targets[0].names.count == 1 && !options.watch && !options.watchOnly
    if !options.watchOnly { write(objects, isSingle: isSingle) }
    guard options.watch || options.watchOnly, failures.isEmpty, let target = targets.first else { return }
    let format = options.output
    watch(target, codec: .dynamic, from: version) { [showsManagedFields = options.showManagedFields] event in
      guard let object = event as? DynamicObject else { return }
      if format == .yaml { Output.write("---\n") }
      Output.write(Self.text(Self.tidied(object.json, showsManagedFields), format))
    }
  }

  private mutating func write(_ objects: [JSONValue], isSingle: Bool) {
    if options.output == .name || options.watch {
      for object in objects { Output.write(Self.text(object, options.output)) }
    } else if let object = objects.first, isSingle {
      Output.write(Self.text(object, options.output))
    } else if !isSingle, failures.isEmpty || !objects.isEmpty {
      let list: JSONValue = [
        "apiVersion": "v1", "items": .array(objects), "kind": "List", "metadata": ["resourceVersion": ""],
      ]
      Output.write(Self.text(list, options.output))
    }
    hasWritten = true
  }

  private static func text(_ object: JSONValue, _ format: OutputFormat?) -> String {
    switch format {
    case .json: return object.text(.kubectl) + "\n"
    case .yaml: return YAMLWriter.text(object)
    default:
      let apiVersion = object["apiVersion"]?.string ?? ""
      let group = apiVersion.contains("/") ? "." + (apiVersion.split(separator: "/").first ?? "") : ""
      let kind = (object["kind"]?.string ?? "").lowercased()
      return PlainText.line("\(kind)\(group)/\(object[path: "metadata", "name"]?.string ?? "")") + "\n"
    }
  }

  private func readObjects(
    _ first: APIRequest, _ resource: Resource
  ) throws(APIFailure) -> (objects: [JSONValue], version: String) {
    var request = first
    var objects: [JSONValue] = []
    while true {
      let response = try context.answer { (done: @escaping (Result<APIResponse, APIFailure>) -> Void) in
        context.client.send(request, limit: 1 << 30, done)
      }
      let answer = try response.json()
      guard let items = answer["items"]?.array, answer["kind"]?.string?.hasSuffix("List") == true else {
        return (objects + [tidied(answer)], "")
      }
      for item in items {
        var whole = item
        if whole["apiVersion"] == nil { whole["apiVersion"] = .string(resource.apiVersion) }
        if whole["kind"] == nil { whole["kind"] = .string(resource.kind) }
        objects.append(tidied(whole))
      }
      let token = answer[path: "metadata", "continue"]?.string ?? ""
      guard !token.isEmpty else { return (objects, answer[path: "metadata", "resourceVersion"]?.string ?? "") }
      request.setContinue(token)
    }
  }

  /// Without managedFields, unless they are wanted.
  private func tidied(_ object: JSONValue) -> JSONValue { Self.tidied(object, options.showManagedFields) }

  private static func tidied(_ object: JSONValue, _ showsManagedFields: Bool) -> JSONValue {
    guard !showsManagedFields, var metadata = object["metadata"] else { return object }
    var object = object
    metadata["managedFields"] = nil
    object["metadata"] = metadata
    return object
  }

  // MARK: Watching

  private mutating func watch(
    _ target: KindWords.Target, codec: ObjectCodec, from version: String, _ show: @escaping (any ClusterObject) -> Void
  ) {
    let watch = ChangeWatch(context.client, target.resource, listOptions(target), codec: codec)
    let failure = context.failure { watch.start(from: version, show, $0) }
    failures.append(failure)
  }

  private func sayNothingFound(_ targets: [KindWords.Target]) {
    let isNamespaced = context.namespace != nil && targets.allSatisfy(\.resource.isNamespaced)
    let place = isNamespaced ? " in \(context.connection.namespace) namespace." : ""
    Output.message("No resources found\(place)")
  }
}

extension APIRequest {
  /// The request for the next page.
  mutating func setContinue(_ token: String) {
    query.removeAll { $0.0 == "continue" || $0.0 == "resourceVersion" }
    query.append(("continue", token))
  }
}

extension Resource {
  /// What kubectl writes before a name: `pod`, `deployment.apps`.
  var namePrefix: String { group.isEmpty ? singular : "\(singular).\(group)" }
}
