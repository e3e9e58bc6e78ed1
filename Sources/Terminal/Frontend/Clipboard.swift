import Base64Text

/// The escape sequence OSC 52, which hands text to the clipboard of the terminal, through SSH too.
public enum Clipboard {
  /// The most bytes of text that are sent: terminals and multiplexers drop sequences beyond 100,000 bytes, of which 8
  /// are the frame and base64 takes four thirds.
  public static let limit = 74_994

  /// The sequence that copies `text`; nil when it is longer than `limit`. Within screen it is handed through in short
  /// pieces (screen's limit is 768 bytes), within tmux in one piece and also plainly, since tmux acts on the plain
  /// form when `set-clipboard` is on and on the other when `allow-passthrough` is.
  public static func osc52(_ text: String, environment: [String: String]) -> [UInt8]? {
    let bytes = Array(text.utf8)
    guard bytes.count <= limit else { return nil }
    let plain = Array("\u{1b}]52;c;".utf8) + Array(Base64.encode(bytes).utf8) + [0x07]
    if !(environment["TMUX"] ?? "").isEmpty {
      let doubled = plain.flatMap { $0 == 0x1b ? [0x1b, 0x1b] : [$0] }
      return plain + Array("\u{1b}Ptmux;".utf8) + doubled + Array("\u{1b}\\".utf8)
    }
    if (environment["TERM"] ?? "").hasPrefix("screen") && !(environment["STY"] ?? "").isEmpty {
      var wrapped: [UInt8] = []
      for start in stride(from: 0, to: plain.count, by: 700) {
        wrapped += Array("\u{1b}P".utf8) + plain[start..<min(start + 700, plain.count)] + Array("\u{1b}\\".utf8)
      }
      return wrapped
    }
    return plain
  }
}
