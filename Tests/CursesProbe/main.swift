import CursesTerminal
import Glibc
import Terminal

// A program for CursesTerminalTests: it draws, shows what it is sent, and ends in every way a program can end.

/// Where the signal handler writes; a fixed number, because handlers cannot capture.
let signalDescriptor: Int32 = 100

func environment() -> [String: String] {
  var result: [String: String] = [:]
  var entry = environ
  while let text = entry.pointee.map({ String(cString: $0) }) {
    if let mark = text.firstIndex(of: "=") { result[String(text[..<mark])] = String(text[text.index(after: mark)...]) }
    entry += 1
  }
  return result
}

func describe(_ event: InputEvent) -> String {
  switch event {
  case .key(let key): "key \(key)"
  case .mouse(let mouse): "mouse \(mouse.kind) \(mouse.button) \(mouse.position.row),\(mouse.position.column)"
  case .paste(let text): "paste \(text)"
  case .resize(let size): "resize \(size)"
  case .focus(let focused): "focus \(focused)"
  case .closed: "closed"
  }
}

func run() -> Int32 {
  var pipes: [Int32] = [0, 0]
  guard pipe(&pipes) == 0, dup2(pipes[1], signalDescriptor) >= 0 else { return 70 }
  for number in [SIGTERM, SIGWINCH] {
    signal(number) { number in
      var byte = UInt8(number)
      _ = write(signalDescriptor, &byte, 1)
    }
  }
  var options = CursesTerminal.Options(environment: environment())
  options.lastWords = "the probe crashed"
  let terminal: CursesTerminal
  do {
    terminal = try CursesTerminal(options)
  } catch {
    print("failure: \(error)")
    return 1
  }
  var log: [String] = []
  var frames = 0
  while true {
    frames += 1
    var grid = Grid(terminal.size)
    grid.put("wide 日本 e\u{301} ✗ 👍🏽 \u{1b}[31m end", row: 0, column: 0, style: Style(.title))
    grid.put("depth \(terminal.depth) size \(terminal.size) frame \(frames)", row: 1, column: 0)
    for (row, line) in log.suffix(max(0, grid.rows - 3)).enumerated() { grid.put(line, row: row + 2, column: 2) }
    terminal.present(grid, cursor: Position(row: 1, column: 3))
    var watched = [
      pollfd(fd: terminal.descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: pipes[0], events: Int16(POLLIN), revents: 0),
    ]
    _ = poll(&watched, 2, -1)
    if watched[1].revents != 0 {
      var number: UInt8 = 0
      _ = read(pipes[0], &number, 1)
      if Int32(number) == SIGTERM {
        terminal.restore()
        return 143
      }
      if let event = terminal.handleResize() { log.append(describe(event)) }
    }
    for event in watched[0].revents == 0 ? [] : terminal.readInput() {
      log.append(describe(event))
      switch event {
      case .closed: return 9
      case .key(Key("q")):
        terminal.restore()
        print("bye")
        return 0
      case .key(Key("!")): print(log[log.count + 3])
      case .key(Key("e")): exit(3)
      case .key(Key("s")):
        log.append(terminal.suspend { given() })
        if let event = terminal.handleResize() { log.append(describe(event)) }
      case .key(.control("z")):
        log.append("continued \(terminal.stop() ?? "")")
      case .key(Key("c")): log.append("\(terminal.copyToClipboard("copied 日"))")
      case .key(Key("t")): terminal.setTitle("ti\u{1b}tle")
      case .key(Key("m")): terminal.mouse.toggle()
      default: break
      }
    }
  }
}

func given() -> String {
  print("given away")
  let line = readLine() ?? "nothing"
  return "took \(line)"
}

exit(run())
