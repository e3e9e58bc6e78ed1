import Foundation
import Testing

/// Where the test cluster's programs are, and what this machine can do.
public enum TestCluster {
  /// The images of the real node. There is no registry: every other name ends in ErrImagePull.
  public static let realNodeImages = (busybox: "test.local/busybox:1", web: "test.local/web:1")

  /// The checkout this was compiled in.
  public static let checkout = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The folder with the Kubernetes binaries: `PODMEDIC_KUBERNETES`, or the one in the cache.
  public static let kubernetes = environment["PODMEDIC_KUBERNETES"] ?? cache + "/kubernetes-1.20.2"

  /// A current kubectl: `PODMEDIC_KUBECTL`, or the newest in the cache.
  public static let currentKubectl: String? = {
    if let path = environment["PODMEDIC_KUBECTL"] { return path }
    let cached = (try? FileManager.default.contentsOfDirectory(atPath: cache)) ?? []
    return cached.filter { $0.hasPrefix("kubectl-") }.map { "\(cache)/\($0)/kubectl" }
      .filter(FileManager.default.isExecutableFile(atPath:)).max {
        $0.compare($1, options: .numeric) == .orderedAscending
      }
  }()

  /// Why there can be no control plane here, or nil if there can.
  public static let problem: String? = {
    let apiserver = kubernetes + "/kube-apiserver"
    guard FileManager.default.isExecutableFile(atPath: apiserver) else {
      return "no Kubernetes in \(kubernetes): 'make test' builds it (Debian 12 with apt)"
    }
    guard hasProgram("etcd") else { return "etcd is missing: 'make setup-tests' installs it (Debian 12 with apt)" }
    return nil
  }()

  /// Why there can be no real node here (not root, no control groups), or nil if there can.
  public static let realNodeProblem: String? = {
    if let problem { return problem }
    do {
      let check = Process()
      let messages = try TemporaryFolder()
      let errorText = try messages.file("error")
      check.executableURL = URL(fileURLWithPath: script("node"))
      check.arguments = ["--check"]
      check.standardError = try FileHandle(forWritingTo: errorText)
      try check.run()
      check.waitUntilExit()
      if check.terminationStatus == 0 { return nil }
      return try String(contentsOf: errorText, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
    } catch {
      return "whether a real node is possible could not be found out: \(error)"
    }
  }()

  /// True on the machines that decide about a change: there the control plane may not be missing.
  static let mustRun = environment["CI"] == "true"

  static func script(_ name: String) -> String { checkout.path + "/Tests/Cluster/" + name }

  private static let environment = ProcessInfo.processInfo.environment

  private static let cache: String = {
    if let cache = environment["PODMEDIC_CACHE"], !cache.isEmpty { return cache }
    if let cache = environment["XDG_CACHE_HOME"], !cache.isEmpty { return cache + "/podmedic-test" }
    return FileManager.default.homeDirectoryForCurrentUser.path + "/.cache/podmedic-test"
  }()

  private static func hasProgram(_ name: String) -> Bool {
    (environment["PATH"] ?? "").split(separator: ":").contains {
      FileManager.default.isExecutableFile(atPath: "\($0)/\(name)")
    }
  }
}

/// The test cluster was asked for where it cannot be had.
public struct TestClusterUnavailable: Error, CustomStringConvertible {
  /// Why, and what to do about it.
  public let description: String
}

extension Trait where Self == ConditionTrait {
  /// Skips the test, saying why, where no real control plane can be had. Under `CI=true` it runs, and fails.
  public static var requiresControlPlane: Self {
    .enabled(if: TestCluster.problem == nil || TestCluster.mustRun, "\(TestCluster.problem ?? "")")
  }

  /// Skips the test, saying why, where no real node can be had: not root, no control groups.
  public static var requiresRealNode: Self {
    .enabled(if: TestCluster.realNodeProblem == nil, "\(TestCluster.realNodeProblem ?? "")")
  }
}
