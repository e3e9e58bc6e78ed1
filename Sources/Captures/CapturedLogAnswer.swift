import Kube

/// Answers requests for logs.
struct CapturedLogAnswer {
  let capture: Capture

  /// The header that says that lines do not begin with their times, though they were asked for.
  static let timesHeader = "podmedic-log-times"

  func answer(_ request: CaptureRequest, _ target: CaptureRequest.Target) -> CaptureAnswer {
    let pod = target.name ?? ""
    let container = request.query["container"] ?? ""
    let key = CapturedLogs.Key(
      namespace: target.namespace ?? "", pod: pod, container: container,
      isPrevious: request.query["previous"] == "true")
    guard let place = capture.logs.place(key) else {
      let run = key.isPrevious ? "the previous log" : "no log"
      return .failure(
        404, "NotCaptured",
        key.isPrevious
          ? "the capture does not have \(run) of container \(container) of pod \(pod)"
          : "the capture has \(run) of container \(container) of pod \(pod)")
    }
    do throws(DiskFiles.Failure) {
      let bytes = try self.bytes(place)
      var answer = CaptureAnswer(select(bytes, request.query), contentType: "text/plain")
      if !capture.logs.haveTimes { answer.headers.append((Self.timesHeader, "none")) }
      // Who follows is told what there is and waits for more, as with a container that writes nothing.
      answer.isEndless = request.query["follow"] == "true"
      return answer
    } catch {
      return .notCaptured("the log of container \(container) of pod \(pod) cannot be read: \(error.reason)")
    }
  }

  private func bytes(_ place: CapturedLogs.Place) throws(DiskFiles.Failure) -> ArraySlice<UInt8> {
    switch place {
    case .memory(let source, let range): return source.bytes[range]
    case .file(let path):
      // Of a log that is too long the end matters.
      guard case .file(let size) = try DiskFiles.kind(path) else { throw DiskFiles.Failure(reason: "this is no file") }
      return try DiskFiles.read(path, from: max(0, size - CapturedLogs.longest), limit: CapturedLogs.longest + 1)[...]
    }
  }

  /// The lines that were asked for.
  private func select(_ bytes: ArraySlice<UInt8>, _ query: [String: String]) -> [UInt8] {
    var lines = bytes
    if lines.last == UInt8(ascii: "\n") { lines.removeLast() }
    if capture.logs.haveTimes, let start = start(query) {
      while let end = lines.firstIndex(of: UInt8(ascii: "\n")), let time = Self.time(lines[..<end]), time < start {
        lines = lines[(end + 1)...]
      }
    }
    if let count = query["tailLines"].flatMap({ Int($0) }) { lines = Self.tail(lines, count) }
    if lines.isEmpty { return [] }
    let isBare = capture.logs.haveTimes && query["timestamps"] != "true"
    let text = isBare ? Self.withoutTimes(lines) : Array(lines) + [UInt8(ascii: "\n")]
    return query["limitBytes"].flatMap { Int($0) }.map { Array(text.prefix(max(0, $0))) } ?? text
  }

  private func start(_ query: [String: String]) -> Timestamp? {
    if let time = query["sinceTime"].flatMap({ Timestamp($0) }) { return time }
    guard let seconds = query["sinceSeconds"].flatMap({ Int64($0) }), let now = capture.time else { return nil }
    return now.advanced(by: .seconds(-seconds))
  }

  private static func time(_ line: ArraySlice<UInt8>) -> Timestamp? {
    Timestamp(String(decoding: line.prefix { $0 != 0x20 }.prefix(40), as: UTF8.self))
  }

  private static func tail(_ lines: ArraySlice<UInt8>, _ count: Int) -> ArraySlice<UInt8> {
    guard count > 0 else { return [] }
    var left = count
    var index = lines.endIndex
    while index > lines.startIndex {
      if lines[index - 1] == UInt8(ascii: "\n") {
        left -= 1
        if left == 0 { return lines[index...] }
      }
      index -= 1
    }
    return lines
  }

  private static func withoutTimes(_ lines: ArraySlice<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    for line in lines.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      result += time(line) == nil ? line : line.drop { $0 != 0x20 }.dropFirst()
      result.append(UInt8(ascii: "\n"))
    }
    return result
  }
}
