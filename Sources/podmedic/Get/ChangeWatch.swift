import HTTPTransport
import Kube
import KubeClient

/// The changes of a kind from a version on, until something fails.
final class ChangeWatch {
  private let client: KubeClient
  private let resource: Resource
  private let options: ListOptions
  private let codec: ObjectCodec
  /// What has been seen, by uid: an object that has not is new.
  private var known: Set<String>
  private let take: (String, any ClusterObject) -> Void
  private var version = ""
  private var decoder: WatchDecoder?
  private var request: RequestHandle?

  /// `take` gets every object that is made, changed or deleted, in the state that the server tells, with `ADDED`,
  /// `MODIFIED` or `DELETED`; `known` are the uids of those that there are.
  init(
    _ client: KubeClient, _ resource: Resource, _ options: ListOptions, codec: ObjectCodec, known: Set<String>,
    _ take: @escaping (_ event: String, any ClusterObject) -> Void
  ) {
    self.client = client
    self.resource = resource
    self.options = options
    self.codec = codec
    self.known = known
    self.take = take
  }

  /// Begins. `end` is called once, with why there is no more.
  func start(from version: String, _ end: @escaping (APIFailure) -> Void) {
    self.version = version
    let watch = APIRequest.watch(resource, options, codec: codec, resourceVersion: version, seconds: 600)
    request = client.stream(watch) { [self] event in
      do throws(DecodingFailure) {
        switch event {
        case .opened(let head):
          let type = head.first("content-type") ?? ""
          decoder = WatchDecoder(contentType: type, codec: codec, pool: StringPool(capacity: 1024))
          if decoder == nil { fail(.malformed("the server's answer is no watch (\(type))"), end) }
        case .bytes(let bytes):
          for event in try decoder?.feed(bytes) ?? [] where decoder != nil { self.take(event, end) }
        case .ended: start(from: self.version, end)
        case .failed(let failure): end(failure)
        }
      } catch {
        fail(.malformed("the server's watch cannot be read: \(error)"), end)
      }
    }
  }

  private func take(_ event: WatchEvent, _ end: (APIFailure) -> Void) {
    switch event {
    case .changed(let object):
      version = object.metadata.resourceVersion
      take(known.insert(object.metadata.uid).inserted ? "ADDED" : "MODIFIED", object)
    case .deleted(let object):
      version = object.metadata.resourceVersion
      known.remove(object.metadata.uid)
      take("DELETED", object)
    case .bookmark(let new): version = new
    case .failed(let status): fail(.status(status, retryAfter: nil), end)
    }
  }

  private func fail(_ failure: APIFailure, _ end: (APIFailure) -> Void) {
    decoder = nil
    request?.cancel()
    end(failure)
  }
}
