import Foundation
import Kube
import Testing

@testable import DemoCluster

/// The real kubectl against the demo. Without kubectl on the PATH these are skipped.
@Suite(.serialized, .enabled(if: Kubectl.isInstalled, "kubectl is not on the PATH"))
struct KubectlTests {
  @Test func readsListsDescriptionsAndLogs() async throws {
    let demo = try await DemoCluster.launch(clock: .real)
    let kubectl = try Kubectl(demo)
    defer { kubectl.remove() }
    let pods = try await kubectl.run("get", "pods", "-A")
    #expect(pods.status == 0)
    // Where the server is slow, kubectl remarks on its own throttling first.
    #expect(pods.lines.contains { $0.hasPrefix("NAMESPACE") }, "\(pods.output)")
    #expect(pods.lines.count > 60)
    #expect(pods.output.contains("CrashLoopBackOff") && pods.output.contains("CreateContainerConfigError"))
    let nodes = try await kubectl.run("get", "nodes", "--no-headers")
    #expect(nodes.lines.count == 5 && nodes.output.contains("Ready,SchedulingDisabled"))
    let checkout = try #require(demo.objects("pods", namespace: "shop").first { $0.name.hasPrefix("checkout-") })
    let described = try await kubectl.run("-n", "shop", "describe", "pod", checkout.name)
    #expect(described.status == 0)
    #expect(described.output.contains("OOMKilled") && described.output.contains("Back-off restarting failed container"))
    let orders = try #require(demo.objects("pods", namespace: "shop").first { $0.name.hasPrefix("orders-") })
    let previous = try await kubectl.run("-n", "shop", "logs", "--previous", orders.name)
    #expect(previous.output.contains("cannot connect to database") && previous.output.contains("connection refused"))
    let tail = try await kubectl.run("-n", "shop", "logs", "deploy/frontend", "--tail=3", "--timestamps")
    #expect(tail.lines.filter { $0.contains("frontend request") }.count == 3)
    let canI = try await kubectl.run("auth", "can-i", "delete", "pods")
    #expect(canI.output.contains("yes"))
    let custom = try await kubectl.run("get", "certificates", "-A")
    #expect(custom.lines.first?.contains("SECRET") == true && custom.output.contains("shop-tls"))
    await demo.stop()
  }

  @Test func changesWhatItIsToldTo() async throws {
    let demo = try await DemoCluster.launch(clock: .real)
    let kubectl = try Kubectl(demo)
    defer { kubectl.remove() }
    let victim = try #require(
      demo.objects("pods", namespace: "shop").first { $0.name.hasPrefix("frontend-") && !$0.isDeleting })
    let watchPipe = Pipe()
    let watch = try kubectl.process(["-n", "shop", "get", "pods", "-w"], output: watchPipe)
    try watch.run()
    let deleted = try await kubectl.run("-n", "shop", "delete", "pod", victim.name)
    #expect(deleted.status == 0 && deleted.output.contains("\"\(victim.name)\" deleted"))
    #expect(demo.object("pods", namespace: "shop", name: victim.name) == nil)
    watch.terminate()
    let seen = String(decoding: watchPipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    #expect(seen.contains("Terminating"))
    #expect(try await kubectl.run("cordon", "node-b1").output.contains("node/node-b1 cordoned"))
    #expect(demo.object("nodes", name: "node-b1")?[at: "spec.unschedulable"]?.bool == true)
    #expect(try await kubectl.run("uncordon", "node-b1").output.contains("node/node-b1 uncordoned"))
    #expect(try await kubectl.run("-n", "shop", "scale", "deploy/cart", "--replicas=5").status == 0)
    #expect(demo.object("deployments.apps", namespace: "shop", name: "cart")?.int(at: "spec.replicas") == 5)
    let dry = try await kubectl.run("-n", "shop", "delete", "deploy/cart", "--dry-run=server")
    #expect(dry.output.contains("server dry run"))
    #expect(demo.object("deployments.apps", namespace: "shop", name: "cart") != nil)
    let limit = try await kubectl.run("-n", "shop", "set", "resources", "deploy/checkout", "--limits=memory=512Mi")
    #expect(limit.output.contains("resource requirements updated"))
    let restarted = try await kubectl.run("-n", "shop", "rollout", "restart", "deploy/fraud-check", "-n", "payments")
    #expect(restarted.output.contains("restarted"))
    await demo.stop()
  }

  @Test func appliesOnTheServerAndRefusesWhatItCannotDo() async throws {
    let demo = try await DemoCluster.launch(clock: .real)
    let kubectl = try Kubectl(demo)
    defer { kubectl.remove() }
    let file = kubectl.kubeconfig.path + ".applied"
    defer { try? FileManager.default.removeItem(atPath: file) }
    func apply(_ data: String) async throws -> Kubectl.Result {
      let text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: applied, namespace: shop}\ndata: {\(data)}\n"
      try text.write(toFile: file, atomically: true, encoding: .utf8)
      return try await kubectl.run("apply", "--server-side", "--validate=false", "-f", file)
    }
    let made = try await apply("a: one")
    #expect(made.status == 0 && made.output.contains("configmap/applied serverside-applied"), "\(made)")
    #expect(try await apply("b: two").status == 0)
    #expect(demo.object("configmaps", namespace: "shop", name: "applied")?.text(at: "data.a") == "one")
    #expect(demo.object("configmaps", namespace: "shop", name: "applied")?.text(at: "data.b") == "two")
    let nonsense = try await apply("a: [1]")
    #expect(nonsense.status == 1 && nonsense.output.contains("cannot be handled as a ConfigMap"), "\(nonsense)")
    let shell = try await kubectl.run("-n", "shop", "exec", "deploy/cart", "--", "ls")
    #expect(shell.status == 1 && shell.output.contains("the containers of the demo cluster are not real"), "\(shell)")
    await demo.stop()
  }

  @Test func drainsANodeUpToItsDisruptionBudget() async throws {
    let demo = try await DemoCluster.launch(clock: .real)
    let kubectl = try Kubectl(demo)
    defer { kubectl.remove() }
    let redis = try #require(demo.objects("pods", namespace: "data").first { $0.name.hasPrefix("redis-") })
    let node = redis.text(at: "spec.nodeName")
    let drained = try await kubectl.run(
      "drain", node, "--ignore-daemonsets", "--force", "--delete-emptydir-data", "--timeout=6s")
    #expect(drained.status == 1)
    #expect(drained.output.contains("Cannot evict pod as it would violate the pod's disruption budget."))
    #expect(drained.output.contains("evicted"))
    #expect(demo.object("pods", namespace: "data", name: redis.name)?.uid == redis.uid)
    let removed = try await kubectl.run("-n", "data", "delete", "pdb", "redis")
    #expect(removed.status == 0)
    let again = try await kubectl.run(
      "drain", node, "--ignore-daemonsets", "--force", "--delete-emptydir-data", "--timeout=60s")
    #expect(again.status == 0 && again.output.contains("node/\(node) drained"))
    await demo.stop()
  }
}

/// Runs kubectl with a kubeconfig of its own; answers what it printed and its exit status.
struct Kubectl {
  struct Result {
    var status: Int32
    var output: String
    var lines: [String] { output.split(separator: "\n").map(String.init) }
  }
  static var path: String? {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.map { "\($0)/kubectl" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }
  static var isInstalled: Bool { path != nil }
  let kubeconfig: URL

  init(_ demo: DemoCluster) throws {
    kubeconfig = FileManager.default.temporaryDirectory.appending(path: "demo-\(UUID().uuidString).yaml")
    try demo.kubeconfig().write(to: kubeconfig, atomically: true, encoding: .utf8)
  }

  func process(_ arguments: [String], output: Pipe) throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(Self.path))
    process.arguments = ["--kubeconfig", kubeconfig.path, "--cache-dir", kubeconfig.path + ".cache"] + arguments
    process.standardOutput = output
    process.standardError = output
    return process
  }

  /// Runs to the end, off Swift's cooperative threads: the demo needs those.
  func run(_ arguments: String...) async throws -> Result {
    let pipe = Pipe()
    let process = try process(arguments, output: pipe)
    return try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread {
        do {
          try process.run()
          let data = pipe.fileHandleForReading.readDataToEndOfFile()
          process.waitUntilExit()
          continuation.resume(
            returning: Result(status: process.terminationStatus, output: String(decoding: data, as: UTF8.self)))
        } catch {
          continuation.resume(throwing: error)
        }
      }
    }
  }

  func remove() {
    try? FileManager.default.removeItem(at: kubeconfig)
    try? FileManager.default.removeItem(atPath: kubeconfig.path + ".cache")
  }
}
