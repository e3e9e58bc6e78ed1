/// Commands of k9s that podmedic has no screen for: people type them, and should hear where to find what they want.
enum ForeignWord {
  private static let words: [(words: Set<String>, instead: String)] = [
    (
      ["portforward", "portforwards", "pf"],
      "it keeps no port-forwards; shift-f on a pod or service copies the kubectl port-forward that makes one"
    ),
    (
      ["screendump", "screendumps", "sd"],
      "ctrl-s saves tables, texts and logs as podmedic-NAME files in the folder that it was started in"
    ),
    (["usr", "users", "grp", "groups"], ":can shows what you may do; :can u:NAME, g:NAME or s:NAMESPACE:NAME others"),
    (["dir", "d", "ls"], "kubectl apply -f does that"),
    (["helm", "hm", "charts", "chart"], "helm list does that"),
    (["bench", "be", "benchmarks"], "a load generator such as hey does that"),
  ]

  /// What to do instead; nil for words that k9s does not know either.
  static func instead(of word: String) -> String? {
    let word = word.lowercased()
    return words.first { $0.words.contains(word) }?.instead
  }
}
