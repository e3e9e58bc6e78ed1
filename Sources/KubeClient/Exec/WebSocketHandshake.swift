import Base64Text
import HTTPTransport

/// What asks a server to go on with WebSocket (RFC 6455), and how it says that it does.
public struct WebSocketHandshake: Sendable, Equatable {
  /// The protocols spoken within it, the preferred first.
  public var protocols: [String]
  /// 16 random bytes in Base64, which the server must have read.
  let key: String

  /// A handshake with a key of its own.
  public init(protocols: [String]) {
    self.init(protocols: protocols, nonce: (0..<16).map { _ in UInt8.random(in: 0...255) })
  }

  init(protocols: [String], nonce: [UInt8]) {
    self.protocols = protocols
    key = Base64.encode(nonce)
  }

  var headers: [(String, String)] {
    [
      ("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"),
      ("Sec-WebSocket-Key", key), ("Sec-WebSocket-Protocol", protocols.joined(separator: ", ")),
    ]
  }

  /// Why an answer is not that of a server that goes on with WebSocket; nil when it is.
  func problem(with head: HTTPHead) -> String? {
    guard head.status == 101 else {
      return "the server does not go on with WebSocket but answers with HTTP status \(head.status)"
    }
    guard head.first("upgrade")?.lowercased() == "websocket", head.first("sec-websocket-accept") == expectedAnswer
    else {
      return "the server's answer is not that of a WebSocket server"
    }
    guard let chosen = head.first("sec-websocket-protocol"), protocols.contains(chosen) else {
      return "the server speaks none of \(protocols.joined(separator: ", "))"
    }
    return nil
  }

  private var expectedAnswer: String {
    Base64.encode(SHA1.digest(Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)))
  }
}

/// The hash of the handshake (FIPS 180-4). It protects nothing there: it only shows that the server has read the key.
private enum SHA1 {
  static func digest(_ message: [UInt8]) -> [UInt8] {
    var padded = message + [0x80]
    while padded.count % 64 != 56 { padded.append(0) }
    padded += bytes(UInt64(message.count) * 8)
    var state: [UInt32] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0]
    for start in stride(from: 0, to: padded.count, by: 64) { mix(padded[start..<start + 64], into: &state) }
    return state.flatMap(bytes)
  }

  private static func mix(_ block: ArraySlice<UInt8>, into state: inout [UInt32]) {
    var words = stride(from: block.startIndex, to: block.endIndex, by: 4).map { place in
      block[place..<place + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    }
    for place in 16..<80 {
      words.append(turned(words[place - 3] ^ words[place - 8] ^ words[place - 14] ^ words[place - 16], 1))
    }
    var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
    for (place, word) in words.enumerated() {
      let (choice, constant): (UInt32, UInt32) =
        switch place {
        case ..<20: (b & c | ~b & d, 0x5a82_7999)
        case ..<40: (b ^ c ^ d, 0x6ed9_eba1)
        case ..<60: (b & c | b & d | c & d, 0x8f1b_bcdc)
        default: (b ^ c ^ d, 0xca62_c1d6)
        }
      let next = turned(a, 5) &+ choice &+ e &+ constant &+ word
      (a, b, c, d, e) = (next, a, turned(b, 30), c, d)
    }
    for (place, value) in [a, b, c, d, e].enumerated() { state[place] &+= value }
  }

  private static func turned(_ word: UInt32, _ bits: UInt32) -> UInt32 { word << bits | word >> (32 - bits) }

  private static func bytes<Word: FixedWidthInteger>(_ word: Word) -> [UInt8] {
    (0..<Word.bitWidth / 8).reversed().map { UInt8(truncatingIfNeeded: word >> Word($0 * 8)) }
  }
}
