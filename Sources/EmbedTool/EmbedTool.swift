import Foundation

/// Writes a Swift file that holds the texts of data files: `EmbedTool OUTPUT ROOT FILE…`.
@main struct EmbedTool {
  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count >= 3 else {
      FileHandle.standardError.write(Data("usage: EmbedTool OUTPUT ROOT FILE...\n".utf8))
      exit(64)
    }
    let root = arguments[2].hasSuffix("/") ? arguments[2] : arguments[2] + "/"
    var source = """
      // Written by EmbedTool: every data file of this folder, by its path in it.
      let embeddedFiles: [(path: String, text: String)] = [

      """
    for file in arguments.dropFirst(3) {
      let text = try String(contentsOfFile: file, encoding: .utf8)
      let path = file.hasPrefix(root) ? String(file.dropFirst(root.count)) : file
      source += "  (\(literal(path, isLong: false)), \(literal(text, isLong: true))),\n"
    }
    try (source + "]\n").write(toFile: arguments[1], atomically: true, encoding: .utf8)
  }

  /// A raw literal with more `#` than any run of them in the text, so that nothing in it means anything to Swift.
  private static func literal(_ text: String, isLong: Bool) -> String {
    var longest = 0
    var run = 0
    for character in text.unicodeScalars {
      run = character == "#" ? run + 1 : 0
      longest = max(longest, run)
    }
    let fence = String(repeating: "#", count: longest + 1)
    return isLong ? "\(fence)\"\"\"\n\(text)\n\"\"\"\(fence)" : "\(fence)\"\(text)\"\(fence)"
  }
}
