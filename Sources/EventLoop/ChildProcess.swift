import CPosix
import Glibc

extension Loop {
  /// Runs a program. `completion` is called once, never before `spawn` has returned: with the result when the program
  /// has ended (what it left running in the background is not waited for), or with why it did not start.
  @discardableResult
  public func spawn(
    _ request: ProcessRequest, completion: @escaping (Result<ProcessResult, ProcessFailure>) -> Void
  ) -> ChildProcess {
    let child = ChildProcess(loop: self, request: request, completion: completion)
    if let failure = child.start() {
      post { completion(.failure(failure)) }
    }
    return child
  }
}

/// A program that was started by `Loop.spawn`.
public final class ChildProcess {
  private let loop: Loop
  private let request: ProcessRequest
  private let completion: (Result<ProcessResult, ProcessFailure>) -> Void
  private var process: pid_t?
  private var input: Int32?
  private var inputBytes: ArraySlice<UInt8> = []
  private var captures: [Capture] = []
  private var timer: Loop.TimerID?
  private var didTimeOut = false

  /// One of its outputs as far as it was read.
  private final class Capture {
    let descriptor: Int32
    let limit: Int
    var bytes: [UInt8] = []
    var isTruncated = false
    var isOpen = true

    init(descriptor: Int32, limit: Int) {
      self.descriptor = descriptor
      self.limit = limit
    }
  }

  init(
    loop: Loop, request: ProcessRequest, completion: @escaping (Result<ProcessResult, ProcessFailure>) -> Void
  ) {
    self.loop = loop
    self.request = request
    self.completion = completion
  }

  /// Its process id while it runs.
  public var processID: Int32? { process }

  /// Sends a signal (SIGTERM unless given) to the program and, unless it shares the terminal, to all it has started.
  /// Does nothing when it has ended.
  public func terminate(_ signal: Int32 = SIGTERM) {
    guard let process else { return }
    kill(request.sharesTerminal ? process : -process, signal)
  }

  // MARK: Starting

  func start() -> ProcessFailure? {
    let path = request.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
    guard let executable = ProcessRequest.locate(request.executable, path: path) else {
      return ProcessFailure(subject: request.executable, code: ENOENT)
    }
    var ends = ChildEnds()
    defer { ends.closeAll() }
    let descriptors: [Int32]
    do {
      descriptors = try connect(&ends)
    } catch {
      closeOwnEnds()
      return error
    }
    if let failure = execute(executable, descriptors) {
      closeOwnEnds()
      return failure
    }
    watchOwnEnds()
    watchExit()
    return nil
  }

  /// The descriptors that are only open until the child has its own copies.
  private struct ChildEnds {
    private var descriptors: [Int32] = []

    mutating func add(_ descriptor: Int32) -> Int32 {
      descriptors.append(descriptor)
      return descriptor
    }

    mutating func closeAll() {
      for descriptor in descriptors { Glibc.close(descriptor) }
      descriptors = []
    }
  }

  private func connect(_ ends: inout ChildEnds) throws(ProcessFailure) -> [Int32] {
    var descriptors: [Int32] = []
    switch request.input {
    case .inherited: descriptors.append(STDIN_FILENO)
    case .descriptor(let descriptor): descriptors.append(descriptor)
    case .nothing: descriptors.append(ends.add(try opened(open("/dev/null", O_RDONLY | O_CLOEXEC))))
    case .bytes(let bytes):
      let (reading, writing) = try pipe()
      descriptors.append(ends.add(reading))
      input = writing
      inputBytes = bytes[...]
    }
    for (output, own) in [(request.output, STDOUT_FILENO), (request.errorOutput, STDERR_FILENO)] {
      switch output {
      case .inherited: descriptors.append(own)
      case .descriptor(let descriptor): descriptors.append(descriptor)
      case .discarded: descriptors.append(ends.add(try opened(open("/dev/null", O_WRONLY | O_CLOEXEC))))
      case .captured(let limit):
        let (reading, writing) = try pipe()
        descriptors.append(ends.add(writing))
        captures.append(Capture(descriptor: reading, limit: limit))
      }
    }
    return descriptors
  }

  private func opened(_ descriptor: Int32) throws(ProcessFailure) -> Int32 {
    guard descriptor >= 0 else { throw ProcessFailure(subject: "/dev/null", code: errno) }
    return descriptor
  }

  private func pipe() throws(ProcessFailure) -> (reading: Int32, writing: Int32) {
    var reading: Int32 = -1
    var writing: Int32 = -1
    let failed = pm_pipe(&reading, &writing)
    guard failed == 0 else { throw ProcessFailure(subject: "pipe", code: failed) }
    return (reading, writing)
  }

  private func execute(_ executable: String, _ standard: [Int32]) -> ProcessFailure? {
    let words = [request.executable] + request.arguments
    let settings = request.environment.map { "\($0.key)=\($0.value)" }
    // C would silently cut a string at a zero byte.
    let texts = words + settings + [executable, request.workingDirectory ?? ""]
    guard !texts.contains(where: { $0.utf8.contains(0) }) else {
      return ProcessFailure(subject: request.executable, code: EINVAL)
    }
    var stage: Int32 = 0
    var started: pid_t = 0
    let failed = withCStrings(words) { words in
      withCStrings(settings) { settings in
        withOptionalCString(request.workingDirectory) { directory in
          executable.withCString { executable in
            var child = pm_child(
              path: executable, arguments: words, environment: settings, directory: directory,
              standard: (standard[0], standard[1], standard[2]), own_session: request.sharesTerminal ? 0 : 1,
              controlling_terminal: request.controllingTerminal ?? -1)
            return pm_spawn(&child, &started, &stage)
          }
        }
      }
    }
    guard failed == 0 else {
      let isDirectory = stage == Int32(PM_CHILD_DIRECTORY.rawValue)
      return ProcessFailure(
        subject: isDirectory ? request.workingDirectory ?? request.executable : request.executable, code: failed)
    }
    process = started
    return nil
  }

  // MARK: While it runs

  private func watchOwnEnds() {
    if let input {
      setNonBlocking(input)
      loop.watch(input, .writable) { _ in self.writeInput() }
    }
    for capture in captures {
      setNonBlocking(capture.descriptor)
      loop.watch(capture.descriptor, .readable) { _ in self.read(capture, upTo: 4) }
    }
    if let timeout = request.timeout {
      timer = loop.schedule(after: timeout) { self.endTime() }
    }
  }

  private func watchExit() {
    guard let process else { return }
    let job = loop.expectAnswer { self.finish() }
    let mailbox = loop.mailbox
    // A thread that waits costs little, works on every kernel, and cannot starve the workers when an editor stays open
    // all day. It leaves the reaping to the loop, so that `terminate` never hits a reused process id.
    let wait: @Sendable () -> Void = {
      _ = pm_child_await(process)
      mailbox.put(.finished(job: job))
    }
    if !startThread(wait) { loop.post(wait) }
  }

  private func writeInput() {
    guard let input else { return }
    let written = inputBytes.withUnsafeBytes { write(input, $0.baseAddress, $0.count) }
    if written < 0 && (errno == EAGAIN || errno == EINTR) { return }
    inputBytes = inputBytes.dropFirst(max(written, 0))
    if written < 0 || inputBytes.isEmpty { closeInput() }
  }

  /// Reads at most `pieces` times 64 KiB, so that a program that never stops writing does not hold the loop.
  private func read(_ capture: Capture, upTo pieces: Int) {
    var left = pieces
    while capture.isOpen && left > 0 {
      left -= 1
      let count = withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 1) { buffer in
        let count = Glibc.read(capture.descriptor, buffer.baseAddress, buffer.count)
        if count > 0 {
          let room = max(0, min(count, capture.limit - capture.bytes.count))
          capture.bytes.append(contentsOf: buffer[..<room])
          if room < count { capture.isTruncated = true }
        }
        return count < 0 ? -Int(errno) : count
      }
      if count > 0 || count == -Int(EINTR) { continue }
      if count == -Int(EAGAIN) { return }
      close(capture)
    }
  }

  private func endTime() {
    didTimeOut = true
    terminate(SIGTERM)
    timer = loop.schedule(after: .seconds(1)) { self.terminate(SIGKILL) }
  }

  // MARK: The end

  private func finish() {
    guard let process else { return }
    let status = pm_child_reap(process)
    self.process = nil
    if let timer { loop.cancel(timer) }
    // All that the program itself wrote is in the pipes now, at most 1 MiB each.
    for capture in captures { read(capture, upTo: 1 << 5) }
    closeOwnEnds()
    completion(.success(result(status)))
  }

  private func result(_ status: Int32) -> ProcessResult {
    var captured = captures[...]
    func bytes(_ output: ProcessRequest.Output) -> [UInt8] {
      guard case .captured = output else { return [] }
      return captured.popFirst()?.bytes ?? []
    }
    let output = bytes(request.output)
    let errorOutput = bytes(request.errorOutput)
    return ProcessResult(
      termination: status >= 256 ? .signaled(status - 256) : .exited(status), output: output,
      errorOutput: errorOutput, isTruncated: captures.contains { $0.isTruncated }, didTimeOut: didTimeOut)
  }

  private func closeOwnEnds() {
    closeInput()
    for capture in captures { close(capture) }
  }

  private func closeInput() {
    guard let input else { return }
    loop.unwatch(input)
    Glibc.close(input)
    self.input = nil
  }

  private func close(_ capture: Capture) {
    guard capture.isOpen else { return }
    capture.isOpen = false
    loop.unwatch(capture.descriptor)
    Glibc.close(capture.descriptor)
  }
}

private func setNonBlocking(_ descriptor: Int32) {
  _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
}

private func withOptionalCString<Result>(_ text: String?, _ body: (UnsafePointer<CChar>?) -> Result) -> Result {
  guard let text else { return body(nil) }
  return text.withCString { body($0) }
}

/// Calls `body` with a null-terminated array of C strings.
private func withCStrings<Result>(
  _ texts: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
  var pointers = texts.map { strdup($0) }
  pointers.append(nil)
  defer { for pointer in pointers { free(pointer) } }
  return pointers.withUnsafeBufferPointer { buffer in
    // An array with at least the final nil has a base address; the empty case only satisfies the type.
    if let base = buffer.baseAddress { return body(base) }
    var none: UnsafeMutablePointer<CChar>?
    return withUnsafePointer(to: &none) { body($0) }
  }
}
