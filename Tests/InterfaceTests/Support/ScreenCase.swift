import ClusterState
import DataFiles
import Glibc
import Kube
import Terminal

@testable import Interface

/// One folder of `Tests/Cases/<area>/<case>`.
///
/// - `scenario` (YAML): `objects`, files beside the areas with the cluster's objects; `open`, the first screen; and what
///   else is special: `namespace`, `ascii`, `rules` (the answer to `:can`), `logs` (`pod/container: [line]`),
///   `freshness` (`kind: forbidden TEXT`, and so on), `trouble`, `context`.
/// - `size`: `80x24`.
/// - `keys`: what is pressed, a line after the other, in the notation of `Key.keys`; lines that begin with `!` are things
///   that happen (see `World.happen`), those with `#` remarks. May be missing.
/// - `screen`: what must be on the screen then.
/// - `style`: the map of roles that the screen must have; only where the colours are the point.
struct ScreenCase: CustomStringConvertible, Sendable {
  let area: String
  let name: String
  let folder: String

  var description: String { "\(area)/\(name)" }

  static let root = String(#filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()) + "/Cases"

  /// All cases, by area and name.
  static let all: [ScreenCase] = {
    let files = DiskFileSystem()
    func folders(_ path: String) -> [String] {
      ((try? files.entries(of: path)) ?? []).filter(\.isDirectory).map(\.name).sorted()
    }
    return folders(root).flatMap { area in
      folders("\(root)/\(area)").map { ScreenCase(area: area, name: $0, folder: "\(root)/\(area)/\($0)") }
    }
  }()

  /// A file of the case; nil when it is not there.
  func text(_ file: String) -> String? {
    (try? DiskFileSystem().read("\(folder)/\(file)")).map { String(decoding: $0, as: UTF8.self) }
  }

  func write(_ file: String, _ text: String) throws {
    guard let out = fopen("\(folder)/\(file)", "w") else { throw CaseProblem("\(folder)/\(file) cannot be written") }
    defer { fclose(out) }
    guard fputs(text, out) >= 0 else { throw CaseProblem("\(folder)/\(file) cannot be written") }
  }

  /// The world of the case after everything has happened.
  func played() throws -> World {
    let scenario = try YAMLFile.onlyDocument(Array((text("scenario") ?? "").utf8), file: "\(self)/scenario")
    let parts = (text("size") ?? "").split(whereSeparator: { $0 == "x" || $0 == "\n" }).compactMap { Int($0) }
    guard let scenario, parts.count == 2 else { throw CaseProblem("\(self): scenario and size must be there") }
    let world = World(
      size: Size(columns: parts[0], rows: parts[1]), namespace: scenario["namespace"]?.text,
      ascii: scenario["ascii"]?.bool ?? false)
    for file in scenario["objects"]?.elements ?? [] { try world.load(file.text ?? "") }
    for entry in scenario["logs"]?.entries ?? [] {
      world.logs[entry.key] = entry.value.elements?.compactMap(\.text) ?? []
    }
    for entry in scenario["failures"]?.entries ?? [] { world.failures[entry.key] = entry.value.text }
    for entry in scenario["freshness"]?.entries ?? [] { try world.setFreshness(entry.key, entry.value.text ?? "") }
    world.deniedCalls = Set(scenario["denied"]?.elements?.compactMap(\.text) ?? [])
    world.rules = scenario["rules"].map { JSONValue($0) }
    if let trouble = scenario["trouble"]?.text { world.interface.session.trouble = trouble }
    world.interface.session.troubleHint = scenario["troubleHint"]?.text
    if let context = scenario["context"]?.text { world.interface.session.context = context }
    world.interface.session.isInsecure = scenario["insecure"]?.bool ?? false
    if scenario["readOnly"]?.bool ?? false {
      world.interface.session.writeRefusal = "podmedic was started with --read-only"
    }
    world.open(scenario["open"]?.text ?? "triage")
    for line in (text("keys") ?? "").split(separator: "\n") where !line.hasPrefix("#") {
      if line.hasPrefix("!") { try world.happen(String(line.dropFirst())) } else { try world.press(String(line)) }
    }
    return world
  }
}

extension World {
  /// Adds the objects of a file of `Tests/Cases`.
  func load(_ file: String) throws {
    let bytes = try DiskFileSystem().read("\(ScreenCase.root)/\(file)")
    for document in try YAMLFile.documents(bytes, file: file) where !document.isNull {
      try apply(JSONValue(document))
    }
  }

  /// Says how fresh a kind is: `live`, `unread`, `loading 500 1200`, `stale 12 REASON` (seconds), `forbidden TEXT`,
  /// `notServed`, `failed REASON`. `all` means every kind.
  func setFreshness(_ kind: String, _ text: String) throws {
    let words = text.split(separator: " ", maxSplits: 1).map(String.init)
    let rest = words.count > 1 ? words[1] : ""
    let freshness: Freshness
    switch words.first {
    case "live": freshness = .live
    case "unread": freshness = .unread
    case "loading":
      let counts = rest.split(separator: " ").compactMap { Int($0) }
      freshness = .loading(received: counts.first ?? 0, remaining: counts.dropFirst().first)
    case "stale":
      let parts = rest.split(separator: " ", maxSplits: 1)
      freshness = .stale(
        since: clock.now.advanced(by: .seconds(-(Int64(parts.first ?? "") ?? 0))),
        reason: parts.count > 1 ? String(parts[1]) : "")
    case "forbidden": freshness = .forbidden(rest)
    case "notServed": freshness = .notServed
    case "failed": freshness = .failed(rest)
    default: throw CaseProblem("no such freshness: \(text)")
    }
    isDirty = true
    for store in kind == "all" ? state.allStores : [try store(kind)] { store.freshness = freshness }
  }

  /// Something that happens while the dashboard runs: `apply FILE`, `delete KIND NS/NAME`, `resize 40x12`,
  /// `click ROW COLUMN`, `wheel 3`, `wait SECONDS`, `freshness KIND …`, `trouble TEXT`, `paste TEXT`.
  func happen(_ line: String) throws {
    let words = line.split(separator: " ", maxSplits: 1).map(String.init)
    let rest = words.count > 1 ? words[1] : ""
    let numbers = rest.split(whereSeparator: { $0 == " " || $0 == "x" }).compactMap { Int($0) }
    switch words.first {
    case "apply": try load(rest)
    case "delete":
      let parts = rest.split(whereSeparator: { $0 == " " || $0 == "/" }).map(String.init)
      guard parts.count == 3 else { throw CaseProblem("delete KIND NS/NAME, not \(line)") }
      try delete(parts[0], namespace: parts[1], name: parts[2])
    case "resize" where numbers.count == 2: return take(.resize(Size(columns: numbers[0], rows: numbers[1])))
    case "click" where numbers.count == 2:
      return take(.mouse(Mouse(.press, .left, at: Position(row: numbers[0], column: numbers[1]))))
    case "wheel":
      return take(.mouse(Mouse(rest.hasPrefix("-") ? .wheelUp : .wheelDown, at: Position(row: 5, column: 5))))
    case "wait" where numbers.count == 1:
      for _ in 0..<numbers[0] {
        clock.now = clock.now.advanced(by: .seconds(1))
        try endPods()
        look()
      }
      isDirty = true
    case "freshness":
      let parts = rest.split(separator: " ", maxSplits: 1).map(String.init)
      guard parts.count == 2 else { throw CaseProblem("freshness KIND WORD, not \(line)") }
      try setFreshness(parts[0], parts[1])
    case "trouble": interface.session.trouble = rest.isEmpty ? nil : rest
    case "paste": return take(.paste(rest))
    default: throw CaseProblem("no such event: \(line)")
    }
    draw()
  }
}
