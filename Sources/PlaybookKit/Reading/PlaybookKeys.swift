/// The keys of playbook files. `Playbooks/schema.json` says the same to editors; a test compares the two.
enum PlaybookKeys {
  static let playbook = ["apiVersion", "kind", "name", "title", "about", "for", "see", "steps", "tests"]
  static let requiredOfPlaybook = ["apiVersion", "kind", "name", "title", "about", "for", "steps"]

  static let scope = ["kinds", "findings", "when"]

  static let actions = ["check", "read", "run", "manual", "remedy"]
  static let step =
    ["id", "title", "why", "look", "kinds", "since", "when", "else", "stands"] + actions + [
      "cause", "then", "commands", "see",
    ]
  static let requiredOfStep = ["id", "title"]

  static let test = ["problem", "warning", "ok", "otherwise", "say"]
  static let check = ["use", "as", "say"]
  static let matching = ["match", "known", "otherwise"]
  static let read = ["from", "previous", "tail", "path", "port", "repeat"] + matching
  static let run = ["command"] + matching
  static let match = ["pattern", "verdict", "say", "cause", "then"]
  static let requiredOfMatch = ["pattern", "verdict"]
  static let manual = ["ask", "yes", "no"]
  static let remedy = ["use", "on", "with", "verify"]
  static let reference = ["playbook", "term", "url", "title"]

  static let scenario = [
    "name", "now", "version", "objects", "object", "container", "forbidden", "not-served", "usage", "readings",
    "answers",
    "expect",
  ]
  static let requiredOfScenario = ["name", "expect"]
  static let expectation = ["path", "verdicts", "cause", "offers"]
}
