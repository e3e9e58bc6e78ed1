/// Base64 by the rules of Go's `encoding/base64`, which decide what a kubeconfig or a Secret may hold.
public enum Base64 {
  /// The decoded bytes, or where the first wrong byte is. Line breaks are skipped, padding is required.
  public static func decode(_ text: String) -> Result<[UInt8], InvalidByte> {
    decode(text, alphabet: standard, isPadded: true)
  }

  /// The decoded bytes of the URL alphabet without padding, as in a JSON Web Token.
  public static func decodeURL(_ text: String) -> [UInt8]? { try? decode(text, alphabet: url, isPadded: false).get() }

  /// Base64 in the standard alphabet, padded.
  public static func encode(_ bytes: [UInt8]) -> String { encode(bytes, alphabet: standard, isPadded: true) }

  /// Base64 in the URL alphabet without padding.
  public static func encodeURL(_ bytes: [UInt8]) -> String { encode(bytes, alphabet: url, isPadded: false) }

  private static func encode(_ bytes: [UInt8], alphabet: [UInt8], isPadded: Bool) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let count = min(3, bytes.count - start)
      var group = 0
      for offset in 0..<3 { group = group << 8 | (offset < count ? Int(bytes[start + offset]) : 0) }
      for place in 0...count { text.append(alphabet[group >> (18 - 6 * place) & 63]) }
      if isPadded { for _ in count..<3 { text.append(0x3D) } }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Where text stops being base64.
  public struct InvalidByte: Error, Equatable, Sendable, CustomStringConvertible {
    /// Of the first wrong byte; the text's length when it ends too early.
    public let offset: Int
    /// In Go's words.
    public var description: String { "illegal base64 data at input byte \(offset)" }
  }

  private static let standard = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let url = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

  private static func decode(
    _ text: String, alphabet: [UInt8], isPadded: Bool
  ) -> Result<[UInt8], InvalidByte> {
    var values = [UInt8](repeating: 255, count: 256)
    for (value, letter) in alphabet.enumerated() { values[Int(letter)] = UInt8(value) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count / 4 * 3)
    var group = 0
    var digits = 0
    var padding = 0
    for (offset, letter) in text.utf8.enumerated() where letter != 0x0A && letter != 0x0D {
      if letter == 0x3D, isPadded, digits + padding >= 2, digits + padding < 4, digits >= 2 {
        padding += 1
        continue
      }
      let value = values[Int(letter)]
      guard value != 255, padding == 0 else { return .failure(InvalidByte(offset: offset)) }
      group = group << 6 | Int(value)
      digits += 1
      if digits == 4 {
        bytes += [UInt8(group >> 16 & 255), UInt8(group >> 8 & 255), UInt8(group & 255)]
        group = 0
        digits = 0
      }
    }
    if isPadded ? (digits + padding) % 4 != 0 : digits == 1 { return .failure(InvalidByte(offset: text.utf8.count)) }
    if digits >= 2 { bytes.append(UInt8(group >> (digits == 2 ? 4 : 10) & 255)) }
    if digits == 3 { bytes.append(UInt8(group >> 2 & 255)) }
    return .success(bytes)
  }
}
