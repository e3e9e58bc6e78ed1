/// `Time` and `MicroTime`: a message with seconds = 1 and nanos = 2, RFC 3339 in JSON.
extension Timestamp {
  /// Takes the message that comes next; nil for Go's zero time, which is an empty message, and `null` in JSON.
  init?(protobuf reader: inout ProtobufReader) {
    var seconds: Int64 = 0
    var nanoseconds: Int32 = 0
    var isSet = false
    reader.message { message in
      while let field = message.nextField() {
        isSet = true
        switch field {
        case 1: seconds = Int64(message.int())
        case 2: nanoseconds = Int32(truncatingIfNeeded: message.int())
        default: message.skip()
        }
      }
    }
    guard isSet else { return nil }
    self.init(seconds: seconds, nanoseconds: nanoseconds)
  }

  /// Takes the text that comes next.
  init(json reader: inout JSONReader) throws(DecodingFailure) {
    let text = try reader.string()
    guard let time = Timestamp(text) else { throw reader.failure("expected an RFC 3339 time") }
    self = time
  }

  /// Writes it as a message with the given field number.
  func write(as number: Int, to writer: inout ProtobufWriter) {
    writer.message(number) { message in
      message.int(1, Int(seconds))
      let micro = microseconds &- seconds &* 1_000_000
      if micro != 0 { message.int(2, Int(micro) * 1000) }
    }
  }
}
