import Kube
import KubeClient
import PlainInterface

extension GetRun {
  /// Prints what there is and then every change, until something fails or the program is ended.
  mutating func watch(_ target: KindWords.Target) throws(CommandFailure) {
    var list = listOptions(target)
    if let name = target.names.first { list.fieldSelector = "metadata.name=\(name)" }
    let request = APIRequest.list(
      target.resource, list, codec: .table, resourceVersion: nil, continueToken: "", pageSize: options.chunkSize)
    do throws(APIFailure) {
      let failure: APIFailure?
      if case .table(let isWide) = format {
        failure = try watchTable(target, request, list, isWide: isWide)
      } else {
        failure = try watchObjects(target, request, list)
      }
      // kubectl's watch ends without a word when its time is over.
      if let failure { failures.append(failure) }
    } catch {
      failures.append(try named(error, target))
    }
  }

  /// A name that there is not is an error from the beginning.
  private func checkExistence(_ target: KindWords.Target, _ isEmpty: Bool) throws(APIFailure) {
    guard let name = target.names.first, isEmpty else { return }
    _ = try context.read(.get(target.resource, namespace: namespace(target), name: name))
  }

  private func watchTable(
    _ target: KindWords.Target, _ first: APIRequest, _ list: ListOptions, isWide: Bool
  ) throws(APIFailure) -> APIFailure? {
    var request = first
    let prefix = options.showKind ? target.resource.namePrefix : nil
    var printer = ServerTablePrinter(printing(target.resource, isWide: isWide, kindPrefix: prefix))
    var known: Set<String> = []
    var version = ""
    while true {
      let page = try context.answer { context.client.table(request, .table, $0) }
      if known.isEmpty { try checkExistence(target, page.rows.isEmpty) }
      known.formUnion(page.rows.map(\.metadata.uid))
      version = page.metadata.resourceVersion
      printer.add(columns: page.metadata.columns, rows: options.watchOnly ? [] : page.rows, event: "ADDED")
      Output.write(printer.takeLines())
      guard !page.metadata.continueToken.isEmpty else { break }
      request.setContinue(page.metadata.continueToken)
    }
    let watch = ChangeWatch(context.client, target.resource, list, codec: .table, known: known) { event, object in
      guard let row = object as? TableRow else { return }
      printer.add(columns: [], rows: [row], event: event)
      Output.write(printer.takeLines())
    }
    return context.failure { watch.start(from: version, $0) }
  }

  private func watchObjects(
    _ target: KindWords.Target, _ first: APIRequest, _ list: ListOptions
  ) throws(APIFailure) -> APIFailure? {
    var request = first
    request.accept = ObjectCodec.dynamic.accept
    let (objects, version) = try context.readList(request, target.resource)
    try checkExistence(target, objects.isEmpty)
    var printer = ObjectPrinter(format, noHeaders: options.noHeaders, showsManagedFields: options.showManagedFields)
    func show(_ object: JSONValue, _ event: String) {
      do throws(CommandFailure) {
        Output.write(try options.outputWatchEvents ? printer.text(event: event, object) : printer.text(object))
      } catch {
        // The next object may have what the template wants.
        Output.error(error)
      }
    }
    if !options.watchOnly { for object in objects { show(object, "ADDED") } }
    let known = Set(objects.compactMap { $0[path: "metadata", "uid"]?.string })
    let watch = ChangeWatch(context.client, target.resource, list, codec: .dynamic, known: known) { event, object in
      guard let object = object as? DynamicObject else { return }
      show(object.json, event)
    }
    return context.failure { watch.start(from: version, $0) }
  }
}
