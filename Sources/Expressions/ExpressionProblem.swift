/// What is wrong with the text of an expression, and where.
public struct ExpressionProblem: Error, Hashable, Sendable, CustomStringConvertible {
  /// The line within the expression, from 1.
  public let line: Int
  /// The column in characters (Unicode scalars), from 1.
  public let column: Int
  /// One sentence, with the likely spelling where there is one.
  public let message: String

  /// A problem at a place.
  public init(line: Int, column: Int, message: String) {
    self.line = line
    self.column = column
    self.message = message
  }

  /// A problem at the byte `offset` of `source`.
  init(_ message: String, at offset: Int, in source: String) {
    var line = 1
    var column = 1
    for byte in source.utf8.prefix(offset) {
      if byte == UInt8(ascii: "\n") {
        line += 1
        column = 1
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
    }
    self.init(line: line, column: column, message: message)
  }

  /// `line:column: message`.
  public var description: String { "\(line):\(column): \(message)" }
}
