import DataFiles
import KubeConfig
import Testing

private func loader(_ files: [String: String], _ environment: [String: String] = [:]) -> KubeConfigLoader {
  KubeConfigLoader(
    environment: ["HOME": "/home/me"].merging(environment) { $1 }, fileSystem: MemoryFileSystem(files),
    workingDirectory: "/cwd")
}

@Suite struct KubeConfigLoaderTests {
  @Test(
    arguments: [
      (nil, nil, ["/home/me/.kube/config"]), (nil, "", ["/home/me/.kube/config"]), (nil, "/a:/b", ["/a", "/b"]),
      (nil, "/a::/b:/a:", ["/a", "/b"]), ("x", "/a:/b", ["x"]), ("", "/a", ["/a"]), (nil, ":", []),
    ] as [(String?, String?, [String])]) func whichFiles(flag: String?, variable: String?, expected: [String])
  {
    let environment = variable.map { ["KUBECONFIG": $0] } ?? [:]
    #expect(loader([:], environment).candidates(explicitPath: flag) == expected)
  }

  @Test func withoutHomeThereIsNoStandardFile() {
    #expect(loader([:], ["HOME": ""]).candidates().isEmpty)
  }

  @Test func missingFilesAreSkippedUnlessNamedByTheFlag() throws {
    let config = try loader(["/b": config()], ["KUBECONFIG": "/a:/b:/c"]).load()
    #expect(config.files == ["/b"] && config.missingFiles == ["/a", "/c"] && config.contexts.count == 1)
    #expect(throws: KubeConfigError.self) { try loader([:]).load(explicitPath: "nope") }
    #expect { try loader([:]).load(explicitPath: "nope") } throws: { "\($0)" == "stat nope: no such file or directory" }
  }

  @Test func theFirstFileToDefineANameWinsWhole() throws {
    let first = """
      current-context: ""
      clusters: [{name: c, cluster: {server: 'https://one'}}]
      users: [{name: u, user: {username: me}}]
      """
    let second = """
      current-context: b
      clusters: [{name: c, cluster: {server: 'https://two', tls-server-name: x}}, {name: d, cluster: {server: y.z}}]
      users: [{name: u, user: {token: t}}]
      contexts: [{name: b, context: {cluster: c}}]
      """
    let config = try loader(["/1": first, "/2": second], ["KUBECONFIG": "/1:/2"]).load()
    #expect(config.clusters["c"]?.server == "https://one" && config.clusters["c"]?.tlsServerName == "")
    #expect(config.clusters["d"]?.server == "y.z" && config.users["u"]?.token.isEmpty == true)
    #expect(config.currentContext == "b" && config.files == ["/1", "/2"])
    #expect(config.clusters["c"]?.origin?.description == "/1:2:12" && config.contexts["b"]?.origin?.file == "/2")
  }

  @Test func relativePathsBelongToTheFileThatSaysThem() throws {
    let text = config(
      cluster: "server: x.y, certificate-authority: ../ca.pem",
      user: "client-certificate: c.pem, client-key: /abs/k.pem, tokenFile: t, exec: {command: ./bin/login}")
    let config = try loader(["/cwd/sub/cfg": text]).load(explicitPath: "sub/cfg")
    let user = try #require(config.users["u"])
    #expect(config.clusters["c"]?.certificateAuthority == "/cwd/ca.pem")
    #expect(user.clientCertificate == "/cwd/sub/c.pem" && user.clientKey == "/abs/k.pem")
    #expect(user.tokenFile == "/cwd/sub/t" && user.exec?.command == "/cwd/sub/bin/login")
  }

  @Test func aBarePluginNameIsLeftToPATH() throws {
    let text = config(user: "exec: {command: login}")
    #expect(try loader(["/a": text]).load(explicitPath: "/a").users["u"]?.exec?.command == "login")
  }

  /// What people's files look like: each of these is read.
  @Test(arguments: [
    "", "# only a comment\n", "{}", "null", "apiVersion: v1\nkind: Config\nclusters: null\nusers:\ncontexts: []\n",
    "clusters:\n- name: c\n  cluster: null\nusers:\n- name: u\n  user: ~\n- null\n",
    "unknown: {a: 1}\npreferences: {}\n",
    "current-context: 'a/b@c:d e'\n", "{\"kind\":\"Config\",\"apiVersion\":\"v1\",\"clusters\":[]}",
    "current-context: a\n---\nnot: [read\n", "current-context: no\n",
  ]) func reads(text: String) throws {
    #expect(try loader(["/a": text]).load(explicitPath: "/a").files == ["/a"])
  }

  @Test func byteOrderMarksAndUTF16() throws {
    let text = "\u{FEFF}current-context: café\n"
    var memory = MemoryFileSystem()
    memory.files["/8"] = Array(text.utf8)
    memory.files["/16"] = text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    memory.files["/16be"] = text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
    let loader = KubeConfigLoader(environment: [:], fileSystem: memory, workingDirectory: "/")
    for path in ["/8", "/16", "/16be"] { #expect(try loader.load(explicitPath: path).currentContext == "café") }
  }

  @Test func anchorsAreRead() throws {
    let text = """
      base: &b {server: 'https://h', disable-compression: true}
      clusters: [{name: c, cluster: *b}, {name: d, cluster: {<<: *b, tls-server-name: t}}]
      """
    let clusters = try loader(["/a": text]).load(explicitPath: "/a").clusters
    #expect(clusters["c"]?.server == "https://h" && clusters["d"]?.disableCompression == true)
    #expect(clusters["d"]?.tlsServerName == "t")
  }

  @Test(arguments: [
    ("users: [{name: u, user: {token: 12345}}]", "/a:1:33: token must be text, not a number; put it in quotes"),
    ("contexts: [{name: 2024}]", "/a:1:19: name must be text, not \"2024\"; put it in quotes"),
    ("current-context: true", "/a:1:18: current-context must be text, not \"true\"; put it in quotes"),
    ("clusters: [{cluster: {server: [x]}}]", "/a:1:31: server must be text, not a list"),
    ("clusters: {c: {}}", "/a:1:11: expected a list, found a mapping"),
    ("clusters: [{name: c}, {name: c}]", "/a:1:23: duplicate name \"c\" in list of clusters"),
    (
      "users: [{name: u, user: {client-key-data: '!!'}}]",
      "/a:1:43: client-key-data: illegal base64 data at input byte 0"
    ),
    ("kind: Pod\napiVersion: v1", "/a:1:1: no kind \"Pod\" is registered for version \"v1\": this is not a kubeconfig"),
    (
      "kind: Config\napiVersion: v2",
      "/a:1:1: no kind \"Config\" is registered for version \"v2\": this is not a kubeconfig"
    ),
    ("hello", "/a:1:1: expected a mapping, found \"hello\""),
    ("users:\n\t- x", "/a:2:1: a tab indents this line; YAML is indented with spaces only"),
    ("users: []\nusers: []", "/a:2:1: the key \"users\" is already on line 1"),
    (
      "clusters: [{cluster: {insecure-skip-tls-verify: 'true'}}]",
      "/a:1:49: expected true or false, found \"true\""
    ),
    (
      "users: [{user: {exec: {env: [{name: A, value: 1}]}}}]",
      "/a:1:47: value must be text, not a number; put it in quotes"
    ),
  ]) func refuses(text: String, problem: String) {
    #expect { try loader(["/a": text]).load(explicitPath: "/a") } throws: {
      "\($0)" == "error loading config file \"/a\": \(problem)"
    }
  }

  @Test func allFailuresOfAllFilesAreTold() {
    var memory = MemoryFileSystem(["/a": "hello", "/b": "users: 3\ncontexts: 4", "/c": ""])
    memory.denied = ["/c"]
    let loader = KubeConfigLoader(
      environment: ["KUBECONFIG": "/a:/b:/c"], fileSystem: memory, workingDirectory: "/")
    #expect { try loader.load() } throws: { error in
      guard let error = error as? KubeConfigError else { return false }
      return error.kind == .unreadable && error.problems.count == 4 && error.hint != nil
        && error.problems[3] == "error loading config file \"/c\": open /c: permission denied"
    }
  }

  @Test(arguments: [
    ("yes", true), ("on", true), ("no", false), ("True", true), ("false", false),
  ]) func truthValuesOfYAML11AreKnownWhereATruthValueBelongs(word: String, expected: Bool) throws {
    let text = config(cluster: "server: x, insecure-skip-tls-verify: \(word)")
    #expect(try loader(["/a": text]).load(explicitPath: "/a").clusters["c"]?.insecureSkipTLSVerify == expected)
  }

  @Test func contextsAreListedWithWhatIsMissing() throws {
    let text = """
      current-context: b
      clusters: [{name: c, cluster: {server: 'https://u:p@[::1]:6443/k8s/'}}]
      users: [{name: u}]
      contexts:
      - {name: b, context: {cluster: c, user: u, namespace: n}}
      - {name: 'a/x@y:z w', context: {cluster: gone, user: u}}
      - {name: c, context: {cluster: c, user: gone}}
      """
    let list = try loader(["/a": text]).load(explicitPath: "/a").contextList
    #expect(list.map(\.name) == ["a/x@y:z w", "b", "c"] && list.map(\.isCurrent) == [false, true, false])
    #expect(list[1].server == "https://[::1]:6443/k8s" && list[1].problem == nil && list[1].file == "/a")
    #expect(list[0].problem == "cluster \"gone\" was not found for context \"a/x@y:z w\"" && list[0].server == nil)
    #expect(list[2].problem == "user \"gone\" was not found for context \"c\"")
  }

  @Test func mutatedFilesNeverTrap() {
    let seed = Array(
      config(
        cluster: "server: 'https://h:1/p', certificate-authority-data: \(certificateData), proxy-url: 'http://p'",
        user: "token: abc, exec: {command: x, apiVersion: client.authentication.k8s.io/v1, env: [{name: a, value: b}]}"
      ).utf8)
    var state: UInt64 = 11
    func below(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
    let alphabet: [UInt8] = Array(" \n\t{}[]:,'\"&*|>-0a@/%".utf8) + [0, 0xFF]
    var resolved = 0
    for _ in 0..<2_000 {
      var bytes = seed
      for _ in 0...below(4) { bytes[below(bytes.count)] = alphabet[below(alphabet.count)] }
      var memory = MemoryFileSystem()
      memory.files["/a"] = bytes
      var overrides = ConnectionOverrides()
      overrides.kubeconfig = "/a"
      let resolver = ConnectionResolver(environment: [:], fileSystem: memory, workingDirectory: "/")
      do {
        _ = try resolver.connection(overrides)
        resolved += 1
      } catch {
        #expect(!error.problems.isEmpty)
      }
    }
    #expect(resolved > 20)
  }
}
