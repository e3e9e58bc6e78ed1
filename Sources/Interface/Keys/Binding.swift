import Terminal

/// What a key does in one context.
public struct Binding: Sendable {
  /// Keys that do it, the one to show first.
  public let keys: [Key]
  /// What is done.
  public let action: Action
  /// Where it is offered.
  public let context: KeyContext
  /// One or two words for the footer.
  public let label: String
  /// A sentence for help.
  public let help: String
  /// Where help lists it.
  public let group: KeyGroup
  /// How early it stands in the footer; 0 keeps it out.
  public let weight: Int

  init(
    _ keys: String, _ action: Action, _ context: KeyContext, _ group: KeyGroup, _ label: String, _ help: String,
    weight: Int = 0
  ) {
    self.keys = keys.split(separator: " ").compactMap { Key(notation: String($0)) }
    self.action = action
    self.context = context
    self.label = label
    self.help = help
    self.group = group
    self.weight = weight
  }

  /// Every binding; k9s' keys where k9s has one. Earlier contexts in a view's list win over later ones.
  public static let all: [Binding] = [
    Binding("down j", .down, .global, .go, "down", "Down one row"),
    Binding("up k", .up, .global, .go, "up", "Up one row"),
    Binding("pgdn ctrl-f", .pageDown, .global, .go, "page down", "Down one page"),
    Binding("pgup ctrl-b", .pageUp, .global, .go, "page up", "Up one page"),
    Binding("g home", .top, .global, .go, "top", "To the first row"),
    Binding("G end", .bottom, .global, .go, "bottom", "To the last row"),
    Binding("enter", .enter, .table, .go, "open", "Open what belongs to the row: pods, containers, logs", weight: 90),
    Binding(
      "esc backspace", .back, .global, .go, "back", "Clear the filter or search, or go back to where you came from",
      weight: 40),
    Binding("q", .back, .global, .go, "back", "Go back; on the first screen, quit"),
    Binding("[", .historyBack, .table, .go, "earlier", "The screen before this one in the history"),
    Binding("]", .historyForward, .table, .go, "later", "The screen after this one in the history"),
    Binding("-", .lastView, .table, .go, "last", "The last screen, back and forth"),
    Binding(":", .command, .global, .go, "go to", "Go to any kind: :po, :deploy, :no, :ns NAME, :ctx NAME", weight: 80),
    Binding("ctrl-p", .palette, .global, .program, "palette", "Find any action or screen by name"),
    Binding("?", .help, .global, .program, "all keys", "All keys, searchable", weight: 100),
    Binding("ctrl-c", .quit, .global, .program, "quit", "Quit"),
    Binding("f10", .suspend, .global, .program, "suspend", "Stop podmedic; fg brings it back"),
    // k9s' key for trouble wins where there are rows without trouble to hide; elsewhere it does what it does everywhere.
    Binding("ctrl-z", .faults, .object, .find, "only trouble", "Only rows with trouble, or all again", weight: 30),
    Binding("ctrl-z", .suspend, .triage, .program, "suspend", "Stop podmedic; fg brings it back"),
    Binding("ctrl-z", .suspend, .global, .program, "suspend", "Stop podmedic; fg brings it back"),
    Binding("ctrl-a", .aliases, .global, .go, "kinds", "Every kind that can be opened, with its short names"),
    Binding("ctrl-e", .toggleHeader, .global, .program, "header", "Hide the header, or show it again"),
    Binding("ctrl-g", .toggleCrumbs, .global, .program, "title line", "Hide the title line, or show it again"),
    Binding(
      "/", .filter, .table, .find, "filter", "Filter: text or regex, !not, -l label=value, -f fuzzy", weight: 70),
    Binding("/", .filter, .text, .find, "search", "Search the text", weight: 70),
    Binding("/", .filter, .logs, .find, "filter", "Only lines with a text or regex, !not, -f fuzzy", weight: 70),
    Binding("ctrl-w", .wide, .table, .find, "wide", "More columns, or fewer again"),
    Binding("ctrl-r", .refresh, .global, .program, "retry", "Ask the server again at once"),
    Binding("O", .sortByColumn, .table, .find, "sort", "Sort by the chosen column; again: the other way"),
    Binding("shift-right", .nextSortColumn, .table, .find, "next column", "Choose the next column to sort by"),
    Binding(
      "shift-left", .previousSortColumn, .table, .find, "previous column", "Choose the previous column to sort by"),
    Binding("N", .sortByName, .table, .find, "by name", "Sort by name"),
    Binding("A", .sortByAge, .table, .find, "by age", "Sort by age"),
    Binding("S", .sortByStatus, .table, .find, "by status", "Sort by status"),
    Binding("P", .sortByNamespace, .table, .find, "by namespace", "Sort by namespace"),
    Binding("C", .sortByCPU, .pods, .find, "by cpu", "Sort by CPU, most first"),
    Binding("M", .sortByMemory, .pods, .find, "by memory", "Sort by memory, most first"),
    Binding("T", .sortByRestarts, .pods, .find, "by restarts", "Sort by restarts, most first"),
    Binding("R", .sortByReady, .pods, .find, "by ready", "Sort by ready containers"),
    Binding("right", .right, .table, .go, "right", "Scroll to columns that had no room"),
    Binding("left", .left, .table, .go, "left", "Scroll columns back"),
    Binding("0", .allNamespaces, .table, .go, "all ns", "All namespaces", weight: 20),
    Binding(
      "1 2 3 4 5 6 7 8 9", .namespaceFavourite, .table, .go, "ns 1-9", "The namespace with that number in the header"),
    Binding("w", .warpToNamespace, .object, .go, "its namespace", "Only the namespace of the row"),
    Binding("u", .useNamespace, .namespaces, .go, "use", "Make it the namespace of all screens", weight: 60),
    Binding("z", .replicaSets, .deployments, .look, "replicasets", "The replica sets of the deployment"),
    Binding("space", .mark, .table, .mark, "mark", "Mark the row, or take the mark away"),
    Binding("space", .foldRow, .tree, .look, "fold", "Hide what hangs below the row, or show it again", weight: 66),
    Binding("x", .foldAll, .tree, .look, "fold all", "Only the roots of the trees, or everything again", weight: 52),
    Binding("ctrl-space", .markRange, .table, .mark, "mark range", "Mark all rows from the last mark to here"),
    Binding("ctrl-\\", .clearMarks, .table, .mark, "clear marks", "Take all marks away"),
    Binding("ctrl-s", .saveTable, .table, .mark, "save", "Save the table to a file, as CSV"),
    Binding("c", .copyName, .table, .mark, "copy", "Copy the name, or the names of all marked rows"),
    Binding("n", .copyNamespace, .object, .mark, "copy ns", "Copy the namespace"),
    Binding("K", .kubectl, .global, .mark, "kubectl", "Show and copy the kubectl command for this screen", weight: 25),
    Binding("d", .details, .object, .look, "describe", "Everything about the object, with its events", weight: 65),
    Binding("y", .yaml, .object, .look, "yaml", "The object as YAML", weight: 55),
    Binding("x", .decode, .secrets, .look, "decode", "The secret with its values in clear text", weight: 50),
    Binding(
      "u", .usedBy, .used, .look, "used by", "Who names it: volumes, env, image pulls, tls, bindings", weight: 58),
    Binding(
      "x", .placement, .unplaced, .look, "why no node", "Why it has no node: every node, every filter, what would help",
      weight: 89),
    Binding("x", .placement, .logged, .look, "placement", "Where it fits: every node, every filter, what would help"),
    Binding("x", .placement, .about, .look, "placement", "Where it fits: every node, every filter, what would help"),
    Binding("l", .logs, .logged, .look, "logs", "Logs, following", weight: 68),
    Binding("p", .previousLogs, .logged, .look, "previous logs", "Logs before the last restart", weight: 35),
    Binding("J", .owner, .object, .look, "owner", "The object that owns this one"),
    Binding("o", .node, .pods, .look, "node", "The node that the pod runs on"),
    Binding("E", .events, .object, .look, "events", "Events of this object"),
    Binding(
      "b", .playbook, .triage, .look, "playbook",
      "What to check and do about it, step by step: the cause and its remedy",
      weight: 88),
    Binding("b", .playbook, .object, .look, "playbook", "The playbook that fits the object best", weight: 60),
    Binding("b", .playbook, .about, .look, "playbook", "The playbook that fits the object best", weight: 60),
    Binding(
      "enter", .performStep, .playbook, .change, "do", "Read what the step reads, or show what its remedy changes",
      weight: 90),
    Binding("y", .answerYes, .playbook, .look, "yes", "Yes; of what was read: it shows a problem", weight: 86),
    Binding("n", .answerNo, .playbook, .look, "no", "No; of what was read: it shows no problem", weight: 85),
    Binding("s", .skipStep, .playbook, .look, "skip", "Leave the step out", weight: 60),
    Binding("e", .noteStep, .playbook, .look, "note", "Write a note to the step", weight: 55),
    Binding("r", .rereadStep, .playbook, .look, "reread", "Read again what the step has read"),
    Binding(
      "b backspace", .stepBack, .playbook, .go, "take back", "Take back the last answer, skip or reading", weight: 45),
    Binding("c", .copyCommands, .playbook, .mark, "copy", "Copy the commands of the step", weight: 58),
    Binding("x", .exportRun, .playbook, .mark, "export", "Save the run as Markdown, for a ticket", weight: 57),
    Binding(
      "X", .placement, .playbook, .look, "node by node", "Where the pod fits: every node, every filter, what would help"
    ),
    Binding("o", .otherPlaybooks, .playbook, .go, "others", "Other playbooks for the object", weight: 50),
    Binding("ctrl-d", .delete, .object, .change, "delete", "Delete the object, after showing what goes with it"),
    Binding("s", .scale, .scaled, .change, "scale", "Set the number of replicas, after showing what follows"),
    Binding("r", .restart, .rolled, .change, "restart", "Replace all pods step by step, after showing what follows"),
    Binding("ctrl-k", .delete, .pods, .change, "delete", "Delete the pod, after showing what goes with it"),
    Binding(
      "ctrl-l", .rollBack, .replicaSets, .change, "roll back", "Go back to this revision, after showing what follows"),
    Binding("t", .trigger, .cronJobs, .change, "run now", "Make a Job of it now, after showing it"),
    Binding(
      "s", .suspendCronJob, .cronJobs, .change, "suspend", "Stop its schedule, or let it go on, after showing it"),
    Binding("e", .edit, .object, .mark, "edit", "Copy kubectl's command to edit the object"),
    Binding("s", .shell, .entered, .mark, "shell", "Copy kubectl's command for a shell in the container"),
    Binding("s", .shell, .nodes, .mark, "shell", "Copy kubectl's command for a shell on the node"),
    Binding("a", .attach, .entered, .mark, "attach", "Copy kubectl's command to attach to the container"),
    Binding("t", .copyFiles, .entered, .mark, "files", "Copy kubectl's command to copy files from the container"),
    Binding("i", .setImage, .imaged, .mark, "image", "Copy kubectl's command to set images"),
    Binding("F", .forwardPort, .ported, .mark, "forward", "Copy kubectl's command to forward a port"),
    Binding(
      "f", .portForwards, .ported, .look, "forwards", "Forwarded ports: kubectl keeps them, shift-f says how"),
    Binding(
      "ctrl-d", .deleteContext, .contexts, .mark, "delete",
      "Copy kubectl's command to take the context out of the file"),
    Binding(
      "r", .renameContext, .contexts, .mark, "rename", "Copy kubectl's command to rename the context"),
    Binding("c", .cordon, .nodes, .change, "cordon", "No new pods on the node, after showing what follows"),
    Binding("u", .uncordon, .nodes, .change, "uncordon", "Pods may be placed on the node again"),
    Binding("r", .drain, .nodes, .change, "drain", "What draining the node, or the marked ones, would do", weight: 62),
    Binding("r y", .beginDrain, .drainPlan, .change, "drain", "Begin, after the name has been typed", weight: 90),
    Binding(
      "i", .ignoreDaemonSets, .drainPlan, .change, "daemonsets", "--ignore-daemonsets: their pods stay", weight: 84),
    Binding(
      "e", .deleteEmptyDirData, .drainPlan, .change, "emptydir",
      "--delete-emptydir-data: also pods whose local data is lost", weight: 83),
    Binding("f", .forceDrain, .drainPlan, .change, "force", "--force: also pods that nothing replaces", weight: 82),
    Binding("p", .gracePeriod, .drainPlan, .change, "grace", "--grace-period: seconds for each pod", weight: 66),
    Binding("t", .drainTimeout, .drainPlan, .change, "timeout", "--timeout: how long each node may take", weight: 50),
    Binding("l", .podSelector, .drainPlan, .change, "pods", "--pod-selector: only pods with these labels"),
    Binding(
      "x", .disableEviction, .drainPlan, .change, "delete",
      "--disable-eviction: delete the pods, whatever budgets say"),
    Binding("B", .drainBatch, .drainPlan, .change, "batch", "--batch: so many pods of a node at a time"),
    Binding(
      "W", .skipWait, .drainPlan, .change, "give up",
      "--skip-wait-for-delete-timeout: do not wait for pods whose deletion is older than so many seconds"),
    Binding("w", .waitReady, .drainPlan, .change, "wait", "--wait-ready: wait until replacements are Ready"),
    Binding("p", .pauseDrain, .drainRun, .change, "pause", "Ask no more pods to go, or go on", weight: 86),
    Binding("p", .pauseDrain, .drainPaused, .change, "go on", "Ask pods to go again", weight: 86),
    Binding("s", .skipPod, .drainRun, .change, "skip", "Leave the pod, or the marked ones, alone", weight: 84),
    Binding(
      "x", .cancelDrain, .drainRun, .change, "cancel", "End the drain; what has been told to go goes", weight: 85),
    Binding("u", .uncordon, .drainClosed, .change, "uncordon", "Open again what this drain has cordoned", weight: 88),
    Binding("r", .drain, .drainEnd, .change, "again", "The plan for the same nodes anew", weight: 84),
    Binding("R", .resumeDrain, .drainLeft, .change, "resume", "Go on with the drain where it was cut off", weight: 89),
    Binding("b", .playbook, .drainEnd, .look, "playbook", "Of the node, or the pod", weight: 70),
    Binding(
      "b", .playbook, .drainPlan, .look, "playbook", "Of the budget in the way, the node, or the pod", weight: 70),
    Binding("b", .playbook, .drainRun, .look, "playbook", "Of the budget in the way, the node, or the pod", weight: 70),
    Binding(
      "a", .applySuggestion, .suggested, .change, "apply",
      "Show what the suggestion changes, and ask before it is done",
      weight: 89),
    Binding("y", .agree, .remedy, .change, "apply", "Apply it; severe remedies want a name typed", weight: 90),
    Binding("n", .decline, .remedy, .change, "leave", "Do not apply it, or do not wait for the end", weight: 80),
    Binding("z", .undo, .changes, .change, "undo", "Take the change back, after showing what that changes", weight: 70),
    Binding("z", .undo, .remedyEnd, .change, "undo", "Take it back, after showing what that changes", weight: 70),
    Binding("n", .searchNext, .text, .find, "next", "The next match", weight: 32),
    Binding("N", .searchPrevious, .text, .find, "previous", "The match before"),
    Binding("n", .searchNext, .logs, .find, "next", "The next match"),
    Binding("N", .searchPrevious, .logs, .find, "previous", "The match before"),
    Binding("r", .refresh, .about, .look, "read again", "Read the object from the server again"),
    Binding("w", .wrap, .text, .look, "wrap", "Break long lines, or cut them", weight: 31),
    Binding("w", .wrap, .logs, .look, "wrap", "Break long lines, or cut them", weight: 50),
    Binding("m", .fold, .yaml, .look, "managedFields", "Show or fold managedFields", weight: 45),
    Binding("x", .revealSecrets, .secretText, .look, "decode", "Show or mask the values", weight: 66),
    Binding("c", .copyText, .text, .mark, "copy", "Copy the whole text", weight: 30),
    Binding("c", .copyText, .logs, .mark, "copy", "Copy all lines that are shown"),
    Binding("ctrl-s", .saveText, .text, .mark, "save", "Save the text to a file"),
    Binding("ctrl-s", .saveText, .logs, .mark, "save", "Save all lines that are shown to a file", weight: 28),
    Binding("right", .right, .text, .go, "right", "Scroll to the right"),
    Binding("left", .left, .text, .go, "left", "Scroll to the left"),
    Binding("right", .right, .logs, .go, "right", "Scroll to the right"),
    Binding("left", .left, .logs, .go, "left", "Scroll to the left"),
    Binding("s", .follow, .logs, .logs, "follow", "Follow new lines, or stay here; nothing is lost", weight: 75),
    Binding("t", .timestamps, .logs, .logs, "times", "Show or hide the time of each line", weight: 52),
    Binding(
      "p", .previousLogs, .logs, .logs, "previous", "The log before the last restart, or the current one", weight: 45),
    Binding("C", .clearLog, .logs, .logs, "clear", "Forget the lines read so far"),
    Binding("m", .markLine, .logs, .logs, "mark", "Draw a line under what has been read"),
    Binding("0", .logTail, .logs, .logs, "tail", "The last lines"),
    Binding("1", .logHead, .logs, .logs, "all", "From the beginning"),
    Binding("2 3 4 5 6", .logSince, .logs, .logs, "since", "The last 1, 5, 15, 30 and 60 minutes", weight: 20),
    Binding("a", .allContainers, .logs, .logs, "containers", "All containers of the pod, or the one"),
    Binding("f", .fullScreen, .logs, .program, "full screen", "Nothing but the log, or header and keys again"),
    Binding("f", .fullScreen, .text, .program, "full screen", "Nothing but the text, or header and keys again"),
    Binding("F", .filterContext, .logs, .logs, "context", "Lines around matches: 0, 2, 5, all"),
    Binding("L", .lockColumns, .logs, .logs, "lock", "Whether a log that goes on moves the columns: it never does"),
    Binding("J", .prettyJSON, .logs, .logs, "json", "Make JSON lines readable, or show them as they are"),
  ]

  /// What `key` does where these contexts hold, the most special first.
  public static func action(for key: Key, in contexts: [KeyContext]) -> Action? {
    for context in contexts {
      for binding in all where binding.context == context && binding.keys.contains(key) { return binding.action }
    }
    return nil
  }

  /// The bindings that hold in these contexts, without those that a more special context hides.
  public static func active(in contexts: [KeyContext]) -> [Binding] {
    var taken: Set<Key> = []
    var result: [Binding] = []
    for context in contexts {
      let found = all.filter { $0.context == context && !$0.keys.allSatisfy(taken.contains) }
      result += found
      taken.formUnion(found.flatMap(\.keys))
    }
    return result
  }
}
