/// Commands of k9s that podmedic has no screen for: people type them, and should hear where to find what they want.
enum ForeignWord {
  private static let words: [(words: Set<String>, instead: String)] = [
    (["workloads", "workload", "wk"], ":deploy, :sts, :ds and :jobs show them by kind"),
    (["portforward", "portforwards", "pf"], "kubectl port-forward does that"),
    (["screendump", "screendumps", "sd"], "what ctrl-s saves lies in the folder that podmedic was started in"),
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
