/// The signs that screens are made of, in Unicode and in ASCII. A sign has the same number of columns in both tables, so
/// that a layout does not depend on the choice.
public struct Glyphs: Sendable, Equatable {
  /// Signs of the severities and states, one column each; always shown with the word and the colour.
  public let critical, warning, notice, ok, unknown, progressing, stale: String
  /// Signs of one column.
  public let up, down, left, right, enter, cursor, mark, bullet, ellipsis, separator, sortedUp, sortedDown: String
  /// Folded and unfolded branches and the lines of a tree, two columns each for the lines.
  public let folded, unfolded, treeBranch, treeLast, treeLine, treeGap: String
  /// Between the places of a path; three columns with its blanks.
  public let crumb: String
  /// Steps of a bar from one eighth to full, one column each.
  public let bar: [String]
  /// The part of a bar or scroll bar that is empty, and the part of a scroll bar that is not.
  public let barEmpty, thumb: String
  /// Lines of a frame, one column each.
  public let horizontal, vertical, topLeft, topRight, bottomLeft, bottomRight: Character
  /// Where lines meet, one column each.
  public let teeLeft, teeRight, teeTop, teeBottom, cross: Character

  /// For terminals that show Unicode.
  public static let unicode = Glyphs(
    critical: "✗", warning: "▲", notice: "●", ok: "✓", unknown: "?", progressing: "◐", stale: "◌",
    up: "↑", down: "↓", left: "←", right: "→", enter: "↵", cursor: "›", mark: "◆", bullet: "•", ellipsis: "…",
    separator: "│", sortedUp: "↑", sortedDown: "↓",
    folded: "▸", unfolded: "▾", treeBranch: "├─", treeLast: "└─", treeLine: "│ ", treeGap: "  ",
    crumb: " › ", bar: ["▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"], barEmpty: "░", thumb: "┃",
    horizontal: "─", vertical: "│", topLeft: "┌", topRight: "┐", bottomLeft: "└", bottomRight: "┘",
    teeLeft: "├", teeRight: "┤", teeTop: "┬", teeBottom: "┴", cross: "┼")

  /// For everything else.
  public static let ascii = Glyphs(
    critical: "x", warning: "!", notice: "i", ok: "+", unknown: "?", progressing: "~", stale: ".",
    up: "^", down: "v", left: "<", right: ">", enter: "$", cursor: ">", mark: "*", bullet: "-", ellipsis: "~",
    separator: "|", sortedUp: "^", sortedDown: "v",
    folded: "+", unfolded: "-", treeBranch: "|-", treeLast: "`-", treeLine: "| ", treeGap: "  ",
    crumb: " > ", bar: [".", ".", "-", "-", "=", "=", "#", "#"], barEmpty: ".", thumb: "#",
    horizontal: "-", vertical: "|", topLeft: "+", topRight: "+", bottomLeft: "+", bottomRight: "+",
    teeLeft: "+", teeRight: "+", teeTop: "+", teeBottom: "+", cross: "+")

  /// The table for an environment: Unicode when the locale is UTF-8 and the terminal is not the Linux console, which
  /// has only a few hundred glyphs, and `--ascii` was not given.
  public static func suiting(environment: [String: String], ascii: Bool = false) -> Glyphs {
    if ascii || environment["TERM"] == "linux" { return .ascii }
    return isUTF8(environment) ? .unicode : .ascii
  }

  /// Whether the locale that the environment asks for is UTF-8: the first of LC_ALL, LC_CTYPE and LANG that is not
  /// empty decides, as POSIX has it.
  public static func isUTF8(_ environment: [String: String]) -> Bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
    let name = locale.lowercased()
    return name.contains("utf-8") || name.contains("utf8")
  }

  /// A bar of `columns` columns of which `fraction` (0 to 1; anything else is limited) is filled.
  public func bar(_ fraction: Double, columns: Int) -> String {
    let limited = fraction.isNaN ? 0 : min(1, max(0, fraction))
    let width = max(0, columns)
    let eighths = Int((limited * Double(width) * 8).rounded())
    let part = eighths % 8
    let full = eighths / 8
    let last = part > 0 ? bar[part - 1] : ""
    let empty = width - full - (part > 0 ? 1 : 0)
    return String(repeating: bar[7], count: full) + last + String(repeating: barEmpty, count: empty)
  }
}
