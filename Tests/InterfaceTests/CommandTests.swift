import DataFiles
import Kube
import Terminal
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
      ("pod /a=b", open("pod", filter: "a=b")), ("pod app=web /x", open("pod", filter: "x", labels: "app=web")),
      ("pod /crash loop app=web @prod", open("pod", filter: "crash loop", labels: "app=web", context: "prod")),
      ("pod -f wb", open("pod", filter: "-f wb")),
      ("pod app=Web,tier!=db", open("pod", labels: "app=Web,tier!=db")),
      ("pod 'app in (web,db)' shop", open("pod", namespace: "shop", labels: "app in (web,db)")),
      ("pod @prod shop /x", open("pod", namespace: "shop", filter: "x", context: "prod")),
      ("ctx", .context(nil)), ("ctx kind-dev", .context("kind-dev")),
      ("ns", open("ns")), ("ns shop", .namespace("shop")), ("ns /sh", open("ns", filter: "sh")),
      ("q", .quit), ("q!", .quit), ("qa", .quit), ("QUIT", .quit),
      ("?", .help), ("h", .help), ("help", .help),
      ("a", .aliases),
      ("xray deploy", .xray(kind: "deploy", namespace: nil)), ("xr sts shop", .xray(kind: "sts", namespace: "shop")),
      ("x", .xray(kind: "", namespace: nil)), ("can", .can(nil)), ("can s:shop:web", .can("s:shop:web")),
    ]
    for (text, wanted) in table { #expect(Command(parsing: text) == wanted, "\(text)") }
  }

  @Test func filters() throws {
    let cells = "shop web-7c9f crashloopbackoff oomkilled (137) limit 256mi"
    let table: [(String, Bool)] = [
      ("web", true), ("WEB", true), ("db", false), ("!db", true), ("!web", false),
      ("crash.*137", true), ("^shop", true), ("^web", false), ("web|db", true),
      ("-f w7", true), ("-f 7w", false), ("-l app=web", true), ("-l app=db", false), ("!-l app=db", true),
      ("-l app=web /oom", true), ("-l app=web /db", false), ("-l app=db /oom", false), ("-l app=web /!db", true),
      ("!-l app=db /^shop", true), ("-l  app in (web, db)  / web", true), ("-l app=web /", true),
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
    #expect(try RowFilter(parsing: "-l app=web /oom")?.labelQuery == "app=web")
    #expect(try RowFilter(parsing: "-l app=web /oom")?.highlighted == "oom")
    for broken in ["[", "a(", "-l a in", "*", "-l app=web /(", "-l a in /x"] {
      #expect(throws: FilterProblem.self, "\(broken)") { try RowFilter(parsing: broken) }
    }
  }

  @Test func lettersInOrderAreLookedForInNames() throws {
    let filter = try #require(try RowFilter(parsing: "-f chk"))
    #expect(filter.matches(cells: "crashloopbackoff", name: "shop/checkout", labels: [:]))
    #expect(!filter.matches(cells: "crashloopbackoff", name: "shop/orders", labels: [:]))
    #expect(filter.matches(cells: "crashloopbackoff", labels: [:]))
    #expect(!filter.matches(cells: "cache of keys", labels: [:]), "within one word")
    #expect(try #require(try RowFilter(parsing: "-f chk ord")).matches(cells: "checkout ordered", labels: [:]))
  }

  @Test func wordsOfK9sThatHaveNoScreenAreExplained() {
    for word in ["pf", "sd", "dir", "hm", "be"] {
      #expect(ForeignWord.instead(of: word) != nil, "\(word)")
    }
    #expect(ForeignWord.instead(of: "podz") == nil)
  }
}

@Suite struct HotkeyTests {
  private func file(_ entries: String) -> HotkeyFile { HotkeyFile(Array("hotKeys:\n\(entries)".utf8), file: "h") }

  @Test func readsWhatK9sWrites() {
    let file = file(
      """
        shift-1: {shortCut: Shift-1, description: Pods that crash, command: "pods all /Crash"}
        two: {shortCut: Ctrl-U, command: ":deploy $NAMESPACE", keepHistory: true}
        three: {shortCut: l, command: events, override: true}
        four: {shortCut: F5, command: "xray deploy"}
      """)
    #expect(file.problems.map(\.description) == [])
    #expect(
      file.hotkeys == [
        Hotkey(key: Key("!"), description: "Pods that crash", command: "pods all /Crash", keepsHistory: false),
        Hotkey(key: .control("u"), description: ":deploy $NAMESPACE", command: "deploy $NAMESPACE", keepsHistory: true),
        Hotkey(key: Key("l"), description: ":events", command: "events", keepsHistory: false),
        Hotkey(key: Key(.function(5)), description: ":xray deploy", command: "xray deploy", keepsHistory: false),
      ])
  }

  @Test(arguments: [
    ("{shortCut: l, command: po}", "h:2:17: l is taken by \"logs\" (logged); \"override: true\" takes it away"),
    ("{shortCut: q, command: po, override: true}", "h:2:17: q cannot mean anything else"),
    ("{shortCut: Ctrl-M, command: po, override: true}", "h:2:17: enter cannot mean anything else"),
    ("{shortCut: Hyper-1, command: po}", "h:2:17: \"Hyper-1\" is no key such as Shift-1, Ctrl-U, Alt-P or F5"),
    ("{shortCut: F5}", "h:2:6: the key \"command\" is missing"),
    ("{shortCut: F5, command: ': '}", "h:2:30: the command is empty"),
    (
      "{shortCut: F5, command: po $COL-}", "h:2:30: there is no variable \"$COL-\""
    ),
    (
      "{shortCut: F5, command: po $NAMESPCE}", "h:2:30: there is no variable \"$NAMESPCE\"; did you mean \"NAMESPACE\"?"
    ),
    ("[1]", "h:2:6: expected a mapping, found a list"),
  ])
  func whatIsWrongIsTold(entry: String, problem: String) {
    let file = file("  a: \(entry)\n")
    #expect(file.hotkeys.isEmpty)
    #expect(file.problems.map(\.description) == [problem])
  }

  @Test func brokenFilesAreTold() {
    #expect(HotkeyFile([], file: "h").problems.isEmpty)
    #expect(HotkeyFile(Array("hotKey: {}".utf8), file: "h").problems.count == 1)
    #expect(HotkeyFile(Array("hotKeys: [".utf8), file: "h").problems.count == 1)
    #expect(
      HotkeyFile(Array("hotKeys: {a: {shortCut: F5, command: a}, b: {shortCut: f5, command: b}}".utf8), file: "h")
        .problems.map(\.message) == ["f5 is a hotkey already"])
  }

  @Test func runWhatTheyStandFor() throws {
    let world = World()
    try world.load("shop.yaml")
    world.interface.hotkeys = [
      Hotkey(
        key: Key(.function(5)), description: "pods of its namespace", command: "pods $NAMESPACE", keepsHistory: true),
      Hotkey(key: Key(.function(6)), description: "x", command: "pods /$CONTAINER", keepsHistory: false),
    ]
    #expect(Hotkey.variables(in: "a $COL-LAST-SEEN $NAME-x$COL") == ["COL-LAST-SEEN", "NAME", "COL"])
    world.interface.hotkeys += [
      Hotkey(key: Key(.function(8)), description: "its node", command: "nodes /$COL-NODE", keepsHistory: true),
      Hotkey(key: Key(.function(9)), description: "none", command: "nodes /$COL-NOSUCH", keepsHistory: true),
    ]
    world.open("pods /web-5d8f-bbbbb")
    try world.press("<f9>")
    #expect(world.terminal.grid.text.contains("f9 needs $COL-NOSUCH, and there is none here"))
    try world.press("<f8>")
    #expect(world.terminal.grid.text.contains("nodes  1 of 3  /node-c"))
    world.open("deploy")
    try world.press("<f6>")
    #expect(world.terminal.grid.text.contains("f6 needs $CONTAINER, and there is none here"))
    try world.press("<f5>")
    #expect(world.terminal.grid.text.contains("deployments  ›  pods"))
    #expect(world.interface.namespace == "shop")
    try world.press("?")
    #expect(world.terminal.grid.text.contains("pods of its namespace"))
  }
}

@Suite struct AliasTests {
  @Test func readsWhatK9sWrites() {
    let file = AliasFile(
      Array(
        """
        aliases:
          dp: apps/v1/deployments
          pp: v1/pods
          bad: pods shop /crash
          Q: pods
          "two words": pods
          list: [a]
        """.utf8), file: "aliases.yaml")
    #expect(file.aliases == ["dp": "deployments.v1.apps", "pp": "pods", "bad": "pods shop /crash"])
    #expect(
      file.problems.map(\.description) == [
        "aliases.yaml:5:3: \"Q\" cannot mean anything else",
        "aliases.yaml:6:3: \"two words\" is no word that can be typed",
        "aliases.yaml:7:9: expected text, found a list",
      ])
  }

  @Test func brokenFilesAreTold() {
    #expect(AliasFile([], file: "a").problems.isEmpty)
    #expect(AliasFile(Array("alias: {}".utf8), file: "a").problems.count == 1)
    #expect(AliasFile(Array("aliases: [".utf8), file: "a").problems.count == 1)
    #expect(AliasFile([0xff, 0xfe, 0], file: "a").problems.count == 1)
  }

  @Test func openWhatTheyStandFor() throws {
    let world = World()
    try world.load("shop.yaml")
    world.interface.aliases = ["bad": "pods /check", "dp": "deployments.v1.apps", "loop": "loop"]
    world.open("triage")
    try world.press(":bad shop<enter>")
    #expect(world.interface.page?.table?.source.title == "pods")
    #expect(world.interface.page?.table?.filter?.text == "check shop")
    try world.press(":dp shop<enter>")
    #expect(world.interface.page?.table?.source.title == "deployments")
    #expect(world.interface.namespace == "shop")
    try world.press(":loop<enter>")
    #expect(world.interface.page?.table?.source.title == "deployments")
  }

  @Test func aSelectorAndAFilterNarrowTogether() throws {
    let world = World()
    try world.load("shop.yaml")
    world.open("triage")
    for command in [":po app=checkout /zzz<enter>", ":po /zzz app=checkout<enter>"] {
      try world.press(command)
      let filter = world.interface.page?.table?.filter
      #expect(filter?.text == "-l app=checkout /zzz", "\(command)")
      #expect(world.interface.page?.table?.rows.isEmpty == true)
    }
    try world.press(":po /check app=checkout<enter>")
    #expect(world.interface.page?.table?.rows.isEmpty == false)
  }

  @Test(arguments: ["cordon node-c1", "foo bar", "foo -n bar", "foo all"])
  func anUnknownKindChangesNothing(_ command: String) throws {
    let world = try World("shop.yaml", size: Size(columns: 120, rows: 30), open: "pods shop")
    let favourites = world.interface.favourites
    try world.press(":\(command)<enter>")
    #expect(world.terminal.grid.text.contains("the server doesn't have a resource type"))
    #expect(world.interface.namespace == "shop" && world.interface.favourites == favourites)
  }
}
