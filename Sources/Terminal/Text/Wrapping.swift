/// `text`, made safe, in lines of at most `width` columns. Breaks are made at spaces where the line would otherwise end
/// less than half full, and within words where there is no better place; no character is lost except the space at which
/// a line breaks. An empty text is one empty line. Control characters, newlines too, are shown and break nothing: split
/// at newlines first.
/// - Parameter width: columns; less than 2 is taken as 2, so that a wide character fits.
public func wrapped(_ text: String, width: Int) -> [String] {
  let limit = max(2, width)
  var lines: [String] = []
  var line = ""
  var columns = 0
  var space: String.Index?
  var columnsAtSpace = 0
  walkPrintable(text) { piece, pieceWidth in
    if columns + pieceWidth > limit {
      if case .scalar(" ") = piece {
        lines.append(line)
        (line, columns, space) = ("", 0, nil)
        return true
      }
      if let at = space, columnsAtSpace * 2 >= limit {
        let rest = String(line[line.index(after: at)...])
        lines.append(String(line[..<at]))
        (line, columns) = (rest, columns - columnsAtSpace - 1)
      } else {
        lines.append(line)
        (line, columns) = ("", 0)
      }
      space = nil
    }
    switch piece {
    case .scalar(let scalar):
      if scalar == " " { (space, columnsAtSpace) = (line.endIndex, columns) }
      line.unicodeScalars.append(scalar)
    case .cluster(let cluster): line += cluster
    }
    columns += pieceWidth
    return true
  }
  lines.append(line)
  return lines
}
