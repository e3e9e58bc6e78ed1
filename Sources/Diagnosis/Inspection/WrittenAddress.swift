/// An address as a program writes it: `10.96.40.12:5432`, `orders-db.data.svc.cluster.local`.
public struct WrittenAddress: Hashable {
  /// An IP address, or a name in small letters.
  public var host: String
  /// The port that stands behind it.
  public var port: Int?
  /// Whether the text says that a name was looked up: `lookup orders-db on 10.96.0.10:53`.
  public var isLookedUp = false

  /// As it is written: `orders-db:5432`.
  public var text: String { port.map { "\(host):\($0)" } ?? host }

  /// Whether it is four numbers, or an IPv6 address, which stands in brackets.
  public var isIP: Bool {
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return host.contains(":") || parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
  }

  /// The addresses of a line, the likeliest first, of its first 4096 characters: what was looked up, then what stands behind an arrow (the other end of
  /// a connection), then the others as they come; a name server after what it was asked for.
  public static func all(in line: String) -> [WrittenAddress] {
    var found: [(address: WrittenAddress, rank: Int)] = []
    var isBehindArrow = false
    var word = ""
    var previous = ""
    func isPart(_ scalar: Unicode.Scalar) -> Bool {
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", ".", "-", ":", "[", "]", "_": true
      default: false
      }
    }
    for scalar in Array(line.prefix(4096).unicodeScalars) + [" "] {
      if isPart(scalar) {
        word.unicodeScalars.append(scalar)
        continue
      }
      if var address = WrittenAddress(word) {
        address.isLookedUp = previous == "lookup" && !address.isIP
        let isNamed = address.isIP || address.port != nil || address.host.contains(".svc")
        let rank = address.isLookedUp ? 0 : isBehindArrow ? 1 : address.port == 53 ? 3 : 2
        // A bare word is an address only behind such words.
        if isNamed || address.isLookedUp || ["to", "host", "server", "for"].contains(previous) {
          found.append((address, rank))
        }
      }
      if !word.isEmpty { previous = word.lowercased() }
      isBehindArrow = scalar == ">" && word.hasSuffix("-")
      word = ""
    }
    var seen: Set<WrittenAddress> = []
    return found.enumerated().sorted { ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset) }
      .map(\.element.address).filter { seen.insert($0).inserted }
  }

  /// The address that a word is; nil when it cannot be one.
  private init?(_ word: String) {
    var text = Substring(word)
    while let last = text.last, last == ":" || last == "." || last == "-" { text.removeLast() }
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
      let inner = text[text.index(after: text.startIndex)..<end]
      guard inner.contains(":") else { return nil }
      host = inner.lowercased()
      let rest = text[text.index(after: end)...]
      port = rest.hasPrefix(":") ? Int(rest.dropFirst()) : nil
      return
    }
    let sides = text.split(separator: ":", omittingEmptySubsequences: false)
    guard sides.count <= 2, let first = sides.first, let start = first.utf8.first,
      start != UInt8(ascii: "-"), start != UInt8(ascii: "."), !first.contains("["), !first.contains("]"),
      !first.contains("_")
    else { return nil }
    host = first.lowercased()
    port = nil
    if sides.count == 2 {
      guard let number = Int(sides[1]), (1...65535).contains(number) else { return nil }
      port = number
    }
    // A number alone is a time or a count.
    if !isIP, host.allSatisfy({ $0.isNumber || $0 == "." }) { return nil }
  }
}
