/// What a remedy is, before there is an object: what it does, to which kinds, with which parameters.
public struct RemedyKind: Sendable, Equatable {
  /// What it is called.
  public let name: RemedyName
  /// What it does, as a short command.
  public let title: String
  /// When it helps and what it does exactly.
  public let doc: String
  /// Kinds that it may be asked for; empty for every kind. A pod or ReplicaSet stands for what controls it where
  /// `changesOwner` is true.
  public let accepts: [String]
  /// What may and must be given with it.
  public let parameters: [RemedyParameter]
  /// Whether what is changed is the top of the owner chain, and not the object that was named.
  public let changesOwner: Bool
  /// Whether it can cost data or running programs, so that a person types a name and not only `y`.
  public let isSevere: Bool

  init(
    _ name: RemedyName, _ title: String, accepts: [String], _ parameters: [RemedyParameter] = [],
    changesOwner: Bool = false, isSevere: Bool = false, doc: String
  ) {
    self.name = name
    self.title = title
    self.doc = doc
    self.accepts = accepts
    self.parameters = parameters
    self.changesOwner = changesOwner
    self.isSevere = isSevere
  }

  /// Whether it can be asked for an object of this kind.
  public func accepts(kind: String) -> Bool { accepts.isEmpty || accepts.contains(kind) }

  /// The remedy of a name.
  public static func named(_ name: RemedyName) -> RemedyKind? { byName[name] }

  /// The remedies that people and playbooks may ask for, in the order in which they are listed.
  public static let all: [RemedyKind] = workloads + jobs + pods + nodes + storage + network + policies + anything

  private static let byName = Dictionary(all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

  /// What is wrong with these parameters, as a sentence; nil when they can be used. Does not look at any object.
  public func problem(with given: [String: String]) -> String? {
    for name in given.keys.sorted() where !parameters.contains(where: { $0.name == name }) {
      let known = parameters.map(\.name).joined(separator: ", ")
      return "\(self.name.rawValue) has no parameter \"\(name)\""
        + (known.isEmpty ? "; it takes none" : "; it takes \(known)")
    }
    for parameter in parameters {
      guard let text = given[parameter.name] else {
        if parameter.isRequired { return "\(name.rawValue) needs \(parameter.name): \(parameter.doc)" }
        continue
      }
      if let expected = parameter.type.complaint(about: text) {
        return "\(parameter.name) must be \(expected), not \"\(text)\""
      }
    }
    let optional = parameters.filter { !$0.isRequired && $0.name != "container" }
    if !optional.isEmpty, parameters.allSatisfy({ !$0.isRequired }), needsOne,
      !optional.contains(where: { given[$0.name] != nil })
    {
      return "\(name.rawValue) needs at least one of \(optional.map(\.name).joined(separator: ", "))"
    }
    return nil
  }

  /// Whether one of the optional parameters must be there, because otherwise nothing would change.
  private var needsOne: Bool {
    switch name {
    case .setResources, .setRolloutBounds, .setAutoscalerBounds, .patchBudget: true
    default: false
    }
  }
}

/// A parameter of a remedy.
public struct RemedyParameter: Sendable, Equatable {
  /// What it is called.
  public let name: String
  /// What its text must be.
  public let type: RemedyParameterType
  /// Whether the remedy cannot do without.
  public let isRequired: Bool
  /// What it means.
  public let doc: String

  static func required(_ name: String, _ type: RemedyParameterType, _ doc: String) -> RemedyParameter {
    RemedyParameter(name: name, type: type, isRequired: true, doc: doc)
  }

  static func optional(_ name: String, _ type: RemedyParameterType, _ doc: String) -> RemedyParameter {
    RemedyParameter(name: name, type: type, isRequired: false, doc: doc)
  }
}
