import CZlib

extension APIAnswer {
  /// Smaller answers than this are not compressed, as in kube-apiserver.
  static let compressionThreshold = 128 * 1024

  /// The answer with its body compressed, where the client asks for that and it is worth it: kube-apiserver does so for
  /// what it reads out of its store, and never for watches.
  func compressed(for request: APIRequest) -> APIAnswer {
    guard request.method == "GET", code == 200, case .bytes(let bytes) = body,
      bytes.count >= Self.compressionThreshold, Self.takesGzip(request.headers["accept-encoding"] ?? ""),
      let packed = Gzip.compressed(bytes)
    else { return self }
    var answer = self
    answer.headers += [("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")]
    answer.body = .bytes(packed)
    return answer
  }

  /// Whether an `Accept-Encoding` names gzip and does not refuse it with a weight of nothing.
  static func takesGzip(_ accepted: String) -> Bool {
    accepted.split(separator: ",").contains { entry in
      let parts = entry.split(separator: ";").map { $0.filter { !$0.isWhitespace }.lowercased() }
      return parts.first == "gzip" && !parts.dropFirst().contains { $0.hasPrefix("q=") && Double($0.dropFirst(2)) == 0 }
    }
  }
}

/// Compression into the format of gzip (RFC 1952).
enum Gzip {
  /// The bytes compressed for speed; nil when zlib has no memory or there are more than it takes at once (4 GiB).
  static func compressed(_ bytes: [UInt8]) -> [UInt8]? {
    guard let count = UInt32(exactly: bytes.count) else { return nil }
    var stream = z_stream()
    // 16 more than the largest window asks for gzip's header and checksum instead of zlib's.
    let size = Int32(MemoryLayout<z_stream>.size)
    guard deflateInit2_(&stream, 1, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size) == Z_OK
    else { return nil }
    defer { deflateEnd(&stream) }
    let bound = deflateBound(&stream, UInt(count))
    var source = bytes
    return source.withUnsafeMutableBufferPointer { source in
      stream.next_in = source.baseAddress
      stream.avail_in = count
      var result = [UInt8](repeating: 0, count: Int(bound))
      let isDone = result.withUnsafeMutableBufferPointer { buffer in
        stream.next_out = buffer.baseAddress
        stream.avail_out = UInt32(clamping: buffer.count)
        return deflate(&stream, Z_FINISH) == Z_STREAM_END
      }
      return isDone ? Array(result.prefix(Int(stream.total_out))) : nil
    }
  }
}
