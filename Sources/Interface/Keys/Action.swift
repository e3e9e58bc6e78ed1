/// Everything that a key can do. Footer, help, palette and key map are all made from the one table of bindings.
public enum Action: String, Sendable, CaseIterable {
  // Going around
  case up, down, pageUp, pageDown, top, bottom, left, right
  case enter, back, historyBack, historyForward, lastView
  case command, palette, help, quit, suspend, aliases, toggleHeader, toggleCrumbs, fullScreen
  // Finding
  case filter, clearFilter, faults, wide, refresh
  case sortByColumn, nextSortColumn, previousSortColumn, sortByName, sortByAge, sortByStatus, sortByNamespace
  case sortByCPU, sortByMemory, sortByRestarts, sortByReady
  case searchNext, searchPrevious
  // Where
  case allNamespaces, namespaceFavourite, warpToNamespace, useNamespace
  // Marks and copies
  case mark, markRange, clearMarks, copyName, copyNamespace, copyText, saveText, saveTable, kubectl
  // Views of an object
  case details, yaml, decode, logs, previousLogs, owner, node, events, replicaSets, usedBy, placement
  // Trees
  case foldRow, foldAll
  // Text views
  case wrap, fold, revealSecrets
  // Playbooks
  case playbook, answerYes, answerNo, noteStep, skipStep, stepBack, performStep, rereadStep, exportRun, copyCommands
  case otherPlaybooks
  // Logs
  // Remedies
  case delete, scale, restart, cordon, uncordon, applySuggestion, agree, decline, undo
  case trigger, suspendCronJob, rollBack
  // What kubectl does
  case edit, shell, attach, copyFiles, setImage, forwardPort, portForwards, deleteContext, renameContext
  // Drains
  case drain, beginDrain, pauseDrain, cancelDrain, skipPod, resumeDrain
  case ignoreDaemonSets, deleteEmptyDirData, forceDrain, disableEviction, waitReady
  case gracePeriod, drainTimeout, podSelector, skipWait, drainBatch
  case follow, timestamps, clearLog, markLine, logHead, logTail, logSince, allContainers, filterContext, prettyJSON,
    lockColumns
}

/// The places where a binding is offered.
public enum KeyContext: String, Sendable, CaseIterable {
  /// Everywhere.
  case global
  /// Every table.
  case table
  /// Tables whose rows are objects of the cluster.
  case object
  /// Tables whose rows have logs.
  case logged
  /// Rows of pods that have no node, and of what waits for such pods.
  case unplaced = "rows of pods without a node"
  /// Rows that stand for a change which podmedic can make.
  case suggested = "suggestions of pages about placement and drains"
  /// Tables of pods.
  case pods
  /// Tables of namespaces.
  case namespaces
  /// Tables of deployments.
  case deployments
  /// Tables of what can be scaled.
  case scaled = "deployments and statefulsets"
  /// Tables of what can be restarted.
  case rolled = "deployments, statefulsets and daemonsets"
  /// The contexts of the kubeconfig.
  case contexts
  /// Tables of nodes.
  case nodes
  /// Tables of replica sets.
  case replicaSets = "replica sets"
  /// Tables of cron jobs.
  case cronJobs = "cron jobs"
  /// Rows into whose containers a terminal can be connected.
  case entered = "pods and containers"
  /// Rows with images.
  case imaged = "pods and what makes them"
  /// Rows with ports.
  case ported = "pods, what makes them, and services"
  /// What a drain would do.
  case drainPlan = "the plan of a drain"
  /// A drain that goes on.
  case drainRun = "a drain"
  /// A drain that has ended.
  case drainEnd = "a drain that has ended"
  /// A drain that is paused.
  case drainPaused = "a drain that is paused"
  /// A drain that has ended, with nodes that it has cordoned and that still are.
  case drainClosed = "a drain that has ended and left nodes cordoned"
  /// A drain that can be gone on with.
  case drainLeft = "a drain that was cut off or cancelled"
  /// A remedy, from the question to the end.
  case remedy
  /// A remedy of which nothing is asked any more.
  case remedyEnd = "a remedy that has ended"
  /// A playbook that is followed.
  case playbook
  /// What podmedic has changed.
  case changes = "the history of changes"
  /// Texts about one object.
  case about = "details and YAML"
  /// Tables of what specifications name: config maps, secrets, service accounts, claims.
  case used = "config maps, secrets, service accounts and claims"
  /// Tables of secrets.
  case secrets
  /// Triage.
  case triage
  /// Trees.
  case tree
  /// Details, YAML and help.
  case text
  /// YAML.
  case yaml
  /// YAML of a Secret.
  case secretText = "YAML of a secret"
  /// Logs.
  case logs
}

/// What keys are for, as help groups them.
public enum KeyGroup: String, Sendable, CaseIterable {
  case find = "Find"
  case look = "Look into"
  case go = "Go"
  case mark = "Mark and copy"
  case change = "Change"
  case logs = "Logs"
  case program = "Program"
}
