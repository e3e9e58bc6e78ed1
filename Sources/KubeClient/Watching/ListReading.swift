import EventLoop
import HTTPTransport
import Kube
import Synchronization

/// Reads the answer to a list: what is short as it arrives, the rest of a long one on another thread, so that receiving
/// and decoding go on side by side. Confined to the loop's thread.
final class ListReading {
  /// What comes of the bytes, in this order: `objects` any number of times, then `ended`; or `failed` as the last.
  enum Outcome {
    /// The next objects.
    case objects([any ClusterObject])
    /// The list is complete.
    case ended(ListMetadata)
    /// The answer is no list.
    case failed(DecodingFailure)
  }

  /// The decoder, which one thread at a time works with.
  private final class SharedDecoder: Sendable {
    private let decoder: Mutex<ListDecoder>

    /// The decoder has a pool of its own: no other thread may use it meanwhile.
    init?(contentType: String, codec: ObjectCodec) {
      guard let decoder = ListDecoder(contentType: contentType, codec: codec, pool: StringPool()) else { return nil }
      self.decoder = Mutex(decoder)
    }

    func feed(_ bytes: [UInt8]) -> Result<[any ClusterObject], DecodingFailure> {
      decoder.withLock { decoder in
        Result { () throws(DecodingFailure) in
          try bytes.withUnsafeBufferPointer { (bytes) throws(DecodingFailure) in
            try decoder.feed(UnsafeRawBufferPointer(bytes))
          }
        }
      }
    }

    func finish() -> Result<ListMetadata, DecodingFailure> {
      decoder.withLock { decoder in
        Result { () throws(DecodingFailure) in
          try decoder.finish()
          return decoder.metadata
        }
      }
    }
  }

  /// So much is decoded as it arrives: handing it to another thread would take longer than it is worth.
  static let shortList = 512 << 10
  /// What is handed over is at least so much, unless it is the end.
  static let piece = 256 << 10
  /// More than this does not wait for its turn: the server has to.
  static let longestQueue = 4 << 20

  private let loop: Loop
  private let decoder: SharedDecoder
  private let handler: (Outcome) -> Void
  private var received = 0
  private var queue: [UInt8] = []
  private var isDecoding = false
  private var hasEnded = false
  private var isOver = false
  /// Told to hold the server back (true), or to let it go on.
  var onFull: ((Bool) -> Void)?
  private var isFull = false

  /// Reads an answer of a content type; nil when that is neither protobuf nor JSON. `handler` is called on the loop's
  /// thread, before a call returns or later.
  init?(contentType: String, codec: ObjectCodec, loop: Loop, handler: @escaping (Outcome) -> Void) {
    guard let decoder = SharedDecoder(contentType: contentType, codec: codec) else { return nil }
    self.decoder = decoder
    self.loop = loop
    self.handler = handler
  }

  /// Takes the next bytes.
  func take(_ bytes: UnsafeRawBufferPointer) {
    guard !isOver else { return }
    received += bytes.count
    if received <= Self.shortList { return decoded(decoder.feed(Array(bytes))) }
    queue.append(contentsOf: bytes)
    if !isDecoding, queue.count >= Self.piece { decode() }
    if isDecoding, queue.count >= Self.longestQueue { setFull(true) }
  }

  /// Takes note that there are no more bytes.
  func end() {
    hasEnded = true
    goOn()
  }

  /// Nothing is told any more.
  func cancel() { isOver = true }

  private func goOn() {
    guard !isOver, !isDecoding else { return }
    if queue.count >= Self.piece || (hasEnded && !queue.isEmpty) { return decode() }
    guard hasEnded else { return }
    isOver = true
    switch decoder.finish() {
    case .success(let metadata): handler(.ended(metadata))
    case .failure(let failure): handler(.failed(failure))
    }
  }

  private func decode() {
    isDecoding = true
    let bytes = queue
    queue = []
    queue.reserveCapacity(2 * Self.piece)
    setFull(false)
    loop.perform({ [decoder] in decoder.feed(bytes) }) { [weak self] result in
      guard let self else { return }
      isDecoding = false
      decoded(result)
      goOn()
    }
  }

  private func decoded(_ result: Result<[any ClusterObject], DecodingFailure>) {
    guard !isOver else { return }
    switch result {
    case .success(let objects): if !objects.isEmpty { handler(.objects(objects)) }
    case .failure(let failure):
      isOver = true
      handler(.failed(failure))
    }
  }

  private func setFull(_ full: Bool) {
    guard full != isFull else { return }
    isFull = full
    onFull?(full)
  }
}
