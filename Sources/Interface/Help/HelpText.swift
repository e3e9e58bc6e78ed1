import Terminal

/// All keys, made from the table of bindings, so that help cannot disagree with the keys.
enum HelpText {
  static func lines(for contexts: [KeyContext], hotkeys: [Hotkey] = [], width: Int) -> [[Span]] {
    // Keys and what they do stand beside each other where that leaves room for a sentence.
    let column = width < 60 ? 12 : 20
    var lines: [[Span]] = []
    if !hotkeys.isEmpty {
      lines += [[Span("Your own keys", .title)]] + hotkeys.map { line([$0.key], $0.description, column) } + [[]]
    }
    lines.append([Span("Keys here", .title)])
    lines += groups(Binding.active(in: contexts), column)
    lines += [[], [Span("Keys elsewhere", .title)]]
    for context in KeyContext.allCases where !contexts.contains(context) {
      let bindings = Binding.all.filter { $0.context == context }
      if bindings.isEmpty { continue }
      lines += [[], [Span(context.rawValue, .header)]] + bindings.map { line($0, column) }
    }
    return lines
  }

  private static func groups(_ bindings: [Binding], _ column: Int) -> [[Span]] {
    var lines: [[Span]] = []
    for group in KeyGroup.allCases {
      let own = bindings.filter { $0.group == group }
      if own.isEmpty { continue }
      lines += [[], [Span(group.rawValue, .header)]] + own.map { line($0, column) }
    }
    return lines
  }

  private static func line(_ binding: Binding, _ column: Int) -> [Span] {
    line(binding.keys, binding.help, column)
  }

  private static func line(_ keys: [Key], _ help: String, _ column: Int) -> [Span] {
    let keys = keys.map(\.description).joined(separator: " ")
    let padding = String(repeating: " ", count: max(1, column - textWidth(keys)))
    return [Span("  "), Span(keys, .key), Span(padding), Span(help)]
  }
}
