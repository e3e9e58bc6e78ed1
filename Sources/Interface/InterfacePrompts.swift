import ClusterState
import Kube
import PlaybookKit
import Remedies
import Terminal

extension Interface {
  func startPrompt(_ kind: Prompt.Kind) {
    var text = ""
    switch kind {
    case .filter: text = page?.table?.filter?.text ?? ""
    case .search: text = page?.text?.view.search.text ?? ""
    case .drainOption(let key, let terms): text = key.text(terms)
    case .command, .logFilter, .replicas, .reply, .runCommand, .note, .subject, .parameters, .drain, .drainAgain:
      break
    }
    prompt = Prompt(kind: kind, editor: LineEditor(text, history: kind == .command ? commandHistory : filterHistory))
    promptChanged()
  }

  func promptKey(_ key: Key) -> [Effect] {
    guard var prompt else { return [] }
    switch (key.code, key.modifiers) {
    case (.escape, []):
      self.prompt = nil
      if case .filter = prompt.kind, let table = page?.table {
        table.filter = nil
        table.update(now: clock())
      }
      if case .runCommand(let id, _) = prompt.kind { return [.replyToCommand(id: id, "")] }
      return []
    case (.enter, []):
      self.prompt = nil
      // What is said from here on is about what was typed.
      flash = nil
      return accept(prompt)
    case (.character("q"), .control):
      prompt.editor.text = ""
      self.prompt = prompt
      promptChanged()
      return []
    case (.tab, []), (.right, []), (.character("f"), .control):
      if let first = prompt.suggestions.first, !prompt.ghost.isEmpty {
        prompt.editor.text = first
        self.prompt = prompt
        promptChanged()
        return []
      }
    case (.backspace, []) where prompt.editor.text.isEmpty:
      self.prompt = nil
      return []
    default: break
    }
    let outcome = prompt.editor.handle(key)
    self.prompt = prompt
    if outcome == .changed { promptChanged() }
    return []
  }

  /// What is typed takes effect at once where that is cheap to take back.
  func promptChanged() {
    guard var prompt else { return }
    let text = prompt.editor.text
    switch prompt.kind {
    case .command: prompt.suggestions = suggestions(for: text)
    case .filter:
      // While a pattern is being typed it is often not valid yet; the last valid one stays.
      if let table = page?.table, let filter = try? RowFilter(parsing: text) {
        table.filter = filter
        table.update(now: clock())
      }
    case .search, .logFilter, .replicas, .reply, .runCommand, .note, .subject, .parameters, .drainOption, .drain,
      .drainAgain:
      break
    }
    self.prompt = prompt
  }

  private func accept(_ prompt: Prompt) -> [Effect] {
    let text = prompt.editor.text
    switch prompt.kind {
    case .command: Self.remember(text, in: &commandHistory)
    case .filter, .search, .logFilter: Self.remember(text, in: &filterHistory)
    case .replicas, .reply, .runCommand, .note, .subject, .parameters, .drainOption, .drain,
      .drainAgain:
      break
    }
    switch prompt.kind {
    case .command: return open(text)
    case .filter:
      guard let table = page?.table else { return [] }
      do throws(FilterProblem) {
        table.filter = try RowFilter(parsing: text)
      } catch {
        show(error.message, role: .warning)
      }
      table.update(now: clock())
    case .search: page?.text?.view.find(text)
    case .replicas(let objects):
      return text.isEmpty
        ? [] : startRemedies(objects.map { RemedyOrder(.scale, $0.reference, ["replicas": text]) })
    case .reply:
      guard let remedy = page?.remedy else { return [] }
      return remedy.parts.filter { $0.run?.phase == .confirming }.prefix(1).map { .replyToRemedy(id: $0.id, text) }
    case .runCommand(let id, _): return [.replyToCommand(id: id, text)]
    case .note(let step): note(text, to: step)
    case .subject(let playbook, _): return openPlaybook(playbook, onTyped: text)
    case .parameters(let step, _): return startRemedy(of: step, typed: text)
    case .drainOption(let key, _): setDrainOption(key, text)
    case .drain: return beginDrain(typed: text)
    case .drainAgain(let name): return resumeDrain(opened: name, typed: text)
    case .logFilter:
      guard let logs = page?.logs else { return [] }
      do throws(FilterProblem) {
        let filter = try RowFilter(parsing: text)
        logs.setFilter(filter, contextLines: logs.contextLines)
        logs.setSearch(filter)
      } catch {
        show(error.message, role: .warning)
      }
    }
    return []
  }

  private static func remember(_ text: String, in history: inout [String]) {
    guard !text.isEmpty else { return }
    history.removeAll { $0 == text }
    history.append(text)
    if history.count > 100 { history.removeFirst() }
  }

  private func suggestions(for text: String) -> [String] {
    guard !text.isEmpty else { return [] }
    let words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    if words.count == 1 {
      return
        (tables.words(catalog) + [
          "ctx", "ns", "quit", "help", "drain", "aliases", "xray", "can", "history", "glossary", "playbooks", "unlock",
        ]
        + aliases.keys)
        .filter { $0.hasPrefix(text.lowercased()) }.sorted { ($0.count, $0) < ($1.count, $1) }
    }
    if words[0] == "glossary" {
      let typed = words.dropFirst().joined(separator: " ").lowercased()
      return glossary.terms.map(\.name).filter { $0.lowercased().hasPrefix(typed) }.map { "glossary " + $0 }
    }
    if words[0] == "drain", let typed = words.last {
      let before = words.dropLast().joined(separator: " ")
      return cluster.all(Node.self).map(\.metadata.name).filter { $0.hasPrefix(typed) }.sorted().map {
        "\(before) \($0)"
      }
    }
    guard words.count == 2, let typed = words.last else { return [] }
    if ["playbook", "playbooks", "pb"].contains(words[0]) {
      return playbooks.names.filter { $0.hasPrefix(typed) }.map { words[0] + " " + $0 }
    }
    if ["xray", "xr", "x"].contains(words[0]) {
      let kinds = catalog.resources.filter { ComposedSource.xrayKinds.contains($0.kind) }
      return kinds.map(\.plural).filter { $0.hasPrefix(typed) }.sorted().map { words[0] + " " + $0 }
    }
    let names =
      ["ctx", "context"].contains(words[0]) || typed.hasPrefix("@")
      ? session.contexts.map { typed.hasPrefix("@") ? "@" + $0.name : $0.name }
      : cluster.all(Namespace.self).map(\.metadata.name)
    return names.filter { $0.hasPrefix(typed) }.sorted().map { words[0] + " " + $0 }
  }

  // MARK: Palette

  func openPalette() {
    guard page != nil else { return }
    let actions = Binding.active(in: contexts).filter { $0.action != .palette }.map { binding in
      Palette.Entry(
        title: binding.label, keys: binding.keys.map(\.description).joined(separator: " "), help: binding.help,
        run: .action(binding.action))
    }
    let screens = tables.words(catalog).sorted().map {
      Palette.Entry(title: $0, keys: ":\($0)", help: "open this kind", run: .command($0))
    }
    let own = hotkeys.map {
      Palette.Entry(
        title: $0.description, keys: "\($0.key)", help: "your own key: :\($0.command)", run: .hotkey($0.key))
    }
    palette = Palette(entries: actions + own + screens)
  }

  func paletteKey(_ key: Key) -> [Effect] {
    guard var palette else { return [] }
    switch (key.code, key.modifiers) {
    case (.escape, []), (.character("p"), .control):
      self.palette = nil
      return []
    case (.enter, []):
      self.palette = nil
      let matches = palette.matches
      guard matches.indices.contains(palette.window.cursor) else { return [] }
      switch matches[palette.window.cursor].run {
      case .action(let action):
        let key = Binding.all.first { $0.action == action }?.keys.first
        return perform(action, key: key ?? Key(.enter))
      case .command(let command): return open(command)
      case .hotkey(let key): return runHotkey(key) ?? []
      }
    case (.up, []): palette.window.move(by: -1)
    case (.down, []): palette.window.move(by: 1)
    default:
      if palette.editor.handle(key) == .changed {
        palette.window.update(count: palette.matches.count)
        palette.window.move(to: 0)
      }
    }
    palette.window.update(count: palette.matches.count)
    self.palette = palette
    return []
  }

  // MARK: Mouse

  func handle(_ mouse: Mouse) -> [Effect] {
    let step: Int
    switch mouse.kind {
    case .wheelUp: step = -3
    case .wheelDown: step = 3
    case .press where mouse.button == .left:
      if let effects = click(at: mouse.position) { return effects }
      // A click beside what is open over the page closes it.
      if palette != nil || prompt != nil {
        palette = nil
        return prompt == nil ? [] : promptKey(Key(.escape))
      }
      guard let table = page?.table, bodyArea.contains(mouse.position) else { return [] }
      guard let item = table.window.item(atRow: mouse.position.row - bodyArea.row) else { return [] }
      table.move { $0.move(to: item) }
      // A second click on a row opens it, as everywhere.
      if clicked != nil, clicked == table.current {
        clicked = nil
        return perform(.enter, key: Key(.enter))
      }
      clicked = table.current
      return []
    default: return []
    }
    switch page?.content {
    case .table(let table): table.move { $0.scroll(by: step) }
    case .text(let text): text.view.move { $0.move(by: step) }
    case .remedy(let remedy): remedy.move { $0.move(by: step) }
    case .logs(let logs): logs.move(by: step)
    case .playbook(let playbook):
      // The wheel turns what is below it.
      if bodyArea.contains(mouse.position) {
        playbook.guided?.move { $0.move(by: step > 0 ? 1 : -1) }
      } else {
        playbook.guided?.detail.move { $0.move(by: step) }
      }
    case nil: break
    }
    return []
  }
}
