import DataFiles

/// Which credential plugins may run: `credentialPluginPolicy` of a kuberc.
public struct ExecPolicy: Sendable, Hashable {
  /// The kinds of policy.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// Every plugin may run.
    case allowAll = "AllowAll"
    /// No plugin may run.
    case denyAll = "DenyAll"
    /// Those of the list may run.
    case allowlist = "Allowlist"
  }

  /// The kind of policy.
  public let kind: Kind
  /// Commands that may run: paths, or names that mean what `PATH` finds for them.
  public let allowed: [String]

  /// A policy.
  public init(kind: Kind = .allowAll, allowed: [String] = []) {
    self.kind = kind
    self.allowed = allowed
  }

  /// The policy of `$KUBERC` or `~/.kube/kuberc`; everything is allowed when there is none. `KUBERC=off` ignores the file.
  /// - Throws: when the file cannot be understood: a broken lock is not an open door.
  public static func load(
    environment: [String: String], fileSystem: any FileSystem
  ) throws(DataProblems) -> ExecPolicy {
    let named = environment["KUBERC"] ?? ""
    guard named != "off" else { return ExecPolicy() }
    guard let path = named.isEmpty ? environment["HOME"].map({ Path.join($0, ".kube/kuberc") }) : named else {
      return ExecPolicy()
    }
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try fileSystem.read(path)
    } catch {
      if error.reason == .missing, named.isEmpty { return ExecPolicy() }
      throw DataProblems([DataProblem(DataPosition(file: path), "\(error)")])
    }
    let root: DataNode?
    do throws(DataProblem) {
      root = try YAMLFile.firstDocument(bytes, file: path)
    } catch {
      throw DataProblems([error])
    }
    return try root.map(read) ?? ExecPolicy()
  }

  private static func read(_ root: DataNode) throws(DataProblems) -> ExecPolicy {
    let reader = DataReader()
    guard reader.mapping(root) != nil else { return try reader.finish(nil) }
    let kindNode = root["credentialPluginPolicy"].flatMap { $0.text?.isEmpty ?? true ? nil : $0 }
    let kind = kindNode.map { reader.choice($0, of: Kind.self) } ?? .allowAll
    var allowed: [String] = []
    let list = root["credentialPluginAllowlist"]
    for element in list.flatMap({ reader.list($0) }) ?? [] {
      // The field was called name in the first version of the format.
      let fields = reader.fields(element, known: ["command", "name"]) ?? [:]
      guard let command = (fields["command"] ?? fields["name"]).flatMap({ reader.string($0) }), !command.isEmpty else {
        reader.report("empty allowlist entry", at: element)
        continue
      }
      if Path.clean(command) != command {
        reader.report("non-normalized file path: \(Printable.quoted(command))", at: element)
      }
      allowed.append(command)
    }
    if kind == .allowlist, allowed.isEmpty {
      reader.report("credential plugin policy set to \"Allowlist\", but allowlist is empty", at: kindNode ?? root)
    } else if kind != .allowlist, let list, !list.isNull {
      reader.report("plugin policy is \"\(kind?.rawValue ?? "")\" but allowlist is set", at: list)
    }
    return try reader.finish(kind.map { ExecPolicy(kind: $0, allowed: allowed) })
  }

  /// Refuses a plugin that may not run. `resolve` finds a command in `PATH` and gives its absolute path.
  public func check(_ command: String, resolve: (String) -> String?) throws(ExecError) {
    switch kind {
    case .allowAll: return
    case .denyAll: throw ExecError("plugin \"\(command)\" not allowed: policy set to \"DenyAll\"")
    case .allowlist:
      if allowed.contains(command) { return }
      if let path = resolve(command), allowed.contains(where: { $0 == path || resolve($0) == path }) { return }
      throw ExecError("plugin path \"\(command)\" is not permitted by the credential plugin allowlist")
    }
  }
}
