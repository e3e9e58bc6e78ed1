/// Cuts a JSON list (or Table) into the elements of its arrays as the bytes arrive.
///
/// It only tracks nesting and strings; each piece is then parsed in full, so malformed pieces are found there.
struct JSONListSplitter {
  struct Piece {
    /// Name of the top-level member that the piece belongs to.
    let member: String
    /// One element of an array, or a whole object.
    let bytes: UnsafeRawBufferPointer
  }

  private var depth = 0
  private var isInString = false
  private var isEscaped = false
  private var isDone = false
  /// Where the string being read at depth 1 starts, relative to the buffer.
  private var stringStart: Int?
  /// The last string at depth 1: before a bracket that is the member's name.
  private var member = ""
  /// What the document says it is; "" until it has.
  private(set) var kind = ""
  /// Whether it has what lists and tables have.
  private(set) var hasElements = false
  private var isArray = false
  /// Where the piece being read starts, relative to the buffer.
  private var pieceStart: Int?
  /// How much of the buffer has been looked at.
  private var scanned = 0

  /// Whether the bytes so far are a whole document.
  var isComplete: Bool { isDone }

  /// Whether a whole document says that it is a list: a server that is none of Kubernetes' may well answer `{}`.
  var isList: Bool {
    kind.hasSuffix("List") || kind == "Table" || (!kind.isEmpty && hasElements)
  }

  /// Hands out the pieces that are complete in `bytes` (what was left over from the last call, then what is new) and
  /// returns how many bytes are needed no more.
  mutating func split(
    _ bytes: UnsafeRawBufferPointer, _ take: (Piece) throws(DecodingFailure) -> Void
  ) throws(DecodingFailure) -> Int {
    var position = scanned
    while position < bytes.count {
      let byte = bytes[position]
      if isInString {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isInString = false
          if depth == 1, let start = stringStart {
            let text = String(decoding: bytes[start..<position], as: UTF8.self)
            if member == "kind", kind.isEmpty { kind = text }
            member = text
            if text == "items" || text == "rows" { hasElements = true }
            stringStart = nil
          }
        }
      } else {
        try structure(byte, at: position, in: bytes, take)
      }
      position += 1
    }
    // Keep from the start of whatever is unfinished.
    let keep = pieceStart ?? stringStart ?? position
    if pieceStart != nil { pieceStart = 0 }
    if let start = stringStart { stringStart = start - keep }
    scanned = position - keep
    return keep
  }

  private mutating func structure(
    _ byte: UInt8, at position: Int, in bytes: UnsafeRawBufferPointer, _ take: (Piece) throws(DecodingFailure) -> Void
  ) throws(DecodingFailure) {
    switch byte {
    case UInt8(ascii: "\""):
      isInString = true
      if depth == 1 { stringStart = position + 1 }
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      if isDone { throw DecodingFailure(offset: position, reason: "unexpected text after the list") }
      if depth == 0, byte == UInt8(ascii: "[") { throw DecodingFailure(offset: position, reason: "expected an object") }
      if depth == 1 { isArray = byte == UInt8(ascii: "[") }
      if pieceStart == nil, depth == (isArray ? 2 : 1), byte == UInt8(ascii: "{") { pieceStart = position }
      depth += 1
    case UInt8(ascii: "}"), UInt8(ascii: "]"):
      depth -= 1
      guard depth >= 0 else { throw DecodingFailure(offset: position, reason: "unbalanced brackets") }
      if let start = pieceStart, depth == (isArray ? 2 : 1) {
        pieceStart = nil
        try take(Piece(member: member, bytes: UnsafeRawBufferPointer(rebasing: bytes[start...position])))
      }
      if depth == 0 { isDone = true }
    default:
      if depth == 0, byte > 0x20 { throw DecodingFailure(offset: position, reason: "the answer is no JSON list") }
    }
  }
}
