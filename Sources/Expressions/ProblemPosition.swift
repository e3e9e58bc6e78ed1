import DataFiles

extension ExpressionProblem {
  /// The problem's own place in the file in which the expression stands as the text of `node`, as far as that can be
  /// known.
  public func position(in node: DataNode, text: String) -> DataPosition {
    guard !text.contains("\n") else {
      // A block scalar: its lines follow the one with the indicator, and their indentation is gone.
      return DataPosition(file: node.position.file, line: node.line + line, column: column)
    }
    let quote = node.scalar?.isPlain == false ? 1 : 0
    return DataPosition(file: node.position.file, line: node.line, column: node.column + quote + column - 1)
  }
}
