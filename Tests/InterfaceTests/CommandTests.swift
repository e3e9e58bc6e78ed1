import Kube
import Testing

@testable import Interface

@Suite struct CommandTests {
  private func open(
    _ word: String, namespace: String? = nil, filter: String? = nil, labels: String? = nil, context: String? = nil
  ) -> Command {
    var command = OpenCommand(word: word)
    command.namespace = namespace
    command.filter = filter
    command.labels = labels
    command.context = context
    return .open(command)
  }

  @Test func grammarOfK9s() {
    let table: [(String, Command)] = [
      ("", .nothing), ("   ", .nothing),
      ("po", open("po")),
      ("pod kube-system", open("pod", namespace: "kube-system")),
      ("deploy all", open("deploy", namespace: "all")),
      ("po -A", open("po", namespace: "all")),
      ("po -n shop", open("po", namespace: "shop")),
      ("pod /web", open("pod", filter: "web")),
      ("pod /crash loop", open("pod", filter: "crash loop")),
      ("pod -f wb", open("pod", filter: "-f wb")),
      ("pod app=Web,tier!=db", open("pod", labels: "app=Web,tier!=db")),
      ("pod 'app in (web,db)' shop", open("pod", namespace: "shop", labels: "app in (web,db)")),
      ("pod @prod shop /x", open("pod", namespace: "shop", filter: "x", context: "prod")),
      ("ctx", .context(nil)), ("ctx kind-dev", .context("kind-dev")),
      ("ns", open("ns")), ("ns shop", .namespace("shop")), ("ns /sh", open("ns", filter: "sh")),
      ("q", .quit), ("q!", .quit), ("qa", .quit), ("QUIT", .quit),
      ("?", .help), ("h", .help), ("help", .help),
      ("a", .aliases),
    ]
    for (text, wanted) in table { #expect(Command(parsing: text) == wanted, "\(text)") }
  }

  @Test func filters() throws {
    let cells = "shop web-7c9f crashloopbackoff oomkilled (137) limit 256mi"
    let table: [(String, Bool)] = [
      ("web", true), ("WEB", true), ("db", false), ("!db", true), ("!web", false),
      ("crash.*137", true), ("^shop", true), ("^web", false), ("web|db", true),
      ("-f sw7", true), ("-f 7ws", false), ("-l app=web", true), ("-l app=db", false), ("!-l app=db", true),
      ("oomkilled (137)", false),  // parentheses are a group of a pattern, as in k9s
      ("oomkilled \\(137\\)", true), ("limit 256mi", true),
      ("256mi", true), ("256mib", false), ("sshop", false), ("llimit", false), ("é", false), ("!é", true),
    ]
    for (text, wanted) in table {
      let filter = try #require(try RowFilter(parsing: text), "\(text)")
      #expect(filter.matches(cells: cells, labels: ["app": "web"]) == wanted, "\(text)")
    }
    #expect(try RowFilter(parsing: "") == nil)
    #expect(try RowFilter(parsing: "!") == nil)
    for broken in ["[", "a(", "-l a in", "*"] {
      #expect(throws: FilterProblem.self, "\(broken)") { try RowFilter(parsing: broken) }
    }
  }

  @Test func wordsOfK9sThatHaveNoScreenAreExplained() {
    for word in ["xray", "PU", "wk", "pf", "sd", "can", "dir", "hm", "be"] {
      #expect(ForeignWord.instead(of: word) != nil, "\(word)")
    }
    #expect(ForeignWord.instead(of: "podz") == nil)
  }
}
