import Kube
import KubeClient
import KubeConfig
import PlainInterface

/// One run of `podmedic get`.
struct GetRun {
  let context: CommandContext
  let options: GetOptions
  let format: OutputFormat
  let order: ObjectOrder?
  var failures: [APIFailure] = []

  init(context: CommandContext, options: GetOptions, format: OutputFormat) throws(CommandFailure) {
    self.context = context
    self.options = options
    self.format = format
    let isSorted = !options.sortBy.isEmpty && !options.isWatching
    do throws(JSONPathProblem) { order = isSorted ? try ObjectOrder(by: options.sortBy) : nil } catch {
      throw .asKubectl("\(error)")
    }
  }

  mutating func run(_ words: [String]) throws(CommandFailure) {
    let targets = try KindWords(context: context).targets(words)
    try check(targets)
    if options.isWatching {
      if !options.sortBy.isEmpty {
        Output.message("warning: --watch or --watch-only requested, --sort-by will be ignored")
      }
      if let target = targets.first { try watch(target) }
    } else if case .table(let isWide) = format {
      try printTables(targets, isWide: isWide)
    } else {
      try printObjects(targets)
    }
    for failure in failures { Output.message(failure.sentence) }
    if let last = failures.last { throw CommandFailure("", hint: last.hint) }
  }

  private func check(_ targets: [KindWords.Target]) throws(CommandFailure) {
    if context.isCapture, options.isWatching {
      throw .usage("nothing happens in a capture: --watch is of no use with --from")
    }
    let hasNames = targets.contains { !$0.names.isEmpty }
    if hasNames, !options.selector.isEmpty || !options.fieldSelector.isEmpty {
      throw .asKubectl("name cannot be provided when a selector is specified")
    }
    if hasNames, context.connection.allNamespaces {
      throw .asKubectl("a resource cannot be retrieved by name across all namespaces")
    }
    if options.isWatching, targets.count > 1 || targets.contains(where: { $0.names.count > 1 }) {
      throw .asKubectl("you may only specify a single resource type")
    }
  }

  func namespace(_ target: KindWords.Target) -> String? {
    target.resource.isNamespaced ? context.namespace : nil
  }

  func listOptions(_ target: KindWords.Target) -> ListOptions {
    var list = ListOptions(namespace: namespace(target))
    list.labelSelector = options.selector
    list.fieldSelector = options.fieldSelector
    return list
  }

  /// A failure as kubectl tells it. Of a kind that is not served it says so before anything is printed, and a refusal of a
  /// list that was narrowed names the selectors.
  func named(_ failure: APIFailure, _ target: KindWords.Target) throws(CommandFailure) -> APIFailure {
    let resource = target.resource
    try KindWords(context: context).check(failure, isNotForLackOf: resource, calledAs: target.word)
    guard case .status(var status, let retryAfter) = failure, status.code == 400,
      !options.selector.isEmpty || !options.fieldSelector.isEmpty
    else { return failure }
    let kind = "\(resource.group)/\(resource.version), Resource=\(resource.plural)"
    status.message =
      "Unable to find \"\(kind)\" that match label selector \"\(options.selector)\", field selector "
      + "\"\(options.fieldSelector)\": \(status.message)"
    return .status(status, retryAfter: retryAfter)
  }

  /// The requests for what a target names: a list, or an object for each name.
  func requests(_ target: KindWords.Target, codec: ObjectCodec) -> [APIRequest] {
    // What is to be sorted must be there as a whole; asking for one page spares the server.
    let pageSize = order == nil ? options.chunkSize : 0
    var requests = target.names.map { APIRequest.get(target.resource, namespace: namespace(target), name: $0) }
    if target.names.isEmpty {
      requests = [
        .list(
          target.resource, listOptions(target), codec: codec, resourceVersion: nil, continueToken: "",
          pageSize: pageSize)
      ]
    }
    for index in requests.indices {
      requests[index].accept = codec.accept
      if order != nil, format.isTable { requests[index].query.append(("includeObject", "Object")) }
    }
    return requests
  }

  /// Whether a failure is what `--ignore-not-found` is about.
  func isIgnored(_ failure: APIFailure) -> Bool { failure.code == 404 && options.ignoreNotFound }

  func sorted<Element>(
    _ elements: [Element], _ object: (Element) -> JSONValue
  ) throws(CommandFailure) -> [Element] {
    guard let order else { return elements }
    do throws(JSONPathProblem) { return try order.sorted(elements, object: object) } catch {
      throw .asKubectl("\(error)")
    }
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
