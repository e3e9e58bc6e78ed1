import KubeClient
import PlainInterface

/// `get --raw`: a path of the server, whose answer is printed as it comes.
struct RawRead {
  private let request: APIRequest

  /// The request for a path with its query, in kubectl's words where it is none.
  init(_ path: String, options: GetOptions, words: [String]) throws(CommandFailure) {
    if !words.isEmpty { throw .asKubectl("arguments may not be passed when --raw is specified") }
    if options.isWatching || !options.selector.isEmpty {
      throw .asKubectl(
        "--raw may not be specified with other flags that filter the server request or alter the output")
    }
    if options.output?.isEmpty == false { throw .asKubectl("--raw and --output are mutually exclusive") }
    let quoted = "\"\(PlainText.line(path))\""
    guard path.hasPrefix("/"), path.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw .asKubectl("--raw must be a valid URL path: parse \(quoted): invalid URI for request")
    }
    request = APIRequest(path: path)
  }

  /// Asks and prints, piece by piece: a watch goes on for as long as the server lets it.
  func run(_ context: CommandContext) throws(CommandFailure) {
    var request = request
    request.accept = "application/json, */*"
    var failure: APIFailure?
    var isOver = false
    let handle = context.client.stream(request) { event in
      switch event {
      case .opened: break
      case .bytes(let bytes): Output.write(bytes)
      case .ended: isOver = true
      case .failed(let reason):
        failure = reason
        isOver = true
      }
    }
    context.wait { isOver }
    withExtendedLifetime(handle) {}
    if let failure { throw CommandFailure(failure) }
    try context.finish()
  }
}
