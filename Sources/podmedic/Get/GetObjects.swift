import Kube
import KubeClient
import PlainInterface

extension GetRun {
  /// Prints whole objects, several as one list.
  mutating func printObjects(_ targets: [KindWords.Target]) throws(CommandFailure) {
    var objects: [JSONValue] = []
    for target in targets {
      for request in requests(target, codec: .dynamic) {
        do throws(APIFailure) {
          objects += try context.readList(request, target.resource).objects
        } catch  where isIgnored(error) {
        } catch {
          failures.append(try named(error, target))
        }
      }
    }
    let isSingle = targets.count == 1 && targets[0].names.count == 1
    if objects.isEmpty, isSingle || options.ignoreNotFound { return }
    var printer = ObjectPrinter(format, noHeaders: options.noHeaders, showsManagedFields: options.showManagedFields)
    if let object = objects.first, isSingle {
      try Output.write(printer.text(object))
    } else {
      try Output.write(printer.text(list: try sorted(objects) { $0 }))
    }
  }
}

extension CommandContext {
  /// Reads a list with all its pages, or one object, which has no version to watch from.
  func readList(
    _ first: APIRequest, _ resource: Resource
  ) throws(APIFailure) -> (objects: [JSONValue], version: String) {
    var request = first
    var objects: [JSONValue] = []
    while true {
      let answer = try read(request)
      guard let items = answer["items"]?.array, answer["kind"]?.string?.hasSuffix("List") == true else {
        return (objects + [answer], "")
      }
      for item in items {
        var whole = item
        if whole["apiVersion"] == nil { whole["apiVersion"] = .string(resource.apiVersion) }
        if whole["kind"] == nil { whole["kind"] = .string(resource.kind) }
        objects.append(whole)
      }
      let token = answer[path: "metadata", "continue"]?.string ?? ""
      guard !token.isEmpty else { return (objects, answer[path: "metadata", "resourceVersion"]?.string ?? "") }
      request.setContinue(token)
    }
  }

  /// Sends a request and waits for its answer, an object or a list.
  func read(_ request: APIRequest) throws(APIFailure) -> JSONValue {
    let response = try answer { (done: @escaping (Result<APIResponse, APIFailure>) -> Void) in
      client.send(request, limit: 1 << 30, done)
    }
    return try response.object()
  }
}
