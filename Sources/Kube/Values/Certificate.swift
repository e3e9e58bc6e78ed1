import Base64Text

/// What a certificate says of itself: from when to when it holds, and for which names. Nothing is verified.
public struct Certificate: Sendable, Hashable {
  /// From then on it holds.
  public let notBefore: Timestamp
  /// From the next second on it has expired.
  public let notAfter: Timestamp
  /// The DNS names of its extension subjectAltName, in small letters; at most `mostNames`. What stands in the subject's
  /// common name counts no more (RFC 9110, 4.3.4).
  public let names: [String]

  /// So many names are kept.
  public static let mostNames = 100

  /// What a PEM text of a certificate begins with.
  static let mark = "-----BEGIN CERTIFICATE-----"
  /// The same in base64: 27 bytes are 36 letters, whatever follows.
  static let markInBase64 = "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t"

  /// Reads the first certificate of a PEM text; nil when there is none that can be understood.
  public init?(pem: [UInt8]) {
    let text = String(decoding: pem, as: UTF8.self)
    let lines = text.split(whereSeparator: \.isNewline)
    guard let begin = lines.firstIndex(where: { $0.hasPrefix(Self.mark) }) else { return nil }
    let body = lines[(begin + 1)...].prefix { !$0.hasPrefix("-----") }
    guard case .success(let der) = Base64.decode(body.joined().filter { !$0.isWhitespace }) else { return nil }
    self.init(der: der)
  }

  /// Reads a certificate in DER (RFC 5280, 4.1): inside two sequences stand a version that may be missing, the serial
  /// number, the algorithm, the issuer, the validity, the subject, its key, and what may be missing.
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
    guard fields.next(0x30) != nil, fields.next(0x30) != nil else {
      names = []
      return
    }
    _ = fields.next(0x81)
    _ = fields.next(0x82)
    names = fields.next(0xA3).map(Self.names(inExtensions:)) ?? []
  }

  /// The DNS names among extensions: each is a sequence of its kind, whether it is critical, and its value.
  private static func names(inExtensions bytes: ArraySlice<UInt8>) -> [String] {
    var outer = DERReader(bytes)
    guard let list = outer.next(0x30) else { return [] }
    var extensions = DERReader(list)
    while let one = extensions.next(0x30) {
      var parts = DERReader(one)
      // 2.5.29.17, subjectAltName.
      guard let kind = parts.next(0x06), Array(kind) == [0x55, 0x1D, 0x11] else { continue }
      _ = parts.next(0x01)
      guard let value = parts.next(0x04) else { return [] }
      var wrapper = DERReader(value)
      guard let names = wrapper.next(0x30) else { return [] }
      var reader = DERReader(names)
      var found: [String] = []
      while found.count < mostNames, let (tag, content) = reader.next() {
        if tag == 0x82 { found.append(String(decoding: content.prefix(253), as: UTF8.self).lowercased()) }
      }
      return found
    }
    return []
  }

  /// Whether it is for a host: one of its names is that, or stands for it with `*` as the first label.
  public func covers(_ host: String) -> Bool {
    let host = host.lowercased()
    return names.contains { name in
      if name == host { return true }
      guard name.hasPrefix("*."), let dot = host.firstIndex(of: "."), dot != host.startIndex else { return false }
      return host[dot...] == name.dropFirst()
    }
  }
}

/// Reads values of ASN.1 one after the other. Everything may be wrong: it never reads beyond its bytes.
private struct DERReader {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  /// The content of the next value, if that has this tag; otherwise nothing is read.
  mutating func next(_ tag: UInt8) -> ArraySlice<UInt8>? {
    guard rest.first == tag else { return nil }
    return next()?.content
  }

  /// The next value; nil at the end, and where it is none.
  mutating func next() -> (tag: UInt8, content: ArraySlice<UInt8>)? {
    var bytes = rest
    guard let tag = bytes.popFirst(), let first = bytes.popFirst() else { return nil }
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
    return (tag, bytes.prefix(length))
  }

  /// The next value as a time: UTCTime (`YYMMDDhhmmssZ`, 1950 to 2049) or GeneralizedTime (`YYYYMMDDhhmmssZ`), both
  /// always in UTC.
  mutating func time() -> Timestamp? {
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
    return Timestamp(
      "\(part(0..<4))-\(part(4..<6))-\(part(6..<8))T\(part(8..<10)):\(part(10..<12)):\(part(12..<14))Z")
  }
}
