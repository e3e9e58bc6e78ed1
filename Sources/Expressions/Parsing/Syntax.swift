import Kube

/// A part of an expression.
struct Node: Sendable {
  /// What the part does.
  indirect enum Kind: Sendable {
    case literal(FieldValue)
    /// A name of the scope.
    case name(String)
    /// The variable of the `slot`-th enclosing loop, counted from the outside.
    case variable(String, slot: Int)
    case field(Node, String)
    case index(Node, Node)
    case list([Node])
    case not(Node)
    case negated(Node)
    /// `&&` over two or more conditions.
    case every([Node])
    /// `||` over two or more conditions.
    case some([Node])
    case comparison(Comparison, Node, Node)
    case arithmetic(Arithmetic, Node, Node)
    case membership(Node, in: Node)
    case choice(Node, Node, Node)
    case has(Node)
    case call(Function, [Node])
    case matches(Node, Pattern)
    case loop(Loop, over: Node, slot: Int, body: Node)
  }

  let kind: Kind
  /// The bytes of the source that it was written with.
  let range: Range<Int>
  /// Parts within each other, this one included; recursion over the tree goes this deep.
  let depth: Int

  /// A part over the given children.
  init(_ kind: Kind, _ range: Range<Int>, over children: [Node] = []) {
    self.kind = kind
    self.range = range
    depth = 1 + (children.lazy.map(\.depth).max() ?? 0)
  }
}

/// Operators that compare.
enum Comparison: String, Sendable {
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="

  var isOrdering: Bool { self != .equal && self != .notEqual }
}

/// Operators that calculate.
enum Arithmetic: String, Sendable {
  case plus = "+"
  case minus = "-"
  case times = "*"
  case divided = "/"
  case remainder = "%"
}

/// Functions that look at every element of a list.
enum Loop: String, Sendable, CaseIterable {
  case exists, all, filter, map
}

/// Functions over values.
enum Function: String, Sendable, CaseIterable {
  case size, first, last, startsWith, endsWith, contains, lowerAscii, upperAscii, join, age
  case string, int, double, duration, quantity, timestamp

  /// Whether it is written `f(x)`.
  var isGlobal: Bool {
    switch self {
    case .size, .age, .string, .int, .double, .duration, .quantity, .timestamp: true
    case .first, .last, .startsWith, .endsWith, .contains, .lowerAscii, .upperAscii, .join: false
    }
  }

  /// Whether it is written `x.f(…)`.
  var isMethod: Bool { !isGlobal || self == .size }

  /// How many arguments it takes, the one before the dot included.
  var arguments: ClosedRange<Int> {
    switch self {
    case .startsWith, .endsWith, .contains: 2...2
    case .join: 1...2
    default: 1...1
    }
  }

  /// Names of everything that can be called as `f(…)`.
  static let globalNames = allCases.filter(\.isGlobal).map(\.rawValue) + ["has"]
  /// Names of everything that can be called as `x.f(…)`.
  static let methodNames = allCases.filter(\.isMethod).map(\.rawValue) + Loop.allCases.map(\.rawValue) + ["matches"]
}
