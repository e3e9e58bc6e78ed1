/// One cell of a grid as others see it.
public struct Cell: Hashable, Sendable {
  /// One user-perceived character that is safe to send to a terminal; a space in an empty cell, and empty in the second
  /// column of a wide character.
  public let text: String
  /// The columns it takes: 1, 2, or 0 for the second column of a wide character.
  public let width: Int
  /// Its style.
  public let style: Style
}

/// One cell as a grid keeps it: eight bytes without reference counting, because a frame has up to 20,000 of them and
/// there are up to thirty frames a second.
struct PackedCell: Hashable {
  /// A Unicode scalar, or `firstCluster` and above: an entry of the grid's table of characters of several scalars.
  var code: UInt32
  var style: Style
  /// 1, 2, or 0 for the second column of a wide character.
  var width: UInt8

  static let firstCluster: UInt32 = 0x11_0000

  static func blank(_ style: Style) -> PackedCell { PackedCell(code: 0x20, style: style, width: 1) }
}
