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
    let hasNames = targets.contains { !$0.names.isEmpty }
    if hasNames, !options.selector.isEmpty || !options.fieldSelector.isEmpty {
      throw .usage("name cannot be provided when a selector is specified")
    }
    if hasNames, context.connection.allNamespaces {
      throw .usage("a resource cannot be retrieved by name across all namespaces")
    }
    for target in targets { try run(target, isOneOfMany: targets.count > 1) }
    if !hasWritten, failures.isEmpty, !options.ignoreNotFound { sayNothingFound(targets) }
    for failure in failures { Output.message(failure.sentence) }
    if let last = failures.last { throw CommandFailure("", hint: last.hint) }
  }

  private mutating func run(_ target: KindWords.Target, isOneOfMany: Bool) throws(CommandFailure) {
    var printing = ServerTablePrinter.Options()
    printing.isWide = options.output == .wide
    printing.noHeaders = options.noHeaders
    printing.withNamespace = context.connection.allNamespaces && target.resource.isNamespaced
    printing.kindPrefix = isOneOfMany ? target.resource.namePrefix : nil
    printing.showLabels = options.showLabels
    printing.labelColumns = options.labelColumns.flatMap { $0.split(separator: ",").map(String.init) }
    var printer = ServerTablePrinter(printing)
    for request in requests(target) {
      do throws(APIFailure) {
        try readTable(request, into: &printer)
      } catch {
        if error.code == 404, options.ignoreNotFound, !target.names.isEmpty { continue }
        failures.append(error)
      }
    }
    let text = printer.takeLines()
    guard !text.isEmpty else { return }
    if hasWritten, !options.noHeaders { Output.write("\n") }
    Output.write(text)
    hasWritten = true
  }

  private func requests(_ target: KindWords.Target) -> [APIRequest] {
    let namespace = target.resource.isNamespaced ? context.namespace : nil
    guard target.names.isEmpty else {
      return target.names.map { name in
        var request = APIRequest.get(target.resource, namespace: namespace, name: name)
        request.accept = ObjectCodec.table.accept
        return request
      }
    }
    var list = ListOptions(namespace: namespace)
    list.labelSelector = options.selector
    list.fieldSelector = options.fieldSelector
    return [.list(target.resource, list, codec: .table, resourceVersion: nil, continueToken: "")]
  }

  /// Reads a table with all its pages.
  private func readTable(_ first: APIRequest, into printer: inout ServerTablePrinter) throws(APIFailure) {
    var request = first
    while true {
      let page = try context.answer { context.client.table(request, $0) }
      printer.add(columns: page.metadata.columns, rows: page.rows)
      guard !page.metadata.continueToken.isEmpty else { return }
      request.query.removeAll { $0.0 == "continue" }
      request.query.append(("continue", page.metadata.continueToken))
    }
  }

  private func sayNothingFound(_ targets: [KindWords.Target]) {
    let isNamespaced = !context.connection.allNamespaces && targets.allSatisfy(\.resource.isNamespaced)
    let place = isNamespaced ? " in \(context.connection.namespace) namespace." : ""
    Output.message("No resources found\(place)")
  }
}

extension Resource {
  /// What kubectl writes before a name: `pod`, `deployment.apps`.
  var namePrefix: String { group.isEmpty ? singular : "\(singular).\(group)" }
}
