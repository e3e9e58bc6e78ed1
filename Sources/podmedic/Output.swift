import Glibc
import PlainInterface

/// Standard output, for data only, and standard error, for everything else. What comes from a cluster must have been
/// made fit for a terminal before.
enum Output {
  /// Writes to standard output. A reader that has gone away ends podmedic without a word, like every other filter.
  static func write(_ text: String) { write(Array(text.utf8)[...]) }

  /// Writes what a server sent: as it is to a pipe or a file, to a terminal without what would steer it.
  static func write(_ bytes: UnsafeRawBufferPointer) {
    if isatty(STDOUT_FILENO) == 1 { return write(fitForTerminal(String(decoding: bytes, as: UTF8.self))) }
    write(Array(bytes)[...])
  }

  private static func write(_ all: ArraySlice<UInt8>) {
    var bytes = all
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
      if count >= 0 {
        bytes = bytes.dropFirst(count)
      } else if errno == EPIPE {
        signal(SIGPIPE, SIG_DFL)
        raise(SIGPIPE)
        exit(128 + SIGPIPE)  // whoever started podmedic has blocked the signal
      } else if errno == EAGAIN {
        var descriptor = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
        poll(&descriptor, 1, -1)
      } else if errno != EINTR {
        message("error: writing output: \(String(cString: strerror(errno)))")
        exit(1)
      }
    }
  }

  /// Text as it is for a pipe or a file; on a terminal without what would steer it.
  static func fitForTerminal(_ text: String) -> String {
    guard isatty(STDOUT_FILENO) == 1 else { return text }
    // Tabs were meant as such by whoever wrote the template.
    return text.split(separator: "\t", omittingEmptySubsequences: false).map { PlainText.lines(String($0)) }
      .joined(separator: "\t")
  }

  /// Writes a line to standard error.
  static func message(_ text: String) {
    let bytes = Array((PlainText.lines(text) + "\n").utf8)
    // Where standard error is gone there is nobody to tell.
    _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  /// Writes a question to standard error, without ending the line.
  static func prompt(_ text: String) {
    let bytes = Array(PlainText.line(text).utf8)
    _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  /// Says why a command failed and what to do next.
  static func error(_ failure: CommandFailure) {
    if !failure.message.isEmpty { message(failure.message) }
    if let hint = failure.hint { message("hint: \(hint)") }
  }
}
