import Kube

/// How the program of an image behaves once it runs.
struct ProgramBehavior: Sendable {
  /// Memory that the program comes to need; a lower limit ends in the OOM killer.
  var memory = 40 << 20
  /// How long it takes to need that much.
  var timeToMemory = Duration.seconds(25)
  /// CPU that the program uses on average, in thousandths of a core.
  var milliCPU = 15
  /// How long it runs before it exits by itself; nil for ever.
  var runsFor: Duration?
  /// With which code it exits.
  var exitCode = 0
  /// `namespace/name` of a service without which the program exits soon after its start.
  var needsService: String?
  /// How long after its start its readiness probe succeeds; nil never.
  var readyAfter: Duration? = .seconds(4)
  /// What a failing readiness probe says.
  var probeFailure = "HTTP probe failed with statuscode: 503"
  /// Lines at its start.
  var startLog: [String] = ["starting"]
  /// Lines in turn while it runs.
  var steadyLog: [String] = []
  /// Time between two lines.
  var logInterval = Duration.seconds(7)
  /// Lines just before it exits.
  var exitLog: [String] = []
}

/// What the simulated registry holds.
struct ImageRegistry: Sendable {
  /// Behaviour by image, with its tag.
  private var programs: [String: ProgramBehavior] = [:]
  /// Behaviour of tags that have none of their own, by repository.
  private var repositories: [String: ProgramBehavior] = [:]

  /// Adds one image.
  mutating func add(_ image: String, _ behavior: ProgramBehavior) { programs[image] = behavior }

  /// Adds a repository that has every tag.
  mutating func addRepository(_ repository: String, _ behavior: ProgramBehavior = ProgramBehavior()) {
    repositories[repository] = behavior
  }

  /// The behaviour of an image; nil when the registry has no such image.
  func behavior(of image: String) -> ProgramBehavior? {
    programs[image] ?? repositories[Self.repository(of: image)]
  }

  /// What pulling an image that is not there says, in containerd's words.
  static func pullError(_ image: String) -> String {
    let full = canonical(image)
    return "rpc error: code = NotFound desc = failed to pull and unpack image \"\(full)\": failed to resolve reference "
      + "\"\(full)\": \(full): not found"
  }

  /// The image with a digest that is always the same.
  static func digest(_ image: String) -> String {
    let full = canonical(image)
    return full + "@sha256:" + (0..<4).map { Simulation.eventHash([full, String($0)]) }.joined()
  }

  /// The image with registry and tag written out.
  static func canonical(_ image: String) -> String {
    let first = image.split(separator: "/").first.map(String.init) ?? ""
    let hasRegistry = image.contains("/") && (first.contains(".") || first.contains(":") || first == "localhost")
    let base = hasRegistry ? image : image.contains("/") ? "docker.io/\(image)" : "docker.io/library/\(image)"
    return repository(of: base) == base ? base + ":latest" : base
  }

  private static func repository(of image: String) -> String {
    let start = image.lastIndex(of: "/") ?? image.startIndex
    guard let colon = image[start...].lastIndex(of: ":") else { return image }
    return String(image[..<colon])
  }
}
