/// A place in a data file.
public struct DataPosition: Sendable, Hashable, CustomStringConvertible {
  /// The file's path as a person would type it, or a word such as `embedded`.
  public let file: String
  /// The line, from 1; 0 when the whole file is meant.
  public let line: Int
  /// The column in characters (Unicode scalars), from 1; 0 when the whole file is meant.
  public let column: Int

  /// A place in `file`; without a line the whole file.
  public init(file: String, line: Int = 0, column: Int = 0) {
    self.file = file
    self.line = line
    self.column = column
  }

  /// `file:line:column`, the form editors and compilers share.
  public var description: String { line > 0 ? "\(file):\(line):\(column)" : file }
}

/// One thing wrong with a data file, said at the place where it is wrong.
public struct DataProblem: Error, Sendable, Hashable, CustomStringConvertible {
  /// Where.
  public let position: DataPosition
  /// What is wrong and, where it is known, what to write instead; one line.
  public let message: String

  /// A problem at a place.
  public init(_ position: DataPosition, _ message: String) {
    self.position = position
    self.message = message
  }

  /// The file.
  public var file: String { position.file }
  /// The line, from 1; 0 for the whole file.
  public var line: Int { position.line }
  /// The column, from 1; 0 for the whole file.
  public var column: Int { position.column }

  /// `file:line:column: message`.
  public var description: String { "\(position): \(message)" }
}

/// Everything wrong with a data file, found in one pass: never empty when it is thrown.
public struct DataProblems: Error, Sendable, Hashable, CustomStringConvertible {
  /// The problems in the order in which they were found.
  public let problems: [DataProblem]

  /// The given problems.
  public init(_ problems: [DataProblem]) { self.problems = problems }

  /// One problem a line.
  public var description: String { problems.map(\.description).joined(separator: "\n") }
}
