import Kube

/// Where a field is in an object.
public struct FieldPath: Hashable, Sendable, CustomStringConvertible, ExpressibleByArrayLiteral {
  /// One step down.
  public enum Part: Hashable, Sendable, ExpressibleByStringLiteral {
    /// A member of an object.
    case member(String)
    /// The element of a list whose member `key` is `value`, such as a container by name.
    case element(key: String, value: String)
    /// An element of a list by its place.
    case index(Int)
    /// The element of a list of texts that is this text, such as a finalizer.
    case text(String)
    /// A new element at the end of a list.
    case end

    /// A member.
    public init(stringLiteral value: String) { self = .member(value) }

    /// The element with a name.
    static func named(_ name: String) -> Part { .element(key: "name", value: name) }
  }

  /// The steps from the top.
  public var parts: [Part]

  /// A path of these steps.
  public init(_ parts: [Part]) { self.parts = parts }

  /// A path of these steps.
  public init(arrayLiteral elements: Part...) { parts = elements }

  /// The path one step further down.
  public static func + (path: FieldPath, parts: [Part]) -> FieldPath { FieldPath(path.parts + parts) }

  /// `spec.template.spec.containers[app].image`.
  public var description: String {
    var text = ""
    for part in parts {
      switch part {
      case .member(let name):
        if name.contains(where: { $0 == "." || $0 == "/" || $0 == "[" }) {
          text += "[\(name)]"
        } else {
          text += text.isEmpty ? name : "." + name
        }
      case .element(_, let value): text += "[\(value)]"
      case .index(let index): text += "[\(index)]"
      case .text(let value): text += "[\(value)]"
      case .end: text += "[+]"
      }
    }
    return text
  }
}

extension JSONValue {
  /// The value at a path; nil when there is none.
  subscript(at path: FieldPath) -> JSONValue? {
    var value = self
    for part in path.parts {
      guard let next = value.child(part) else { return nil }
      value = next
    }
    return value
  }

  private func child(_ part: FieldPath.Part) -> JSONValue? {
    switch part {
    case .member(let name): self[name]
    case .index(let index): self[index]
    case .element, .text: place(of: part).flatMap { self[$0] }
    case .end: nil
    }
  }

  /// Where in a list the element is that a step means.
  func place(of part: FieldPath.Part) -> Int? {
    guard case .array(let elements) = self else { return nil }
    switch part {
    case .element(let key, let value): return elements.firstIndex { $0[key]?.string == value }
    case .text(let text): return elements.firstIndex { $0.string == text }
    case .index(let index): return elements.indices.contains(index) ? index : nil
    case .member, .end: return nil
    }
  }
}
