import DataFiles

/// Changes of the settings of a user's `auth-provider` in the text of a kubeconfig. All else stays as it was written:
/// comments, order, and what podmedic does not know.
public enum ProviderEdit {
  /// Why a text cannot be changed.
  public struct Failure: Error, Sendable, Hashable, CustomStringConvertible {
    /// For a person.
    public let description: String
  }

  /// The text with these settings of the provider of the user named `user`.
  public static func applying(
    _ settings: [String: Secret], user: String, to text: [UInt8], file: String
  ) throws(Failure) -> [UInt8] {
    var text = text
    for (key, value) in settings.sorted(by: { $0.key < $1.key }) {
      let provider = try self.provider(user, text, file)
      guard let entry = provider.first(where: { $0.key == key }) else {
        guard let first = provider.first else { throw Failure(description: "its auth-provider has no config") }
        text = try checked(
          [block(key, value, first), flow(key, value)].map { inserting($0, at: first.position, in: text) },
          key, value, user, file)
        continue
      }
      guard let start = offset(of: entry.value.position, in: text), let end = scalarEnd(text, from: start) else {
        throw Failure(description: "\(key) is not written on one line")
      }
      // What stands for nothing may stand right behind the colon.
      text = try checked(
        [[], [UInt8(ascii: " ")]].map { Array(text[..<start]) + $0 + quoted(value) + Array(text[end...]) }, key, value,
        user, file)
    }
    return text
  }

  /// The settings of the provider as they are written.
  private static func provider(_ user: String, _ text: [UInt8], _ file: String) throws(Failure) -> [DataNode.Entry] {
    let root: DataNode?
    do throws(DataProblem) {
      root = try YAMLFile.onlyDocument(text, file: file)
    } catch {
      throw Failure(description: "\(error)")
    }
    let entry = root?["users"]?.elements?.first { $0["name"]?.text == user }
    guard let settings = entry?["user"]?["auth-provider"]?["config"]?.entries else {
      throw Failure(description: "user \(Printable.quoted(user)) has no auth-provider there")
    }
    return settings
  }

  /// The first of some texts that reads as it should.
  private static func checked(
    _ candidates: [[UInt8]], _ key: String, _ value: Secret, _ user: String, _ file: String
  ) throws(Failure) -> [UInt8] {
    for candidate in candidates {
      let settings = try? provider(user, candidate, file)
      if settings?.first(where: { $0.key == key })?.value.scalar?.text == value.revealed { return candidate }
    }
    throw Failure(description: "\(key) cannot be written to where it stands")
  }

  private static func block(_ key: String, _ value: Secret, _ first: DataNode.Entry) -> [UInt8] {
    Array("\(key): ".utf8) + quoted(value) + Array("\n".utf8)
      + Array(repeating: UInt8(ascii: " "), count: max(0, first.position.column - 1))
  }

  private static func flow(_ key: String, _ value: Secret) -> [UInt8] {
    Array("\"\(key)\": ".utf8) + quoted(value) + Array(", ".utf8)
  }

  private static func inserting(_ piece: [UInt8], at position: DataPosition, in text: [UInt8]) -> [UInt8] {
    guard let place = offset(of: position, in: text) else { return text }
    return Array(text[..<place]) + piece + Array(text[place...])
  }

  /// Where a position, whose columns count characters, lies in the text.
  private static func offset(of position: DataPosition, in text: [UInt8]) -> Int? {
    var (line, column, index) = (1, 1, 0)
    while index < text.count, line < position.line || column < position.column {
      if text[index] == UInt8(ascii: "\n") {
        guard line < position.line else { return nil }
        line += 1
        column = 1
      } else if line == position.line, text[index] & 0xC0 != 0x80 {
        column += 1
      }
      index += 1
      // The rest of a character belongs to it.
      while line == position.line, index < text.count, text[index] & 0xC0 == 0x80 { index += 1 }
    }
    return line == position.line && column == position.column && index < text.count ? index : nil
  }

  /// Where a scalar ends that begins at `start` and stands on one line; nil for others.
  private static func scalarEnd(_ text: [UInt8], from start: Int) -> Int? {
    let quote = text[start]
    let isQuoted = quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'")
    var index = isQuoted ? start + 1 : start
    while index < text.count, text[index] != UInt8(ascii: "\n"), text[index] != UInt8(ascii: "\r") {
      let byte = text[index]
      if isQuoted {
        if byte == quote {
          // In single quotes a quote is written twice.
          guard quote == UInt8(ascii: "'"), index + 1 < text.count, text[index + 1] == quote else { return index + 1 }
          index += 1
        }
        if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") { index += 1 }
      } else if [UInt8(ascii: " "), UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]")].contains(byte) {
        return index
      }
      index += 1
    }
    return isQuoted ? nil : index
  }

  /// In double quotes, as YAML and JSON both read it.
  private static func quoted(_ value: Secret) -> [UInt8] {
    var result = [UInt8(ascii: "\"")]
    for byte in value.revealedBytes {
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { result.append(UInt8(ascii: "\\")) }
      result.append(byte)
    }
    return result + [UInt8(ascii: "\"")]
  }
}
