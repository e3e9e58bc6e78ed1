import Glibc

/// A system call that the loop cannot work without failed.
public struct LoopFailure: Error, Equatable, CustomStringConvertible {
  /// What was being made or done.
  public let operation: String
  /// The `errno`.
  public let code: Int32

  /// The operation and the C library's words for the code.
  public var description: String { "\(operation): \(errorText(code))" }

  static func check(_ operation: String, _ result: Int32) throws(LoopFailure) -> Int32 {
    guard result >= 0 else { throw LoopFailure(operation: operation, code: -result) }
    return result
  }
}

/// The C library's words for an `errno`.
func errorText(_ code: Int32) -> String {
  guard let text = strerror(code) else { return "error \(code)" }
  return String(cString: text)
}
