import ArgumentParser
import Dashboard
import EventLoop
import Glibc
import Interface
import Session
import Terminal

/// Runs the dashboard without a terminal: keys are given on the command line, the screen is written to a file. For
/// pictures, for reports of what somebody saw, and for measuring.
struct RecordingFlags: ParsableArguments {
  @Option(
    name: .customLong("save-screen"),
    help: ArgumentHelp(
      "Draw without a terminal, write the screen to this file (SVG when it ends in .svg, else text) and end.",
      valueName: "file"))
  var file: String?
  @Option(help: ArgumentHelp("Keys to press first, such as ':pods<enter>jj'.", valueName: "keys")) var keys = ""
  @Option(help: ArgumentHelp("Size of the screen.", valueName: "columns x rows")) var size = "120x36"

  /// The size; fails when it is none.
  func extent() throws(CommandFailure) -> Size {
    let parts = size.split(separator: "x").compactMap { Int($0) }
    guard parts.count == 2, (1...1000).contains(parts[0]), (1...500).contains(parts[1]) else {
      throw .usage("--size must be like 120x36, not \"\(size)\"")
    }
    return Size(columns: parts[0], rows: parts[1])
  }

  /// The keys; fails when a name in angle brackets is no key.
  func pressed() throws(CommandFailure) -> [Key] {
    guard let keys = Key.keys(keys) else {
      throw .usage("--keys: a name in angle brackets is no key", hint: "for example ':pods<enter>jj<ctrl-w>'")
    }
    return keys
  }
}

/// Presses keys one after the other, each when the answer to the one before is complete, and then saves the screen.
final class Recording {
  private let loop: Loop
  private let terminal: VirtualTerminal
  private let dashboard: Dashboard
  private let interface: Interface
  /// A cluster that does not answer must not hold the recording for ever.
  private static let limit = Duration.seconds(120)

  init(loop: Loop, terminal: VirtualTerminal, dashboard: Dashboard) {
    self.loop = loop
    self.terminal = terminal
    self.dashboard = dashboard
    interface = dashboard.interface
  }

  /// Opens a screen and presses the keys; fails when the cluster did not answer in time.
  func run(_ command: String, keys: [Key]) throws(CommandFailure) {
    dashboard.start(command)
    defer { dashboard.stop() }
    try settle()
    if let refusal = dashboard.refusal { throw CommandFailure("error: \(refusal)") }
    for key in keys {
      dashboard.take([.key(key)])
      // What is being typed needs no answer.
      if !interface.isTyping { try settle() }
    }
  }

  private func settle() throws(CommandFailure) {
    guard loop.run(until: { dashboard.isSettled || dashboard.failure != nil }, limit: Self.limit) else {
      throw CommandFailure("error: the cluster has not answered within \(Self.limit.components.seconds) s")
    }
    // A person would wait for the next try; a script is told at once, as by the other commands.
    if let failure = dashboard.failure { throw CommandFailure(failure) }
    dashboard.redraw()
  }

  /// Writes the last frame.
  func save(to path: String, theme: Theme) throws(CommandFailure) {
    let picture = path.hasSuffix(".svg")
    let text = picture ? SVG(theme: theme, title: "podmedic").render(terminal.grid) : terminal.grid.text
    guard let file = fopen(path, "w") else {
      throw CommandFailure("error: \(path): \(String(cString: strerror(errno)))")
    }
    let written = fputs(text, file)
    guard fclose(file) == 0, written >= 0 else { throw CommandFailure("error: \(path) could not be written") }
  }
}
