import ClusterState
import Kube
import Testing

@testable import Diagnosis

/// The line of a termination message that tells most.
@Suite struct TerminationMessageTests {
  @Test(arguments: [
    ("", ""), ("\n \n", ""), ("}\n", "}"), ("one\ntwo\n", "two"),
    ("KeyError: 'PAYMENT_API_URL'\n", "KeyError: 'PAYMENT_API_URL'"),
    (
      "Traceback (most recent call last):\n  File \"/app/main.py\", line 3, in <module>\n    os.environ['X']\nKeyError: 'X'\n",
      "KeyError: 'X'"
    ),
    (
      "panic: DATABASE_URL is not set\n\ngoroutine 1 [running]:\nmain.main()\n\t/app/main.go:12 +0x1d\nexit status 2\n",
      "panic: DATABASE_URL is not set"
    ),
    (
      "Exception in thread \"main\" java.lang.IllegalStateException: start\n\tat a.B.c(B.java:1)\n"
        + "Caused by: java.net.UnknownHostException: db\n\t... 12 more\n",
      "Caused by: java.net.UnknownHostException: db"
    ),
    (
      "node:internal/modules\n  throw err;\n  ^\n\nError: Cannot find module '/app/x.js'\n    at Module.load (x:1)\n"
        + "  code: 'MODULE_NOT_FOUND'\n}\n\nNode.js v20.1.0\n", "Error: Cannot find module '/app/x.js'"
    ),
    ("cannot open config\nshutting down\n", "cannot open config"),
    ("2026/06/10 09:27:31 main.go:41: cannot open database", "cannot open database"),
    ("[2026-06-10T09:27:31.1Z] [FATAL] no route", "[FATAL] no route"),
    ("/etc/coredns/Corefile:9 - Error during parsing", "/etc/coredns/Corefile:9 - Error during parsing"),
    (
      #"E0610 09:27:02.1 1 run.go:72] "command failed" err="stat \"a b\": no such file""#,
      #"command failed: stat "a b": no such file"#
    ),
    ("E0610 09:25:11.1 main.go:359] Error registering network", "Error registering network"),
    (
      #"ts=2026-06-10T09:27 level=error msg="listen tcp :9100: bind: address already in use""#,
      "listen tcp :9100: bind: address already in use"
    ),
    ("level=fatal msg=stopped err=EOF", "stopped: EOF"),
    (#"{"level":"error","msg":"cannot start","error":"no key"}"#, "cannot start: no key"),
    (#"{"level":"#, #"{"level":"#), (#"msg="never ends"#, #"msg="never ends"#),
    ("\u{1b}[31mERROR\u{1b}[0m\tred\u{7} alert", "ERROR red alert"),
    ("cannot reach postgres://app:hunter2@db/x", "cannot reach postgres://app:(hidden)@db/x"),
  ])
  func theLineThatTellsMost(message: String, line: String) {
    #expect(TerminationMessage.lastWords(message) == line)
  }

  @Test func isShortWhateverComes() {
    for text in ["\"", "a", "{", "\u{1b}", "msg=\"", "\n", "\\", "err = "] {
      #expect(TerminationMessage.lastWords(String(repeating: text, count: 100_000)).count <= 121)
    }
  }
}

/// What a container leaves behind stands in the sentence about its end.
@Suite struct QuotedEndTests {
  private func crash(_ code: Int, _ message: String, _ name: String = "api") -> Pod {
    pod(name) {
      $0.status.conditions = [condition("Ready", "False")]
      $0.status.containerStatuses = [
        waiting(
          "app", "CrashLoopBackOff", "back-off 5m0s restarting failed container=app", restarts: 4,
          last: end(code, "Error", message: message))
      ]
    }
  }

  private func rows(_ objects: [any KubeObject]) -> [String] {
    Triage.diagnose(cluster(objects), now: now).groups.map { $0.summary(now: now) }
  }

  @Test func oneLineBehindTheExitCode() {
    #expect(
      rows([crash(3, "java.lang.OutOfMemoryError: Java heap space\n")]) == [
        "exit 3: java.lang.OutOfMemoryError: Java heap space, back-off 5m, next try in 3m"
      ])
    #expect(rows([crash(1, "")]) == ["exit 1, back-off 5m, next try in 3m"])
  }

  @Test func podsWithDifferentWordsHaveOneRow() {
    let web = object(StatefulSet.self, "web") { $0.spec.replicas = 2 }
    let pods = [crash(1, "lease 41 is missing", "web-0"), crash(1, "lease 42 is missing", "web-1")]
    let row = rows([web] + pods.map { own($0, by: web) })
    #expect(row.count == 1)
    #expect(row[0].hasPrefix("2 of 2 pods: exit 1: lease 4") && row[0].hasSuffix(" is missing"), "\(row)")
  }

  @Test func whatIsNotStartedAgainIsQuotedToo() {
    let task = pod("task") {
      $0.spec.restartPolicy = "Never"
      $0.status.phase = "Failed"
      $0.status.conditions = []
      $0.status.containerStatuses = [terminated("app", end(2, "Error", message: "no input\nError: no bucket"))]
    }
    #expect(rows([task]).first?.contains("exit 2: Error: no bucket, not started again") == true)
  }

  // MARK: Processors

  private func node(_ name: String, _ processor: String) -> Node {
    DiagnosisTests.node(name) { $0.status.nodeInfo.architecture = processor }
  }

  @Test(arguments: [
    (
      "exec /app/server: exec format error\n", "amd64",
      "arm64, the processor of the node; on amd64 the same image runs,"
    ),
    // It runs on the same processor: this is about the file.
    ("exec /app/server: exec format error\n", "arm64", "arm64, the processor of the node,"),
    ("exec /app/server: exec format error\n", "", "arm64, the processor of the node,"),
  ])
  func aProgramForAnotherProcessor(message: String, other: String, says: String) {
    let web = object(StatefulSet.self, "web") { $0.spec.replicas = 2 }
    let good = own(pod("web-1") { $0.spec.nodeName = "node-2" }, by: web)
    for code in [1, 255] {
      let row = rows([
        node("node-1", "arm64"), node("node-2", other), web, own(crash(code, message, "web-0"), by: web), good,
      ])
      #expect(row == ["exec format error: no program for \(says) back-off 5m, next try in 3m"])
    }
  }

  @Test func aNodeThatSaysNothingOfItself() {
    #expect(rows([crash(255, "exec format error")]).first?.contains("another processor than the node's") == true)
  }
}
