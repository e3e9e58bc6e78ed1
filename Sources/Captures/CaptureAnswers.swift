import Kube

/// What a capture answers to the requests of an API client.
struct CaptureAnswers {
  let capture: Capture
  let columns: any CapturedColumns

  /// The token of the page behind the objects of an incomplete list: there is a failure where the rest would be.
  private static let rest = "rest"

  func answer(_ request: CaptureRequest) -> CaptureAnswer {
    if request.method == "POST", request.path.last == "selfsubjectaccessreviews" { return accessReview() }
    guard request.method == "GET" else {
      return .failure(403, "Forbidden", "this is a capture (\(place)): nothing in it can be changed")
    }
    switch request.path.count {
    case 1 where request.path[0] == "version": return CaptureAnswer(capture.serverVersion)
    case 1 where request.path[0] == "api": return CaptureAnswer(discovery { $0.isEmpty })
    case 1 where request.path[0] == "apis": return CaptureAnswer(discovery { !$0.isEmpty })
    default: break
    }
    guard let target = request.target else {
      return .notCaptured("the capture has no /\(request.path.joined(separator: "/"))")
    }
    guard let resource = resource(target) else {
      return .failure(404, "NotFound", "the server could not find the requested resource")
    }
    if target.subresource == "log" { return CapturedLogAnswer(capture: capture).answer(request, target) }
    if let subresource = target.subresource {
      return .notCaptured("a capture has no \(subresource) of \(resource.qualifiedName)")
    }
    if let name = target.name { return object(name, target, resource, request) }
    return request.isWatch ? watch() : list(target, resource, request)
  }

  private var place: String { capture.paths.joined(separator: ", ") }

  private func resource(_ target: CaptureRequest.Target) -> Resource? {
    capture.resources.joined().joined().first { $0.qualifiedName == target.qualifiedName }
  }

  // MARK: Discovery

  /// The kinds of some groups as an aggregated discovery document.
  private func discovery(_ isWanted: (String) -> Bool) -> JSONValue {
    var groups: [(name: String, resources: [Resource])] = []
    for resource in capture.resources.joined().joined() where isWanted(resource.group) {
      if let index = groups.firstIndex(where: { $0.name == resource.group }) {
        groups[index].resources.append(resource)
      } else {
        groups.append((resource.group, [resource]))
      }
    }
    return [
      "kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": [:],
      "items": .array(groups.map { ["metadata": ["name": .string($0.name)], "versions": versions($0.resources)] }),
    ]
  }

  private func versions(_ resources: [Resource]) -> JSONValue {
    var names: [String] = []
    for resource in resources where !names.contains(resource.version) { names.append(resource.version) }
    return .array(
      names.map { name in
        [
          "version": .string(name), "freshness": "Current",
          "resources": .array(resources.filter { $0.version == name }.map(Self.discovered)),
        ]
      })
  }

  private static func discovered(_ resource: Resource) -> JSONValue {
    [
      "resource": .string(resource.plural), "singularResource": .string(resource.singular),
      "scope": resource.isNamespaced ? "Namespaced" : "Cluster",
      "responseKind": [
        "group": .string(resource.group), "version": .string(resource.version), "kind": .string(resource.kind),
      ], "shortNames": .array(resource.shortNames.map { .string($0) }),
      "verbs": .array(resource.verbs.sorted().map { .string($0) }),
    ]
  }

  private func accessReview() -> CaptureAnswer {
    let reason = "this is a capture: what its user may do in the cluster is not known"
    var answer = CaptureAnswer([
      "kind": "SelfSubjectAccessReview", "apiVersion": "authorization.k8s.io/v1", "metadata": [:],
      "status": ["allowed": false, "reason": .string(reason)],
    ])
    answer.status = 201
    return answer
  }

  // MARK: Objects

  private func watch() -> CaptureAnswer {
    var answer = CaptureAnswer(pieces: { nil })
    answer.isEndless = true
    return answer
  }

  private func object(
    _ name: String, _ target: CaptureRequest.Target, _ resource: Resource, _ request: CaptureRequest
  ) -> CaptureAnswer {
    let kind = capture.kind(resource.qualifiedName)
    var found: [CapturedObject] = []
    if let namespace = target.namespace ?? (resource.isNamespaced ? nil : "") {
      found = kind?.objects[CapturedKind.ObjectKey(namespace: namespace, name: name)].map { [$0] } ?? []
    } else {
      // A server has no such path. In a capture the namespace may be left out where it is clear which is meant.
      found = kind?.objects(in: nil).filter { $0.name == name } ?? []
    }
    guard let object = found.first else {
      if let gap = capture.gap(resource, namespace: target.namespace) {
        return .notCaptured("\(resource.qualifiedName) \"\(name)\" is not in the capture, and \(gap)")
      }
      return .failure(404, "NotFound", "\(resource.qualifiedName) \"\(name)\" not found")
    }
    if found.count > 1 {
      let namespaces = found.map(\.namespace).joined(separator: ", ")
      return .failure(
        400, "BadRequest", "\(resource.qualifiedName) \"\(name)\" is in the namespaces \(namespaces): say which with -n"
      )
    }
    do throws(DecodingFailure) {
      let json = try object.json()
      return CaptureAnswer(request.wantsTable ? table([json], resource) : json)
    } catch {
      return .failure(500, "InternalError", "\(object.source.name): \(error)")
    }
  }

  private func list(
    _ target: CaptureRequest.Target, _ resource: Resource, _ request: CaptureRequest
  ) -> CaptureAnswer {
    let gap = capture.gap(resource, namespace: target.namespace)
    if request.query["continue"] == Self.rest, let gap { return .notCaptured(gap) }
    let objects = capture.kind(resource.qualifiedName)?.objects(in: target.namespace) ?? []
    if objects.isEmpty, let gap { return .notCaptured(gap) }
    do throws(Selection.Invalid) {
      let selection = try Selection(request.query)
      if request.wantsTable || !selection.isEverything { return selected(objects, selection, resource, request, gap) }
    } catch {
      return .failure(400, "BadRequest", error.reason)
    }
    var answer = CaptureAnswer(pieces: pieces(objects, resource, isComplete: gap == nil || !request.isForConclusions))
    if let gap, !request.isForConclusions { answer.warn(gap) }
    return answer
  }

  private func selected(
    _ objects: [CapturedObject], _ selection: Selection, _ resource: Resource, _ request: CaptureRequest, _ gap: String?
  ) -> CaptureAnswer {
    var items: [JSONValue] = []
    for object in objects {
      do throws(DecodingFailure) {
        let json = try object.json()
        if selection.matches(json) { items.append(json) }
      } catch {
        return .failure(500, "InternalError", "\(object.source.name): \(error)")
      }
    }
    var answer =
      request.wantsTable
      ? CaptureAnswer(table(items, resource))
      : CaptureAnswer([
        "kind": .string(resource.kind + "List"), "apiVersion": .string(resource.apiVersion),
        "metadata": ["resourceVersion": "1"], "items": .array(items),
      ])
    if let gap { answer.warn(gap) }
    return answer
  }

  private func table(_ objects: [JSONValue], _ resource: Resource) -> JSONValue {
    let definitions = columns.columns(of: resource).map { column -> JSONValue in
      ["name": .string(column.name), "type": .string(column.type), "priority": .int(column.priority)]
    }
    let rows = objects.map { object -> JSONValue in
      ["cells": .array(columns.cells(of: object, resource)), "object": ["metadata": object["metadata"] ?? [:]]]
    }
    return [
      "kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": ["resourceVersion": "1"],
      "columnDefinitions": .array(definitions), "rows": .array(rows),
    ]
  }

  // MARK: Lists

  private static let pieceSize = 256 << 10

  /// The list in pieces of about a quarter of a mebibyte, each made when it is asked for.
  private func pieces(_ objects: [CapturedObject], _ resource: Resource, isComplete: Bool) -> () -> [UInt8]? {
    var index = -1
    return {
      guard index <= objects.count else { return nil }
      var piece: [UInt8] = []
      if index < 0 {
        index = 0
        let metadata = isComplete ? "" : ",\"continue\":\"\(Self.rest)\""
        piece += "{\"kind\":\"\(resource.kind)List\",\"apiVersion\":\"\(resource.apiVersion)\",".utf8
        piece += "\"metadata\":{\"resourceVersion\":\"1\"\(metadata)},\"items\":[".utf8
      }
      while index < objects.count, piece.count < Self.pieceSize {
        if index > 0 { piece.append(UInt8(ascii: ",")) }
        let object = objects[index]
        piece += object.source.bytes[object.range]
        index += 1
      }
      if index == objects.count {
        piece += "]}".utf8
        index += 1
      }
      return piece
    }
  }
}
