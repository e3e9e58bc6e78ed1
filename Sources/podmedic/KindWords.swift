import DataFiles
import Kube
import KubeClient
import PlainInterface
import Session

/// Kinds and names from the command line, read as kubectl reads them.
struct KindWords {
  /// A kind, and the names of objects; no names mean all.
  struct Target: Equatable {
    var resource: Resource
    var names: [String]
    /// What the person called the kind.
    var word: String
  }

  /// What kubectl's `all` has of Kubernetes' own kinds.
  private static let all = [
    "pods", "replicationcontrollers", "services", "daemonsets.apps", "deployments.apps", "replicasets.apps",
    "statefulsets.apps", "horizontalpodautoscalers.autoscaling", "cronjobs.batch", "jobs.batch",
  ]

  let context: CommandContext

  /// Understands `TYPE[,TYPE…] [NAME…]` and `TYPE/NAME …`.
  func targets(_ words: [String]) throws(CommandFailure) -> [Target] {
    guard let first = words.first else {
      throw .asKubectl("You must specify the type of resource to get.", hint: "For example: podmedic get pods")
    }
    if words.contains(where: { $0.contains("/") }) { return try slashed(words) }
    let names = Array(words.dropFirst())
    var targets: [Target] = []
    for word in first.split(separator: ",", omittingEmptySubsequences: false).map(String.init) {
      guard !word.isEmpty else {
        throw .asKubectl("arguments in resource/name form must have a single resource and name", hint: nil)
      }
      for resource in try resources(word) where !targets.contains(where: { $0.resource == resource }) {
        targets.append(Target(resource: resource, names: names, word: word))
      }
    }
    return targets
  }

  private func slashed(_ words: [String]) throws(CommandFailure) -> [Target] {
    var targets: [Target] = []
    for word in words {
      let parts = word.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2 else {
        throw .asKubectl(
          parts.count == 1
            ? "there is no need to specify a resource type as a separate argument when passing arguments in "
              + "resource/name form (e.g. 'podmedic get resource/<resource_name>' instead of 'podmedic get resource "
              + "resource/<resource_name>'"
            : "arguments in resource/name form may not have more than one slash")
      }
      guard !parts[0].isEmpty, !parts[1].isEmpty else {
        throw .asKubectl("arguments in resource/name form must have a single resource and name")
      }
      for resource in try resources(parts[0]) {
        // Names of one kind in a row are one table.
        if targets.last?.resource == resource {
          targets[targets.count - 1].names.append(parts[1])
        } else {
          targets.append(Target(resource: resource, names: [parts[1]], word: parts[0]))
        }
      }
    }
    return targets
  }

  /// The kinds that a word means: one, or all of a category such as `all`.
  private func resources(_ word: String) throws(CommandFailure) -> [Resource] {
    // Most words mean one kind; only for the others the server must be asked what there is.
    if word != "all", let found = try? resource(word) { return [found] }
    try discover(for: word)
    let found = context.session.catalog.resources.filter { $0.categories.contains(word) && $0.verbs.contains("list") }
    if !found.isEmpty { return found }
    // A capture knows no categories.
    if word == "all" { return Self.all.compactMap(context.session.catalog.resource(named:)) }
    return [try resource(word)]
  }

  /// The kind that a word means. Kinds that every server has in one version only need no discovery.
  func resource(_ word: String) throws(CommandFailure) -> Resource {
    if !context.session.isDiscovered, let builtIn = builtInKind(named: word), builtIn.type.resources.count == 1 {
      return builtIn.resource
    }
    try discover(for: word)
    if let found = context.session.catalog.resource(named: word) { return found }
    throw unknown(word)
  }

  /// Fails in kubectl's words where a refusal comes of the server not serving the kind at all, which `resource` does not
  /// always ask for first.
  func check(_ failure: APIFailure, isNotForLackOf resource: Resource, calledAs word: String) throws(CommandFailure) {
    guard failure.isAboutNoObject || failure.isMalformed, !context.session.isDiscovered else { return }
    // A server that does not tell what it serves has said all that there is to know.
    do throws(CommandFailure) { try discover() } catch {
      guard servesNothing else { return }
      throw unknown(word)
    }
    if !context.session.catalog.resources.contains(where: { $0.qualifiedName == resource.qualifiedName }) {
      throw unknown(word)
    }
  }

  private func unknown(_ word: String) -> CommandFailure {
    let failures = context.session.catalog.failures
    let parts = PlainText.line(word).split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let group = parts.count == 2 && !parts[1].isEmpty ? " in group \"\(parts[1])\"" : ""
    let unknown = "error: the server doesn't have a resource type \"\(parts[0])\"\(group)"
    guard failures.isEmpty else {
      let groups = failures.keys.sorted().joined(separator: ", ")
      return CommandFailure(unknown, hint: "Not all of the server's API groups have answered: \(groups)")
    }
    return CommandFailure(unknown, hint: servesNothing ? APIFailure.otherServer : suggestion(word))
  }

  private func suggestion(_ word: String) -> String? {
    let names = context.session.catalog.resources.flatMap { [$0.plural, $0.singular] }
    return Suggestion.closest(to: word, among: names).map { "Did you mean \"\($0)\"?" }
  }

  private var servesNothing: Bool { context.session.failure?.isNothingServed ?? false }

  /// Learns what the server serves, to know a kind.
  private func discover(for word: String) throws(CommandFailure) {
    do throws(CommandFailure) { try discover() } catch {
      throw servesNothing ? unknown(word) : error
    }
  }

  /// Learns what the server serves, once.
  func discover() throws(CommandFailure) {
    guard !context.session.isDiscovered else { return }
    context.session.discover()
    context.wait { context.session.isDiscovered || context.session.failure != nil }
    if !context.session.isDiscovered, let failure = context.session.failure { throw CommandFailure(failure) }
  }
}
