import Glibc
import TestSupport
import Testing

/// The real front end in a real pseudo-terminal: what a terminal gets, and that it is always given back.
@Suite(.serialized) struct CursesTerminalTests {
  private static let usual = [
    "TERM": "xterm-256color", "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin", "SWIFT_BACKTRACE": "enable=no",
  ]

  /// The test program, built beside the tests.
  private static var probe: String { builtProgram("CursesProbe") }

  private func start(_ changes: [String: String] = [:], columns: Int = 60, rows: Int = 10) throws -> PseudoTerminal {
    let environment = Self.usual.merging(changes) { $1 }
    let terminal = try PseudoTerminal([Self.probe], environment: environment, columns: columns, rows: rows)
    try terminal.wait(for: "frame 1")
    return terminal
  }

  private func expectClean(_ terminal: PseudoTerminal, _ modes: [tcflag_t], _ how: String) {
    #expect(terminal.modes == modes, "\(how): line discipline")
    #expect(terminal.screen.modes == ScreenReader.fresh, "\(how): terminal modes")
    #expect(terminal.screen.unknown == [], "\(how): sequences")
  }

  /// The modes a fresh pseudo-terminal has.
  private func freshModes() throws -> [tcflag_t] {
    let terminal = try PseudoTerminal(["/bin/true"], environment: [:])
    _ = try terminal.end()
    return terminal.modes
  }

  @Test("Wide characters, marks and control characters arrive as a person should see them")
  func drawing() throws {
    let terminal = try start()
    #expect(terminal.screen.lines[0] == "wide 日本 e\u{301} ✗ 👍 ^[[31m end")
    #expect(terminal.screen.lines[1] == "depth indexed256 size 60x10 frame 1")
    #expect(terminal.screen.controls == [] && terminal.screen.unknown == [])
    #expect(terminal.screen.row == 1 && terminal.screen.column == 3)
    #expect(terminal.screen.modes == [1, 7, 25, 1000, 1002, 1006, 1049, 2004])
  }

  @Test("Keys, mouse and pastes are told apart")
  func input() throws {
    let terminal = try start(rows: 20)
    for (bytes, shown) in [
      ("j", "key j"), ("\u{1b}", "key esc"), ("\u{1b}OA", "key up"), ("\u{1b}[B", "key down"), ("日", "key 日"),
      ("\u{4}", "key ctrl-d"), ("\u{1b}[<0;12;5M", "mouse press left 4,11"), ("\u{1b}[5~", "key pgup"),
      ("\r", "key enter"),
      ("\u{1b}[200~two\nlines\u{1b}[201~", "paste two^Jlines"), ("\u{3}", "key ctrl-c"), ("\u{1b}x", "key alt-x"),
    ] {
      terminal.type(bytes)
      try terminal.wait(for: shown)
    }
    terminal.type("m")
    try terminal.wait("the mouse off") { $0.modes.isDisjoint(with: [1000, 1002, 1006]) }
    terminal.type("m")
    try terminal.wait("the mouse on") { $0.modes.isSuperset(of: [1000, 1002, 1006]) }
  }

  @Test("The terminal is given back after quitting, exit, SIGTERM and a crash", arguments: ["q", "e", "TERM", "!"])
  func restored(_ how: String) throws {
    let modes = try freshModes()
    let terminal = try start()
    #expect(terminal.modes != modes)
    if how == "TERM" { kill(terminal.process, SIGTERM) } else { terminal.type(how) }
    let end = try terminal.end()
    expectClean(terminal, modes, how)
    switch how {
    case "q": #expect(end == 0 && terminal.screen.lines.contains("bye"))
    case "e": #expect(end == 3)
    case "TERM": #expect(end == 143)
    default: #expect([-SIGILL, -SIGTRAP].contains(end) && terminal.screen.lines.contains("the probe crashed"))
    }
  }

  @Test("Another program gets the terminal as it was, and the screen comes back")
  func suspending() throws {
    let modes = try freshModes()
    let terminal = try start()
    terminal.type("s")
    try terminal.wait(for: "given away")
    expectClean(terminal, modes, "given away")
    // The extent changes while nobody of ours looks; the program is in the foreground, so a signal comes too.
    terminal.resize(columns: 70, rows: 12)
    terminal.type("hello\n")
    try terminal.wait(for: "took hello")
    try terminal.wait(for: "size 70x12")
    #expect(terminal.screen.lines.filter { $0.contains("resize 70x12") }.count == 1)
    #expect(terminal.screen.modes.isSuperset(of: [25, 1000, 1049, 2004]))
    #expect(terminal.screen.lines[0].hasPrefix("wide 日本"))
    terminal.type("q")
    #expect(try terminal.end() == 0)
    expectClean(terminal, modes, "after")
  }

  @Test("Ctrl-Z stops the job in a shell, and fg brings the screen back")
  func stopping() throws {
    let terminal = try PseudoTerminal(
      ["/bin/bash", "--norc", "-mc", "'\(Self.probe)'; echo stopped; read line; fg; echo over"],
      environment: Self.usual)
    try terminal.wait(for: "frame 1")
    terminal.type("\u{1a}")
    try terminal.wait(for: "stopped")
    #expect(terminal.screen.modes == ScreenReader.fresh)
    terminal.type("\n")
    try terminal.wait(for: "continued")
    #expect(terminal.screen.lines[0].hasPrefix("wide 日本"))
    terminal.type("q")
    try terminal.wait(for: "over")
    #expect(try terminal.end() == 0)
  }

  @Test("A new extent is drawn at once")
  func resizing() throws {
    let terminal = try start()
    terminal.resize(columns: 100, rows: 5)
    try terminal.wait(for: "size 100x5")
    try terminal.wait(for: "resize 100x5")
    terminal.resize(columns: 6, rows: 2)
    try terminal.wait("six columns") { $0.lines == ["wide", "depth"] || $0.lines == ["wide", "depth "] }
    terminal.resize(columns: 60, rows: 10)
    try terminal.wait(for: "resize 6x2")
  }

  @Test("A terminal that goes away is told of")
  func hangup() throws {
    let terminal = try start()
    terminal.hangUp()
    // The kernel sends SIGHUP to the session's leader; without a handler that ends it, otherwise the closed event does.
    #expect([9, -SIGHUP].contains(try terminal.end()))
  }

  @Test("Text is copied through the terminal, or by the desktop's program when there is one")
  func clipboard() throws {
    let terminal = try start(["SSH_TTY": "/dev/pts/9"])
    terminal.type("t")
    terminal.type("c")
    try terminal.wait(for: "copied(via: \"terminal (OSC 52)\", bytes: 10")
    #expect(terminal.screen.commands == ["2;ti^[tle", "52;c;Y29waWVkIOaXpQ=="])
    let console = try start(["TERM": "linux", "SSH_TTY": "/dev/pts/9"])
    console.type("c")
    try console.wait(for: "unavailable")
    #expect(console.screen.commands == [])
  }

  @Test("At a local desktop its own program gets the text, and the next way is taken when that fails")
  func desktopClipboard() throws {
    let folder = try TemporaryFolder()
    try folder.program("xclip", "#!/bin/sh\necho \"$@\" > '\(folder.path)/arguments'\ncat > '\(folder.path)/taken'\n")
    let desktop = ["DISPLAY": ":9", "PATH": "\(folder.path):/usr/bin:/bin"]
    let terminal = try start(desktop)
    terminal.type("c")
    try terminal.wait(for: "copied(via: \"xclip\", bytes: 10")
    #expect(try folder.text("taken") == "copied 日")
    #expect(try folder.text("arguments") == "-selection clipboard\n")
    #expect(terminal.screen.commands == [])
    try folder.program("xclip", "#!/bin/sh\nexit 1\n")
    terminal.type("c")
    try terminal.wait(for: "OSC 52")
  }

  @Test("Where characters cannot be shown there are question marks and no broken columns")
  func plainLocale() throws {
    let terminal = try start(["LANG": "C"])
    #expect(terminal.screen.lines[0] == "wide ? ?  e ? ?? ^[[31m end")
  }

  @Test(
    "The colours follow the terminal and NO_COLOR",
    arguments: [
      (["TERM": "xterm-256color"], "indexed256"), (["TERM": "xterm"], "ansi8"), (["TERM": "vt100"], "mono"),
      (["NO_COLOR": "1"], "mono"),
    ])
  func colors(_ environment: [String: String], _ depth: String) throws {
    let terminal = try start(environment)
    #expect(terminal.screen.lines[1].hasPrefix("depth \(depth) "))
  }

  @Test(
    "Without a usable terminal there is one clear sentence",
    arguments: [
      (["TERM": ""], "failure: TERM is not set"),
      (["TERM": "dumb"], "failure: the terminal type TERM=dumb cannot show"),
      (["TERM": "nonsense\u{1b}"], "failure: the terminal type TERM=nonsense^[ is not known here"),
    ])
  func hopeless(_ changes: [String: String], _ sentence: String) throws {
    let terminal = try PseudoTerminal(
      [Self.probe], environment: Self.usual.merging(changes) { $1 }, columns: 200)
    #expect(try terminal.end() == 1)
    #expect(terminal.screen.lines[0].hasPrefix(sentence), "\(terminal.screen.lines[0])")
    #expect(terminal.screen.modes == ScreenReader.fresh)
  }

  @Test("Without any terminal there is one clear sentence")
  func none() throws {
    let terminal = try PseudoTerminal([Self.probe], environment: Self.usual, columns: 200, terminal: false)
    #expect(try terminal.end() == 1)
    #expect(terminal.screen.lines[0].hasPrefix("failure: there is no terminal to draw on (/dev/tty: "))
  }
}
