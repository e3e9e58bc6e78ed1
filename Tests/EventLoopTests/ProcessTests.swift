import CPosix
import Glibc
import Testing

@testable import EventLoop

@Suite struct ProcessTests {
  let environment = ["PATH": "/usr/bin:/bin"]

  func run(_ request: ProcessRequest) throws -> Result<ProcessResult, ProcessFailure>? {
    let loop = try Loop()
    var result: Result<ProcessResult, ProcessFailure>?
    loop.spawn(request) {
      #expect(result == nil)
      result = $0
    }
    #expect(result == nil)
    #expect(loop.run(until: { result != nil }, limit: .seconds(60)))
    return result
  }

  func shell(_ script: String, input: ProcessRequest.Input = .nothing) -> ProcessRequest {
    ProcessRequest("sh", ["-c", script], environment: environment, input: input)
  }

  func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  @Test func outputErrorsAndStatusArrive() throws {
    let result = try #require(try run(shell("echo out; echo err >&2; exit 3"))).get()
    #expect(result.termination == .exited(3))
    #expect(text(result.output) == "out\n")
    #expect(text(result.errorOutput) == "err\n")
    #expect(!result.succeeded && !result.isTruncated && !result.didTimeOut)
  }

  @Test func environmentIsExactlyTheGivenOneAndTheDirectoryToo() throws {
    var request = ProcessRequest("/usr/bin/env", environment: ["ONE": "1", "TWO": "a=b c\n"])
    #expect(try Set(text(#require(try run(request)).get().output).split(separator: "\n")) == ["ONE=1", "TWO=a=b c"])
    request = ProcessRequest("pwd", environment: environment, workingDirectory: "/usr")
    #expect(try text(#require(try run(request)).get().output) == "/usr\n")
  }

  @Test func inputLargerThanAPipeIsWrittenWhileOutputIsRead() throws {
    let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    var request = ProcessRequest("cat", environment: environment, input: .bytes(bytes))
    request.output = .captured(limit: 10_000_000)
    let result = try #require(try run(request)).get()
    #expect(result.output == bytes)
    #expect(result.succeeded)
  }

  @Test func aProgramThatReadsNoneOfItsInputIsNoError() throws {
    let result = try #require(
      try run(shell("exec 0<&-; echo done", input: .bytes(Array(repeating: 65, count: 1_000_000))))
    ).get()
    #expect(text(result.output) == "done\n")
    #expect(result.succeeded)
  }

  @Test func outputBeyondTheLimitIsDroppedButRead() throws {
    var request = shell("head -c 2000000 /dev/zero; echo end >&2")
    request.output = .captured(limit: 1000)
    let result = try #require(try run(request)).get()
    #expect(result.output == Array(repeating: 0, count: 1000))
    #expect(result.isTruncated)
    #expect(text(result.errorOutput) == "end\n")
  }

  @Test func whatIsLeftInTheBackgroundIsNotWaitedFor() throws {
    let result = try #require(try run(shell("sleep 1000 & echo $!"))).get()
    #expect(result.succeeded)
    let left = try #require(Int32(text(result.output).dropLast()))
    #expect(kill(left, SIGKILL) == 0)
  }

  @Test func aProgramThatTakesTooLongIsEndedWithItsChildren() throws {
    var request = shell("sleep 1000 & echo $!; wait")
    request.timeout = .milliseconds(200)
    let result = try #require(try run(request)).get()
    #expect(result.didTimeOut)
    #expect(result.termination == .signaled(SIGTERM))
    let child = try #require(Int32(text(result.output).dropLast()))
    // It may still be waiting for init to reap it: then it has no group that could be signalled, or is a zombie.
    #expect(isGone(child))
  }

  @Test func sigkillFollowsWhenSigtermIsIgnored() throws {
    let clock = ManualClock()
    let loop = try Loop(clock: clock)
    var request = shell("trap '' TERM; echo ready >&2; while :; do sleep 1; done")
    let pipe = Pipe()
    request.errorOutput = .descriptor(pipe.writing)
    request.timeout = .seconds(30)
    var result: ProcessResult?
    loop.spawn(request) { result = try? $0.get() }
    #expect(pipe.take() == "ready\n")
    clock.advance(by: .seconds(30))
    loop.turn(upTo: .zero)
    #expect(result == nil)
    clock.advance(by: .seconds(1))
    #expect(loop.run(until: { result != nil }, limit: .seconds(30)))
    #expect(result?.termination == .signaled(SIGKILL))
    #expect(result?.didTimeOut == true)
  }

  @Test(arguments: [
    ("no-such-program", nil, ENOENT, "no-such-program"),
    ("/no/such/program", nil, ENOENT, "/no/such/program"),
    ("/etc/passwd", nil, EACCES, "/etc/passwd"),
    ("sh", "/no/such/folder", ENOENT, "/no/such/folder"),
    ("sh\0x", nil, ENOENT, "sh\0x"),
    ("/bin/sh\0x", nil, EINVAL, "/bin/sh\0x"),
    ("", nil, ENOENT, ""),
  ])
  func whatCannotStartSaysWhy(_ name: String, _ directory: String?, _ code: Int32, _ subject: String) throws {
    let request = ProcessRequest(name, environment: environment, workingDirectory: directory)
    #expect(throws: ProcessFailure(subject: subject, code: code)) { try #require(try run(request)).get() }
  }

  @Test func signalsOfTheParentAreResetInTheChild() throws {
    let loop = try Loop()
    try loop.onSignals([SIGUSR1, SIGWINCH]) { _ in }
    var result: ProcessResult?
    loop.spawn(shell("grep -E 'Sig(Blk|Ign)' /proc/self/status")) { result = try? $0.get() }
    #expect(loop.run(until: { result != nil }, limit: .seconds(30)))
    let words = text(try #require(result).output).split(whereSeparator: \.isWhitespace)
    #expect(words.count == 4)
    // Signals 1...31; glibc keeps 32 and 33 to itself.
    for mask in words.filter({ !$0.hasSuffix(":") }) {
      #expect(try #require(UInt64(mask, radix: 16)) & 0x7fff_ffff == 0)
    }
  }

  @Test func descriptorsAboveTwoAreNotInherited() throws {
    let plain = open("/dev/null", O_RDONLY)
    defer { close(plain) }
    let result = try #require(try run(shell("ls /proc/$$/fd"))).get()
    #expect(!text(result.output).split(separator: "\n").contains("\(plain)"))
    #expect(result.succeeded)
  }

  @Test func aPseudoterminalIsTheControllingTerminal() throws {
    var controller: Int32 = -1
    var terminal: Int32 = -1
    #expect(pm_pseudoterminal(&controller, &terminal, 33, 101) == 0)
    defer { close(controller) }
    var request = ProcessRequest(
      "sh", ["-c", "stty size </dev/tty; read line; echo got $line"], environment: environment)
    request.input = .descriptor(terminal)
    request.output = .descriptor(terminal)
    request.errorOutput = .descriptor(terminal)
    request.controllingTerminal = terminal
    let loop = try Loop()
    var result: ProcessResult?
    var seen = ""
    loop.watch(controller, .readable) { _ in
      var bytes = [UInt8](repeating: 0, count: 1000)
      let count = read(controller, &bytes, bytes.count)
      guard count > 0 else { return loop.unwatch(controller) }
      seen += String(decoding: bytes[..<count], as: UTF8.self)
    }
    loop.spawn(request) { result = try? $0.get() }
    close(terminal)
    #expect(loop.run(until: { seen.contains("33 101") }, limit: .seconds(30)))
    #expect(write(controller, "hello\n", 6) == 6)
    #expect(loop.run(until: { result != nil && seen.contains("got hello") }, limit: .seconds(30)))
    #expect(result?.succeeded == true)
  }

  @Test func aPlainProgramHasNoTerminalAndOneThatSharesItStaysInTheGroup() throws {
    let result = try #require(try run(shell("test ! -t 0 && ps -o pgid= -p $$ && echo $$"))).get()
    #expect(result.succeeded)
    let numbers = text(result.output).split(whereSeparator: \.isWhitespace)
    #expect(numbers.count == 2 && numbers[0] == numbers[1])
    var request = shell("ps -o pgid= -p $$")
    request.errorOutput = .inherited
    #expect(request.sharesTerminal)
    let group = try text(#require(try run(request)).get().output)
    #expect(Int32(group.filter { $0.isNumber }) == getpgrp())
  }

  @Test func theNameIsLookedUpInThePathOfTheEnvironment() {
    #expect(ProcessRequest.locate("sh", path: "relative::/no/such:/bin") == "/bin/sh")
    #expect(ProcessRequest.locate("sh", path: "") == nil)
    #expect(ProcessRequest.locate("etc", path: "/") == nil)
    #expect(ProcessRequest.locate("./a b", path: "/bin") == "./a b")
  }

  func isGone(_ process: Int32) -> Bool {
    guard let file = fopen("/proc/\(process)/stat", "r") else { return true }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 400)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes[..<count], as: UTF8.self).contains(") Z ")
  }
}
