import CTerminalGuard
import Glibc

/// The programs that own the clipboard of a local desktop.
enum ClipboardProgram {
  /// Runs the first that is there for this desktop and gives its name when it has taken the text.
  static func copy(_ text: String, environment: [String: String]) -> String? {
    func has(_ name: String) -> Bool { !(environment[name] ?? "").isEmpty }
    var programs: [[String]] = []
    if has("WAYLAND_DISPLAY") { programs.append(["wl-copy"]) }
    if has("DISPLAY") { programs += [["xclip", "-selection", "clipboard"], ["xsel", "--clipboard", "--input"]] }
    return programs.first { run($0, text) }?.first
  }

  /// Runs a program with `text` as its input. These programs go into the background to serve the text, so half a second
  /// is long; one that takes more hangs, and is ended rather than waited for.
  private static func run(_ command: [String], _ text: String) -> Bool {
    var text = text
    let source = text.withUTF8 { pm_memory_file($0.baseAddress, $0.count) }
    guard source >= 0 else { return false }
    defer { close(source) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, source, 0)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    var arguments = command.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var process: pid_t = 0
    guard posix_spawnp(&process, command[0], &actions, nil, &arguments, environ) == 0 else { return false }
    var status: Int32 = 0
    for _ in 0..<100 {
      let ended = waitpid(process, &status, WNOHANG)
      if ended == process { return status == 0 }
      if ended < 0 && errno != EINTR { return false }
      poll(nil, 0, 5)
    }
    kill(process, SIGKILL)
    while waitpid(process, &status, 0) < 0 && errno == EINTR {}
    return false
  }
}
