/// A piece of a parsed template, as client-go's jsonpath package knows them.
indirect enum JSONPathNode: Equatable, Sendable {
  /// Pieces applied one after the other: what stands between braces.
  case list([JSONPathNode])
  /// Text outside of braces or in quotes.
  case text(String)
  /// `.name`
  case field(String)
  /// `.*`
  case wildcard
  /// `..`
  case recursive
  /// `[from:to:step]`
  case slice(Slice)
  /// `[a,b]`
  case union([JSONPathNode])
  /// `[?(left operator right)]`; the operator is "exists" when there is only a left side.
  case filter(left: JSONPathNode, operation: String, right: JSONPathNode)
  /// A number or truth value, in filters.
  case int(Int)
  case double(Double)
  case bool(Bool)
  /// `range`, `end`, or a word that means nothing.
  case word(String)

  /// The parts of a slice that were written; `isIndex` when there was no colon.
  struct Slice: Equatable, Sendable {
    var from: Int?
    var to: Int?
    var step: Int?
    var isIndex = false
  }
}

/// Why a template cannot be used, in client-go's words.
public struct JSONPathProblem: Error, Equatable, CustomStringConvertible {
  /// The words.
  public let description: String

  init(_ description: String) { self.description = description }
}
