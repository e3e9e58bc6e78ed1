import Captures
import DataFiles
import DemoCluster
import EventLoop
import HTTPTransport
import Kube
import KubeConfig
import PlainInterface
import Session

/// A capture in the place of a cluster: what `--from` names.
struct CapturedCluster {
  let capture: Capture
  /// The namespace to look at; nil for everything that the capture has.
  let namespace: String?
  let clock: CaptureClock

  /// Reads what the flags name; nil when they name a server.
  init?(_ flags: ConnectionFlags) throws(CommandFailure) {
    guard !flags.from.isEmpty else {
      if flags.at != nil || flags.serverVersion != nil {
        throw .usage("--at and --server-version belong to a capture: say which with --from")
      }
      return nil
    }
    if flags.allNamespaces, flags.namespace != nil { throw .usage("-n and -A cannot be used together") }
    var options = CaptureReader.Options()
    options.serverVersion = flags.serverVersion
    if let at = flags.at {
      guard let time = Timestamp(at) else { throw .invalidTime(at) }
      options.time = time
    }
    do throws(CaptureProblem) {
      capture = try CaptureReader.read(flags.from, options)
    } catch {
      throw CommandFailure("error: \(error)", hint: Self.hint, status: 2)
    }
    namespace = flags.namespace
    clock = CaptureClock(capture.time ?? CommandContext.wallClock())
  }

  private static let hint =
    "--from takes files and folders of \"kubectl get … -o json\" or yaml, a \"kubectl cluster-info dump\", or what "
    + "\"podmedic record\" wrote."

  /// What is captured is over.
  static let writePolicy = WritePolicy.readOnly("this is a capture: nothing can be changed in it")

  /// What a person calls it.
  var name: String { "capture \(capture.paths.joined(separator: ", "))" }

  /// A connection that leads nowhere, for who asks what is connected to.
  func connection(allNamespaces: Bool) throws(CommandFailure) -> ConnectionConfig {
    do throws(ServerURL.Invalid) {
      var connection = ConnectionConfig(server: try ServerURL("http://capture.invalid"))
      connection.contextName = name
      connection.namespace = namespace ?? "default"
      connection.allNamespaces = allNamespaces
      return connection
    } catch {
      throw CommandFailure("error: \(error)")
    }
  }

  /// What answers in the place of a server.
  func transport(_ loop: Loop) -> any Transport {
    CaptureTransport(capture, loop: loop, columns: ServerColumns(capture: capture, now: clock.time))
  }

  /// A session with the capture that has not asked anything yet.
  func session(_ loop: Loop) throws(CommandFailure) -> ClusterSession {
    let connection = try connection(allNamespaces: namespace == nil)
    do throws(FileError) {
      return try ClusterSession(
        connection: connection, loop: loop, transport: transport(loop),
        fileSystem: MemoryFileSystem(), environment: [:], userAgent: CommandContext.userAgent, random: { 0.5 },
        writePolicy: Self.writePolicy)
    } catch {
      throw CommandFailure("error: \(error)")
    }
  }

  /// What could not be read and what is not covered, a sentence each.
  var remarks: [String] {
    var remarks = capture.problems.map { "error: \($0)" }
    if capture.time == nil {
      remarks.append("Warning: nothing in the capture says when it was taken; ages are as of now. --at says it.")
    }
    return remarks
  }
}

/// The clock of a capture: its time of day stands still, while the program's own waiting goes on.
final class CaptureClock: LoopClock {
  /// The capture's time.
  let time: Timestamp
  private let system = SystemClock()

  init(_ time: Timestamp) { self.time = time }

  var now: Duration { system.now }
  var passesByItself: Bool { true }
  var wallTime: (seconds: Int64, nanoseconds: Int32) {
    let seconds = time.seconds
    return (seconds, Int32(truncatingIfNeeded: (time.microseconds - seconds * 1_000_000) * 1000))
  }
}

/// The columns of `kubectl get`, which servers make: those of built-in kinds, and those that the capture's
/// CustomResourceDefinitions declare.
private struct ServerColumns: CapturedColumns {
  let capture: Capture
  let now: Timestamp

  func columns(of resource: Resource) -> [TableColumn] { printed(resource).columns }

  func cells(of object: JSONValue, _ resource: Resource) -> [JSONValue] {
    printed(resource).cells(of: object, now: now)
  }

  private func printed(_ resource: Resource) -> PrintedColumns {
    PrintedColumns(resource, declared: capture.printerColumns[resource.qualifiedName])
  }
}
