// libyaml as it comes with Yams. Its composed nodes would lose the position of an alias and of a second equal key,
// resolve every scalar with regular expressions, and hash and free aliased trees of any size by recursion.
internal import CYaml

/// One step of the parser.
enum YAMLEvent {
  case streamStart, streamEnd, documentStart, documentEnd, sequenceEnd, mappingEnd
  case alias(String)
  case scalar(text: String, isPlain: Bool, anchor: String?)
  case sequenceStart(anchor: String?)
  case mappingStart(anchor: String?)
}

/// The events of a YAML stream, pulled one at a time.
final class YAMLEvents {
  private var parser = yaml_parser_t()
  private let source: UnsafeMutableBufferPointer<UInt8>
  private let file: String
  /// Whether the end was reached; libyaml must not be asked for more then.
  private var ended = false

  init(source: [UInt8], file: String) {
    self.file = file
    let bytes = JSONEscapes.joiningSurrogates(source)
    // libyaml keeps the pointer between calls, so the bytes need a home that does not move.
    self.source = .allocate(capacity: max(bytes.count, 1))
    _ = self.source.initialize(from: bytes)
    yaml_parser_initialize(&parser)
    if let encoding = Self.unmarkedUTF16(bytes) { yaml_parser_set_encoding(&parser, encoding) }
    yaml_parser_set_input_string(&parser, self.source.baseAddress, bytes.count)
  }

  deinit {
    yaml_parser_delete(&parser)
    source.deallocate()
  }

  /// The next event and where it begins.
  func next() throws(DataProblem) -> (event: YAMLEvent, position: DataPosition) {
    guard !ended else { return (.streamEnd, DataPosition(file: file)) }
    var event = yaml_event_t()
    guard yaml_parser_parse(&parser, &event) == 1 else {
      ended = true
      throw YAMLErrorText(parser: parser, source: UnsafeBufferPointer(source), file: file).problem
    }
    defer { yaml_event_delete(&event) }
    let position = DataPosition(
      file: file, line: Int(clamping: event.start_mark.line) + 1, column: Int(clamping: event.start_mark.column) + 1)
    return (translate(event), position)
  }

  private func translate(_ event: yaml_event_t) -> YAMLEvent {
    switch event.type {
    case YAML_STREAM_START_EVENT: return .streamStart
    case YAML_DOCUMENT_START_EVENT: return .documentStart
    case YAML_DOCUMENT_END_EVENT: return .documentEnd
    case YAML_SEQUENCE_END_EVENT: return .sequenceEnd
    case YAML_MAPPING_END_EVENT: return .mappingEnd
    case YAML_ALIAS_EVENT: return .alias(Self.string(event.data.alias.anchor) ?? "")
    case YAML_SEQUENCE_START_EVENT: return .sequenceStart(anchor: Self.string(event.data.sequence_start.anchor))
    case YAML_MAPPING_START_EVENT: return .mappingStart(anchor: Self.string(event.data.mapping_start.anchor))
    case YAML_SCALAR_EVENT:
      let scalar = event.data.scalar
      let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
      let isPlain = scalar.style == YAML_PLAIN_SCALAR_STYLE && Self.string(scalar.tag) != "tag:yaml.org,2002:str"
      return .scalar(text: text, isPlain: isPlain, anchor: Self.string(scalar.anchor))
    default:
      ended = true
      return .streamEnd
    }
  }

  private static func string(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
    pointer.map { String(cString: $0) }
  }

  /// The encoding of UTF-16 that came without a byte order mark: a YAML file begins with an ASCII character.
  private static func unmarkedUTF16(_ bytes: [UInt8]) -> yaml_encoding_t? {
    guard bytes.count >= 2 else { return nil }
    if bytes[0] == 0, bytes[1] != 0 { return YAML_UTF16BE_ENCODING }
    if bytes[0] != 0, bytes[1] == 0 { return YAML_UTF16LE_ENCODING }
    return nil
  }
}
