import Base64Text

/// From when to when a certificate holds, as it says itself.
public struct CertificateValidity: Sendable, Hashable {
  /// Seconds since 1970.
  public let notBefore: Double
  /// Seconds since 1970; from the next second on it has expired.
  public let notAfter: Double

  /// Reads the first certificate of a PEM text; nil when there is none that can be understood. Nothing is verified.
  public init?(pem: [UInt8]) {
    let text = String(decoding: pem, as: UTF8.self)
    let lines = text.split(whereSeparator: \.isNewline)
    guard let begin = lines.firstIndex(where: { $0.hasPrefix("-----BEGIN CERTIFICATE-----") }) else { return nil }
    let body = lines[(begin + 1)...].prefix { !$0.hasPrefix("-----") }
    guard case .success(let der) = Base64.decode(body.joined().filter { !$0.isWhitespace }) else { return nil }
    self.init(der: der)
  }

  /// Reads a certificate in DER (RFC 5280, 4.1): inside two sequences stand a version that may be missing, the serial
  /// number, the algorithm, the issuer, and then the validity.
  init?(der: [UInt8]) {
    var file = DERReader(der[...])
    guard let certificate = file.next(0x30) else { return nil }
    var outer = DERReader(certificate)
    guard let body = outer.next(0x30) else { return nil }
    var fields = DERReader(body)
    _ = fields.next(0xA0)
    guard fields.next(0x02) != nil, fields.next(0x30) != nil, fields.next(0x30) != nil,
      let validity = fields.next(0x30)
    else { return nil }
    var times = DERReader(validity)
    guard let from = times.time(), let to = times.time() else { return nil }
    notBefore = from
    notAfter = to
  }
}

/// Reads values of ASN.1 one after the other. Everything may be wrong: it never reads beyond its bytes.
private struct DERReader {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  /// The content of the next value, if that has this tag; otherwise nothing is read.
  mutating func next(_ tag: UInt8) -> ArraySlice<UInt8>? {
    var bytes = rest
    guard bytes.popFirst() == tag, let first = bytes.popFirst() else { return nil }
    var length = Int(first)
    if first >= 0x80 {
      // The long form: so many bytes of length. Certificates do not need more than four.
      let count = Int(first & 0x7F)
      guard (1...4).contains(count) else { return nil }
      length = 0
      for _ in 0..<count {
        guard let byte = bytes.popFirst() else { return nil }
        length = length << 8 | Int(byte)
      }
    }
    guard length <= bytes.count else { return nil }
    rest = bytes.dropFirst(length)
    return bytes.prefix(length)
  }

  /// The next value as seconds since 1970: UTCTime (`YYMMDDhhmmssZ`, 1950 to 2049) or GeneralizedTime
  /// (`YYYYMMDDhhmmssZ`), both always in UTC.
  mutating func time() -> Double? {
    let text: String
    if let short = next(0x17) {
      guard let first = short.first else { return nil }
      text = (first >= UInt8(ascii: "5") ? "19" : "20") + String(decoding: short, as: UTF8.self)
    } else if let long = next(0x18) {
      text = String(decoding: long, as: UTF8.self)
    } else {
      return nil
    }
    let letters = Array(text)
    guard letters.count == 15, letters[14] == "Z" else { return nil }
    func part(_ range: Range<Int>) -> String { String(letters[range]) }
    return RFC3339.seconds(
      "\(part(0..<4))-\(part(4..<6))-\(part(6..<8))T\(part(8..<10)):\(part(10..<12)):\(part(12..<14))Z")
  }
}
