import Foundation
import Glibc
import Kube
import TestSupport
import Testing

/// All in one test for each scenario: a demo takes longer to start than the commands take to run.
@Suite(.serialized) struct DemoCommandTests {
  @Test func aCalmCluster() async throws {
    let demo = try Demo("calm")
    let check = try await demo.run("check", "-A")
    #expect(check.status == 0 && check.text.hasPrefix("No findings in all namespaces.\n"), "\(check)")
    let misspelt = try await demo.run("check", "-n", "wbe")
    #expect(misspelt.status == 2 && misspelt.text == "", "\(misspelt)")
    #expect(misspelt.errorText == "Error from server (NotFound): namespaces \"wbe\" not found\n")

    let get = try await demo.run("get", "deployments", "-n", "web")
    #expect(get.status == 0 && get.errorText == "", "\(get)")
    #expect(get.text.hasPrefix("NAME    READY   UP-TO-DATE   AVAILABLE   AGE\nhello   3/3     3            3 "))
    #expect(try await demo.run("get", "deploy", "-n", "web", "-o", "wide").text.contains("nginx:1.27"))
    #expect(try await demo.run("-n", "web", "get", "deploy").text == get.text, "options may come first, as in kubectl")
    #expect(
      try await demo.run("get", "deploy,svc", "-n", "web", "-o", "name").text == """
        deployment.apps/hello
        service/hello\n
        """)
    let json = try await demo.run("get", "deploy", "hello", "-n", "web", "-o", "json")
    let object = try json.output.withUnsafeBytes { try JSONValue(parsing: $0) }
    #expect(object["kind"] == "Deployment" && object[path: "metadata", "name"] == "hello")
    let list = try await demo.run("get", "pods", "-n", "web", "-o", "yaml", "--chunk-size", "1")
    #expect(list.text.hasPrefix("apiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Pod\n"), "\(list)")
    #expect(list.text.split(separator: "\n").count { $0 == "  kind: Pod" } == 3)

    let paged = try await demo.run("get", "pods", "-n", "web", "--chunk-size", "2", "-v", "6")
    #expect(paged.text.split(separator: "\n").count == 4)
    let requests = paged.errorText.split(separator: "\n")
    #expect(requests.count == 2 && requests.allSatisfy { $0.contains("limit=2") && $0.contains(" 200 in ") })
    #expect(requests.first?.hasPrefix("GET http://127.0.0.1:\(demo.port)/api/v1/namespaces/web/pods?") == true)
    let headers = try await demo.run("get", "pods", "-n", "web", "--chunk-size", "0", "-v", "8")
    #expect(headers.errorText.contains("    User-Agent: podmedic/") && !headers.errorText.contains("limit="))

    let unknown = try await demo.run("get", "widgets")
    #expect(unknown.status == 1)
    #expect(unknown.errorText.hasPrefix("error: the server doesn't have a resource type \"widgets\"\n"))
    let missing = try await demo.run("get", "deploy", "none", "-n", "web")
    #expect(missing.status == 1)
    #expect(missing.errorText == "Error from server (NotFound): deployments.apps \"none\" not found\n")
    let none = try await demo.run("get", "jobs", "-n", "web")
    #expect(none.status == 0 && none.text == "" && none.errorText == "No resources found in web namespace.\n")
    let version = try await demo.run("version")
    #expect(version.text.contains("\nserver: v1."), "\(version)")
    let doctor = try await demo.run("doctor")
    #expect(doctor.status == 0 && doctor.text.contains("Server:            http://127.0.0.1:\(demo.port)\n"))
    #expect(doctor.text.contains("  pods ") && doctor.text.contains("yes"))
    let logs = try await demo.run("logs", "deploy/hello", "-n", "web", "--tail", "2")
    #expect(logs.status == 0 && !logs.text.isEmpty && logs.errorText.hasPrefix("Found 3 pods, using "), "\(logs)")
  }

  @Test func aChangeIsPrinted() async throws {
    let demo = try Demo("calm")
    // The deletion is sent when the first row was read, and its event is the next row.
    let result = try await Podmedic.bash(
      """
      exec 3< <(exec "$podmedic" get services -n web -w); watch=$!
      read -r -u3 header; read -r -u3 row
      exec 4<>/dev/tcp/127.0.0.1/\(demo.port)
      printf 'DELETE /api/v1/namespaces/web/services/hello HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n' >&4
      read -r -u3 again
      kill -KILL $watch
      echo "$header"; echo "$row"; echo "$again"
      """, kubeconfig: demo.kubeconfig)
    let words = result.text.split(separator: "\n").map { $0.split(separator: " ").first }
    #expect(words == ["NAME", "hello", "hello"], "\(result)")
    withExtendedLifetime(demo) {}
  }

  @Test func aBrokenCluster() async throws {
    let demo = try Demo("shop")
    let check = try await demo.run("check", "-A")
    #expect(check.status == 1 && check.text.hasPrefix("SEVERITY   NAMESPACE ") && check.errorText == "", "\(check)")
    let json = try await demo.run("check", "-A", "-o", "json")
    let report = try json.output.withUnsafeBytes { try JSONValue(parsing: $0) }
    #expect(json.status == 1 && report["kind"] == "CheckReport" && (report["findings"]?.array?.count ?? 0) > 5)
    #expect(try await demo.run("check", "-A", "-o", "markdown").text.hasPrefix("# Check of demo\n"))
    let events = try await demo.run("events", "-A", "--types", "Warning")
    #expect(events.status == 0 && events.text.hasPrefix("NAMESPACE "), "\(events)")
    #expect(events.text.contains("Warning") && !events.text.contains(" Normal "))
    let first = try await Podmedic.bash(
      #"set -o pipefail; "$podmedic" get pods -A | head -1"#, kubeconfig: demo.kubeconfig)
    #expect(first.text.hasPrefix("NAMESPACE ") && first.errorText == "", "\(first)")
    #expect([0, 141].contains(first.status))
    withExtendedLifetime(demo) {}
  }
}
