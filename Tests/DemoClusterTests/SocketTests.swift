import CZlib
import Foundation
import Glibc
import Kube
import Testing

@testable import DemoCluster

/// What only shows on the wire.
@Suite struct SocketTests {
  @Test func largeAnswersAreCompressedWhereTheClientTakesThat() async throws {
    let demo = try await DemoCluster.launch(clock: .manual(APIServerTests.start))
    let plain = try await Wire.get(demo, "/api/v1/pods", [:])
    #expect(plain.headers["content-encoding"] == nil && plain.body.count > APIAnswer.compressionThreshold)
    let packed = try await Wire.get(demo, "/api/v1/pods", ["Accept-Encoding": "br, gzip;q=0.5"])
    #expect(packed.headers["content-encoding"] == "gzip" && packed.headers["vary"] == "Accept-Encoding")
    #expect(packed.headers["content-length"] == String(packed.body.count))
    #expect(packed.body.count < plain.body.count / 4)
    #expect(Wire.inflated(packed.body, limit: plain.body.count + 1) == plain.body)
    for refusal in ["identity", "gzip;q=0", "br"] {
      let answer = try await Wire.get(demo, "/api/v1/pods", ["Accept-Encoding": refusal])
      #expect(answer.headers["content-encoding"] == nil && answer.body == plain.body, "\(refusal)")
    }
    let small = try await Wire.get(demo, "/api/v1/namespaces/shop", ["Accept-Encoding": "gzip"])
    #expect(small.headers["content-encoding"] == nil, "not worth it")
    await demo.stop()
  }

  @Test func theServerTellsWhatServesEachPartOfItsAPI() async throws {
    let demo = try await DemoCluster.launch(clock: .manual(APIServerTests.start))
    let answer = try await Wire.get(demo, "/apis/apiregistration.k8s.io/v1/apiservices", [:])
    let items = try answer.body.withUnsafeBytes { try JSONValue(parsing: $0) }.list(at: "items")
    let groups = try await Wire.get(demo, "/apis", [:]).body.withUnsafeBytes { try JSONValue(parsing: $0) }
    let served = groups.list(at: "groups").flatMap { group in
      group.list(at: "versions").map { "\($0.text(at: "version")).\(group.text(at: "name"))" }
    }
    #expect(Set(items.map(\.name)) == Set(served + ["v1."]))
    #expect(items.allSatisfy { $0.list(at: "status.conditions").first?.text(at: "status") == "True" })
    let metrics = try #require(items.first { $0.name == "v1beta1.metrics.k8s.io" })
    #expect(metrics.text(at: "spec.service.name") == "metrics-server")
    let table = try await Wire.get(
      demo, "/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.metrics.k8s.io",
      ["Accept": "application/json;as=Table;v=v1;g=meta.k8s.io"])
    let row = try table.body.withUnsafeBytes { try JSONValue(parsing: $0) }.list(at: "rows").first
    #expect(
      row?.list(at: "cells").prefix(3).map { $0.string } == [
        "v1beta1.metrics.k8s.io", "kube-system/metrics-server", "True",
      ])
    await demo.stop()
  }
}

/// HTTP in its simplest form.
private enum Wire {
  struct Answer: Sendable {
    var headers: [String: String] = [:]
    var body: [UInt8] = []
  }
  struct Failure: Error { var what: String }

  /// One request on a connection of its own, on a thread of its own: the demo needs the cooperative ones.
  static func get(_ demo: DemoCluster, _ target: String, _ headers: [String: String]) async throws -> Answer {
    let url = demo.url
    return try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread { continuation.resume(with: Result { try exchange(url, target, headers) }) }
    }
  }

  private static func exchange(_ url: String, _ target: String, _ headers: [String: String]) throws -> Answer {
    guard let port = url.split(separator: ":").last.flatMap({ UInt16($0) }) else { throw Failure(what: url) }
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let connected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard connected == 0 else { throw Failure(what: "connect: \(errno)") }
    let lines = ["GET \(target) HTTP/1.1", "Host: 127.0.0.1", "Connection: close"] + headers.map { "\($0): \($1)" }
    let request = Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    guard send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else {
      throw Failure(what: "send: \(errno)")
    }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = recv(descriptor, &piece, piece.count, 0), count > 0 { bytes += piece[..<count] }
    return try parsed(bytes)
  }

  private static func parsed(_ bytes: [UInt8]) throws -> Answer {
    let gap = Array("\r\n\r\n".utf8)
    let limit = min(bytes.count, 1 << 16)
    guard let end = (0..<limit).first(where: { bytes[$0...].starts(with: gap) }) else {
      throw Failure(what: "no end of the headers")
    }
    var answer = Answer()
    for line in String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n").dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      if parts.count == 2 { answer.headers[parts[0].lowercased()] = String(parts[1].drop { $0 == " " }) }
    }
    answer.body = Array(bytes[(end + gap.count)...])
    return answer
  }

  /// What is in a gzip stream, at most `limit` bytes of it.
  static func inflated(_ bytes: [UInt8], limit: Int) -> [UInt8] {
    var stream = z_stream()
    guard inflateInit2_(&stream, MAX_WBITS + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      return []
    }
    defer { inflateEnd(&stream) }
    var (source, result) = (bytes, [UInt8](repeating: 0, count: limit))
    source.withUnsafeMutableBufferPointer { source in
      result.withUnsafeMutableBufferPointer { buffer in
        stream.next_in = source.baseAddress
        stream.avail_in = UInt32(clamping: source.count)
        stream.next_out = buffer.baseAddress
        stream.avail_out = UInt32(clamping: buffer.count)
        _ = inflate(&stream, Z_FINISH)
      }
    }
    return Array(result.prefix(Int(stream.total_out)))
  }
}
