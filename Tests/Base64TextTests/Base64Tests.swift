import Base64Text
import Testing

@Suite struct Base64Tests {
  /// The vectors of RFC 4648, and bytes that no text has.
  private let vectors: [(bytes: [UInt8], padded: String, url: String)] = [
    ([], "", ""), (Array("f".utf8), "Zg==", "Zg"), (Array("fo".utf8), "Zm8=", "Zm8"),
    (Array("foo".utf8), "Zm9v", "Zm9v"),
    (Array("foob".utf8), "Zm9vYg==", "Zm9vYg"), (Array("foobar".utf8), "Zm9vYmFy", "Zm9vYmFy"),
    ([0xFB, 0xFF, 0xBE], "+/++", "-_--"), ([0xFF], "/w==", "_w"),
  ]

  @Test func thereAndBack() throws {
    for (bytes, padded, url) in vectors {
      #expect(Base64.encode(bytes) == padded)
      #expect(Base64.encodeURL(bytes) == url)
      #expect(try Base64.decode(padded).get() == bytes)
      #expect(Base64.decodeURL(url) == bytes)
    }
  }

  @Test func lineBreaksAreSkipped() throws {
    #expect(try Base64.decode("Zm9v\r\nYmFy\n").get() == Array("foobar".utf8))
  }

  @Test(arguments: [("Z", 1), ("Zg", 2), ("Zg=", 3), ("Z=g=", 1), ("Zm9*", 3), ("Zg==Zg==", 4), ("Zm-v", 2)])
  func whatIsWrongIsNamed(_ text: String, _ offset: Int) {
    #expect(throws: Base64.InvalidByte.self) { try Base64.decode(text).get() }
    if case .failure(let wrong) = Base64.decode(text) { #expect(wrong.offset == offset) }
  }
}
