import ArgumentParser
import CursesTerminal
import DataFiles
import Terminal

/// How the dashboard looks and behaves.
struct DashboardFlags: ParsableArguments {
  @Option(name: [.short, .long], help: ArgumentHelp("Screen to open first, as typed behind ':'.", valueName: "words"))
  var command = "triage"
  @OptionGroup var writing: WritingFlags
  @Option(help: "dark, light, high-contrast, color-blind or mono.") var theme: String?
  @Option(help: "Colours: auto, always or never.") var color = ColorChoice.auto
  @Flag(help: "Draw with ASCII signs only.") var ascii = false
  @Flag(name: .customLong("no-mouse"), help: "Leave the mouse to the terminal.") var noMouse = false
  @Option(
    parsing: .singleValue,
    help: ArgumentHelp("Folder with screen files that win over all others; may be repeated.", valueName: "folder"))
  var screens: [String] = []
  @Flag(help: "Begin without the header; ctrl-e shows it.") var headless = false
  @OptionGroup var recording: RecordingFlags
  @OptionGroup(visibility: .hidden) var k9s: K9sFlags

  func chosenTheme(_ environment: [String: String]) throws(CommandFailure) -> Theme {
    guard let theme else { return Theme.suiting(environment: environment) }
    guard let found = Theme.named(theme) else {
      let names = Theme.all.map(\.name).joined(separator: ", ")
      throw .usage("there is no theme \"\(theme)\"", hint: "themes: \(names)")
    }
    return found
  }

  /// Fails when a folder of `--screens` cannot be read; what is wrong in its files is for the dashboard to say.
  func checkFolders(_ files: any FileSystem) throws(CommandFailure) {
    for folder in screens {
      do throws(FileError) { _ = try files.entries(of: folder) } catch {
        throw CommandFailure("error: --screens: \(error)")
      }
    }
  }
}

/// Flags that hands and scripts have from k9s and that change nothing here.
struct K9sFlags: ParsableArguments {
  @Option(name: [.short, .long]) var refresh: String?
  @Option(name: [.customShort("l"), .customLong("logLevel")]) var logLevel: String?
  @Option(name: .customLong("logFile")) var logFile: String?
  @Flag var write = false

  /// What is to be said about those that were given.
  var remark: String? {
    if write { return "--write changes nothing: --unlock CONTEXT opens a context that the configuration protects" }
    if refresh != nil { return "--refresh changes nothing: podmedic watches, what changes shows at once" }
    return logLevel == nil && logFile == nil ? nil : "podmedic keeps no log of itself; :history is what it has changed"
  }
}

extension ColorChoice: ExpressibleByArgument {}
