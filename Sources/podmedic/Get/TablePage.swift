import HTTPTransport
import Kube
import KubeClient

/// A page of a server-side table.
struct TablePage {
  var metadata = ListMetadata()
  var rows: [TableRow] = []
}

extension KubeClient {
  /// Reads one page of a table while it arrives.
  func table(
    _ request: APIRequest, _ codec: ObjectCodec, _ completion: @escaping (Result<TablePage, APIFailure>) -> Void
  ) {
    var page = TablePage()
    var decoder: ListDecoder?
    var handle: RequestHandle?
    func fail(_ failure: APIFailure) {
      handle?.cancel()
      completion(.failure(failure))
    }
    handle = stream(request) { event in
      do throws(DecodingFailure) {
        switch event {
        case .opened(let head):
          let type = head.first("content-type") ?? ""
          decoder = ListDecoder(contentType: type, codec: codec, pool: StringPool(capacity: 1024))
          if decoder == nil { fail(.malformed("the server's answer is no list (\(type))")) }
        case .bytes(let bytes):
          page.rows += try decoder?.feed(bytes).compactMap { $0 as? TableRow } ?? []
        case .ended:
          try decoder?.finish()
          page.metadata = decoder?.metadata ?? ListMetadata()
          completion(.success(page))
        case .failed(let failure): completion(.failure(failure))
        }
      } catch {
        fail(.malformed("the server's answer cannot be read: \(error)"))
      }
    }
  }
}
