import CursesTerminal
import Dashboard
import DataFiles
import EventLoop
import Glibc
import HTTPTransport
import Interface
import Kube
import KubeConfig
import PlaybookKit
import ScreenKit
import Screens
import Session
import Terminal

/// Puts loop, terminal, interface and session together and runs until the person has had enough.
final class DashboardProgram {
  private let flags: DashboardFlags
  private let environment = CommandContext.environment

  init(_ flags: DashboardFlags) { self.flags = flags }

  /// Runs the dashboard on the cluster that the overrides and the kubeconfig name; `kubeconfig` is the text of one that
  /// is used instead of files, for a cluster that ends with the program: nothing about it is kept.
  func run(_ overrides: ConnectionOverrides, kubeconfig: String? = nil) throws {
    let loop = try CommandContext.making { () throws(LoopFailure) in try Loop() }
    let connector = try ClusterConnector(
      overrides: overrides, kubeconfig: kubeconfig, loop: loop, environment: environment,
      writing: flags.writing)
    let clock = {
      let time = loop.clock.wallTime
      return Timestamp(seconds: time.seconds, nanoseconds: time.nanoseconds)
    }
    try run(loop, connector, clock: clock, remark: nil, isReal: kubeconfig == nil)
  }

  /// Runs the dashboard on a capture.
  func run(_ captured: CapturedCluster) throws {
    let loop = try CommandContext.making { () throws(LoopFailure) in try Loop(clock: captured.clock) }
    let connector = CaptureConnector(captured, loop: loop)
    try run(loop, connector, clock: { captured.clock.time }, remark: captured.remarks.first, isReal: false)
  }

  private func run(
    _ loop: Loop, _ connector: any FirstConnector, clock: @escaping () -> Timestamp, remark: String?,
    isReal: Bool
  ) throws {
    // Pictures show the same every time.
    let keepsRuns = isReal && flags.recording.file == nil
    // What is tried out in the demo must never stand beside what was done to real clusters.
    let journal: any RemedyJournal = isReal ? JournalFile(environment: environment) : MemoryJournal()
    let drains: any KeptDrains = isReal ? DrainFolder(environment: environment) : MemoryDrains()
    let theme = try flags.chosenTheme(environment)
    try flags.checkFolders(DiskFileSystem())
    let first = try connector.first()
    let library = screens()
    let interface = Interface(
      cluster: first.session.state, catalog: first.session.catalog, tables: TableFactory(library: library),
      namespace: first.namespace, glyphs: Glyphs.suiting(environment: environment, ascii: flags.ascii),
      clock: clock)
    interface.session = first.facts
    interface.showsHeader = !flags.headless
    // They come right after the first frame, each in a turn of the loop of its own, so that keys come in between.
    func readGlossary() { interface.glossary = GlossaryCommand.glossary(sayProblems: false) }
    func readPlaybooks() { interface.playbooks = PlaybookCommand.library(sayProblems: false) }
    let opensAtOnce = ["playbook", "pb", "glossary"].contains { flags.command.hasPrefix($0) }
    if opensAtOnce || !flags.recording.keys.isEmpty {
      readGlossary()
      readPlaybooks()
    }
    let aliases = AliasFile.load(XDGDirectories(environment: environment), DiskFileSystem())
    interface.aliases = aliases.aliases
    let hotkeys = HotkeyFile.load(XDGDirectories(environment: environment), DiskFileSystem())
    interface.hotkeys = hotkeys.hotkeys
    func dashboard(on frontend: any Frontend) -> Dashboard {
      let dashboard = Dashboard(
        loop: loop, frontend: frontend, interface: interface, session: first.session, connector: connector,
        files: DownloadFolder(), journal: journal,
        runs: RunFolder(environment: keepsRuns ? environment : nil), drains: drains)
      // Kept to the end of the process: to free a hundred thousand objects one by one would have the person wait for it.
      _ = Unmanaged.passRetained(dashboard)
      return dashboard
    }
    if let file = flags.recording.file {
      for problem in library.problems { Output.message("Warning: \(problem)") }
      let terminal = VirtualTerminal(try flags.recording.extent(), frameLimit: 1)
      let keys = try flags.recording.pressed()
      let recording = Recording(loop: loop, terminal: terminal, dashboard: dashboard(on: terminal))
      try recording.run(flags.command, keys: keys)
      return try recording.save(to: file, theme: theme)
    }
    let terminal = try openTerminal(theme)
    defer { terminal.restore() }
    connector.terminal = terminal
    let program = dashboard(on: terminal)
    try watchSignals(loop, terminal, program)
    loop.watch(terminal.descriptor, .readable) { _ in program.take(terminal.readInput()) }
    program.onSuspend = { Self.suspend(terminal, program) }
    program.start(flags.command)
    if let remark = remark ?? flags.k9s.remark { interface.show(remark, role: .warning) }
    loop.post {
      if !opensAtOnce { readPlaybooks() }
      loop.post {
        if !opensAtOnce { readGlossary() }
        // What keeps a person from changing anything comes first.
        if let problem = Configuration(environment: self.environment, fileSystem: DiskFileSystem()).problems.first {
          interface.show("read-only until this is put right: \(problem)", role: .warning)
          program.redraw()
        } else if let problem = library.problems.first ?? interface.playbooks.problems.first ?? aliases.problems.first
          ?? hotkeys.problems.first ?? interface.glossary.problems.first
        {
          interface.show("\(problem)", role: .warning)
          program.redraw()
        }
      }
    }
    loop.run()
    terminal.restore()
    if let endedBy { raiseAgain(endedBy) }
  }

  private func screens() -> ScreenLibrary {
    let embedded = Screens.files.map { DataLayer.EmbeddedFile(path: $0.path, text: $0.text) }
    let layers = DataLayer.searchPath(
      for: "screens", directories: flags.screens, environment: environment, embedded: embedded)
    return ScreenLibrary(layers: layers, fileSystem: DiskFileSystem(), types: .builtIn, trustsEmbedded: true)
  }

  private func openTerminal(_ theme: Theme) throws(CommandFailure) -> CursesTerminal {
    var options = CursesTerminal.Options(environment: environment)
    options.color = flags.color
    options.theme = theme
    options.mouse = !flags.noMouse
    options.chainsCrashHandlers = environment["PODMEDIC_BACKTRACE"] == "1"
    options.lastWords = Podmedic.lastWords
    do throws(TerminalFailure) {
      return try CursesTerminal(options)
    } catch {
      throw CommandFailure(
        "error: \(error)", hint: "without a terminal use the commands: podmedic check, podmedic get, podmedic --help")
    }
  }

  // MARK: Signals

  private var endedBy: Int32?

  private func watchSignals(_ loop: Loop, _ terminal: CursesTerminal, _ dashboard: Dashboard) throws {
    do throws(LoopFailure) {
      try loop.onSignals([SIGWINCH, SIGTERM, SIGHUP, SIGINT, SIGTSTP]) { [weak self] number in
        switch number {
        case SIGWINCH: if let event = terminal.handleResize() { dashboard.take([event]) }
        case SIGTSTP: Self.suspend(terminal, dashboard)
        default:
          self?.endedBy = number
          dashboard.stop()
          loop.stop()
        }
      }
    } catch {
      throw CommandFailure("error: \(error)")
    }
  }

  private static func suspend(_ terminal: CursesTerminal, _ dashboard: Dashboard) {
    if let problem = terminal.stop() { dashboard.interface.show(problem, role: .warning) }
    if let resized = terminal.handleResize() { dashboard.take([resized]) } else { dashboard.redraw() }
  }

  /// Ends by the signal itself, so that whoever started podmedic sees how it ended.
  private func raiseAgain(_ number: Int32) {
    signal(number, SIG_DFL)
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, number)
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
    raise(number)
  }
}
