import Kube

/// An error as the API server answers it: a `Status` object whose words kubectl shows.
struct StatusError: Error, Sendable {
  var code: Int
  var reason: String
  var message: String
  var details: JSONValue?
  /// Seconds for the `Retry-After` header.
  var retryAfter: Int?

  init(_ code: Int, _ reason: String, _ message: String, details: JSONValue? = nil, retryAfter: Int? = nil) {
    self.code = code
    self.reason = reason
    self.message = message
    self.details = details
    self.retryAfter = retryAfter
  }

  /// The `Status` object.
  var status: JSONValue {
    var details = self.details
    if let retryAfter {
      details = details ?? .emptyObject
      details?.set("retryAfterSeconds", .int(retryAfter))
    }
    return .object([
      ("kind", "Status"), ("apiVersion", "v1"), ("metadata", .emptyObject), ("status", "Failure"),
      ("message", .string(message)), ("reason", .string(reason)), ("details", details), ("code", .int(code)),
    ])
  }

  static func badRequest(_ message: String) -> StatusError { StatusError(400, "BadRequest", message) }

  static func invalid(_ resource: Resource, _ name: String, field: String, _ problem: String) -> StatusError {
    StatusError(
      422, "Invalid", "\(resource.kind).\(resource.group) \"\(name)\" is invalid: \(field): \(problem)",
      details: .object([
        ("name", .string(name)), ("group", .string(resource.group)), ("kind", .string(resource.kind)),
        (
          "causes",
          [
            .object([
              ("reason", "FieldValueInvalid"), ("message", .string(problem)), ("field", .string(field)),
            ])
          ]
        ),
      ]))
  }

  static func notFound(_ resource: Resource, _ name: String) -> StatusError {
    StatusError(
      404, "NotFound", "\(resource.qualifiedName) \"\(name)\" not found", details: details(resource, name))
  }

  static let noSuchPath = StatusError(
    404, "NotFound", "the server could not find the requested resource", details: .emptyObject)

  static func alreadyExists(_ resource: Resource, _ name: String) -> StatusError {
    StatusError(
      409, "AlreadyExists", "\(resource.qualifiedName) \"\(name)\" already exists", details: details(resource, name))
  }

  static func conflict(_ resource: Resource, _ name: String, _ why: String) -> StatusError {
    StatusError(
      409, "Conflict", "Operation cannot be fulfilled on \(resource.qualifiedName) \"\(name)\": \(why)",
      details: details(resource, name))
  }

  static let changedMeanwhile =
    "the object has been modified; please apply your changes to the latest version and try again"

  static func forbidden(_ resource: Resource, _ name: String, _ why: String) -> StatusError {
    StatusError(
      403, "Forbidden", "\(resource.qualifiedName) \"\(name)\" is forbidden: \(why)", details: details(resource, name))
  }

  static func expired(_ message: String) -> StatusError { StatusError(410, "Expired", message) }

  static func notAllowed(_ message: String) -> StatusError { StatusError(405, "MethodNotAllowed", message) }

  static func unsupported(_ message: String) -> StatusError { StatusError(415, "UnsupportedMediaType", message) }

  static func details(_ resource: Resource, _ name: String) -> JSONValue {
    .object([
      ("name", name.isEmpty ? nil : .string(name)), ("group", resource.group.isEmpty ? nil : .string(resource.group)),
      ("kind", .string(resource.plural)),
    ])
  }
}
