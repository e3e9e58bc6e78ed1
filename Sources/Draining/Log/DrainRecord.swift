import Kube

/// A line of a drain's log: written and on the disk before what it says is done, so that a run that was cut off anywhere
/// can be taken up again. It has no values that may be secret.
public enum DrainRecord: Sendable, Equatable {
  /// A run begins, or is taken up again.
  case began(DrainHeader)
  /// A node is about to be cordoned.
  case cordoning(String)
  /// A node has been cordoned by this run.
  case cordoned(String)
  /// These pods, and no others, are to be removed from a node.
  case planned(String, [PlannedPod])
  /// Before the first of a node's pods goes, by uid how many Ready pods their owners have; only where replacements are
  /// waited for.
  case readyBefore(String, [String: Int])
  /// A pod is about to be evicted or deleted.
  case removing(PodKey)
  /// A person does not want a pod removed, or waited for any more.
  case skipped(PodKey)
  /// A node has come to its end: drained, or why not.
  case nodeEnded(String, problem: String?)
  /// The run has ended.
  case ended(String, String)
  /// What the run had cordoned is open again, and since when; nil in older logs.
  case uncordoned(String, Timestamp?)
}

/// A pod of a plan.
public struct PlannedPod: Sendable, Equatable {
  /// The pod.
  public var pod: PodKey
  /// What replaces it.
  public var owner: OwnerReference?
  /// Whether it is evicted or deleted.
  public var action: PodVerdict.Action
  /// Whether it was Ready when it was planned; nil in logs that do not say so.
  public var wasReady: Bool?
  /// Whether it had succeeded or failed by then; false in logs that do not say so.
  public var wasFinished = false

  /// A pod.
  public init(
    pod: PodKey, owner: OwnerReference?, action: PodVerdict.Action, wasReady: Bool? = nil, wasFinished: Bool = false
  ) {
    self.pod = pod
    self.owner = owner
    self.action = action
    self.wasReady = wasReady
    self.wasFinished = wasFinished
  }
}

/// What a run is about, as its first line has it.
public struct DrainHeader: Sendable, Equatable {
  /// What tells this run from others.
  public var id: String
  /// When it began.
  public var time: Timestamp
  /// Context of the kubeconfig; "" when there is none.
  public var context: String
  /// The cluster's name or address.
  public var cluster: String
  /// The address of the API server: a run goes on only against the same.
  public var server: String
  /// The user, as far as the kubeconfig tells.
  public var user: String
  /// What is drained, and how.
  public var order: DrainOrder

  /// A header.
  public init(
    id: String, time: Timestamp, context: String, cluster: String, server: String, user: String, order: DrainOrder
  ) {
    self.id = id
    self.time = time
    self.context = context
    self.cluster = cluster
    self.server = server
    self.user = user
    self.order = order
  }
}

extension DrainRecord {
  /// The record as one line of JSON, without the newline.
  public var line: String { String(decoding: json.bytes(), as: UTF8.self) }

  private var json: JSONValue {
    switch self {
    case .began(let header): ["record": "began", "header": header.json]
    case .cordoning(let node): ["record": "cordoning", "node": .string(node)]
    case .cordoned(let node): ["record": "cordoned", "node": .string(node)]
    case .planned(let node, let pods):
      ["record": "planned", "node": .string(node), "pods": .array(pods.map(\.json))]
    case .readyBefore(let node, let counts):
      [
        "record": "readyBefore", "node": .string(node),
        "ready": .object(SmallMap(uniquing: counts.sorted { $0.key < $1.key }.map { ($0.key, .int($0.value)) })),
      ]
    case .removing(let pod): ["record": "removing", "pod": pod.json]
    case .skipped(let pod): ["record": "skipped", "pod": pod.json]
    case .nodeEnded(let node, let problem):
      ["record": "nodeEnded", "node": .string(node), "problem": problem.map { .string($0) } ?? .null]
    case .ended(let word, let sentence):
      ["record": "ended", "outcome": .string(word), "detail": .string(sentence)]
    case .uncordoned(let node, let time):
      ["record": "uncordoned", "node": .string(node), "time": time.map { .string($0.description) } ?? .null]
    }
  }

  /// The record of a line; nil when it is none, as after a crash in the middle of writing.
  public init?(line: some StringProtocol) {
    guard let json = try? JSONValue(parsing: String(line)), let word = json["record"]?.string else { return nil }
    let node = json["node"]?.string
    switch word {
    case "began":
      guard let header = json["header"].flatMap(DrainHeader.init(json:)) else { return nil }
      self = .began(header)
    case "planned":
      guard let node, let pods = json["pods"]?.array else { return nil }
      let planned = pods.compactMap(PlannedPod.init(json:))
      guard planned.count == pods.count else { return nil }
      self = .planned(node, planned)
    case "readyBefore":
      guard let node, case .object(let ready)? = json["ready"] else { return nil }
      let counts = ready.entries.compactMap { entry in entry.value.int.map { (entry.key, $0) } }
      self = .readyBefore(node, Dictionary(counts) { first, _ in first })
    case "removing", "skipped":
      guard let pod = json["pod"].flatMap(PodKey.init(json:)) else { return nil }
      self = word == "removing" ? .removing(pod) : .skipped(pod)
    case "ended": self = .ended(json["outcome"]?.string ?? "", json["detail"]?.string ?? "")
    default:
      guard let node else { return nil }
      switch word {
      case "cordoning": self = .cordoning(node)
      case "cordoned": self = .cordoned(node)
      case "nodeEnded": self = .nodeEnded(node, problem: json["problem"]?.string)
      case "uncordoned": self = .uncordoned(node, json["time"]?.string.flatMap { Timestamp($0) })
      default: return nil
      }
    }
  }
}

// MARK: JSON

extension PodKey {
  var json: JSONValue { ["namespace": .string(namespace), "name": .string(name), "uid": .string(uid)] }

  init?(json: JSONValue) {
    guard let namespace = json["namespace"]?.string, let name = json["name"]?.string, let uid = json["uid"]?.string
    else { return nil }
    self.init(namespace: namespace, name: name, uid: uid)
  }
}

extension PlannedPod {
  var json: JSONValue {
    var json: JSONValue = ["pod": pod.json, "action": .string(action.rawValue)]
    json["wasReady"] = wasReady.map { .bool($0) }
    if wasFinished { json["wasFinished"] = true }
    if let owner {
      json["owner"] = [
        "apiVersion": .string(owner.apiVersion), "kind": .string(owner.kind), "name": .string(owner.name),
        "uid": .string(owner.uid),
      ]
    }
    return json
  }

  init?(json: JSONValue) {
    guard let pod = json["pod"].flatMap(PodKey.init(json:)),
      let action = json["action"]?.string.flatMap(PodVerdict.Action.init), action == .evict || action == .delete
    else { return nil }
    self.init(
      pod: pod, owner: nil, action: action, wasReady: json["wasReady"]?.bool,
      wasFinished: json["wasFinished"]?.bool ?? false)
    if let json = json["owner"] {
      var owner = OwnerReference()
      owner.apiVersion = json["apiVersion"]?.string ?? ""
      owner.kind = json["kind"]?.string ?? ""
      owner.name = json["name"]?.string ?? ""
      owner.uid = json["uid"]?.string ?? ""
      owner.controller = true
      self.owner = owner
    }
  }
}

extension DrainHeader {
  var json: JSONValue {
    [
      "id": .string(id), "time": .string(time.description), "context": .string(context), "cluster": .string(cluster),
      "server": .string(server), "user": .string(user), "order": order.json,
    ]
  }

  init?(json: JSONValue) {
    guard let id = json["id"]?.string, let time = json["time"]?.string.flatMap({ Timestamp($0) }),
      let order = json["order"].flatMap(DrainOrder.init(json:))
    else { return nil }
    self.init(
      id: id, time: time, context: json["context"]?.string ?? "", cluster: json["cluster"]?.string ?? "",
      server: json["server"]?.string ?? "", user: json["user"]?.string ?? "", order: order)
  }
}

extension DrainOrder {
  var json: JSONValue {
    var json: JSONValue = [
      "nodes": .array(
        nodes.map { ["name": .string($0.name), "uid": .string($0.uid), "isCordoned": .bool($0.isCordoned)] }),
      "force": .bool(options.force), "ignoreDaemonSets": .bool(options.ignoreDaemonSets),
      "deleteEmptyDirData": .bool(options.deleteEmptyDirData), "gracePeriod": .int(options.gracePeriod),
      "timeout": .string(GoDuration.text(options.timeout)), "podSelector": .string(options.podSelector.description),
      "disableEviction": .bool(options.disableEviction),
      "skipWaitForDeleteTimeout": .int(options.skipWaitForDeleteTimeout), "chunkSize": .int(options.chunkSize),
      "waitsReady": .bool(waitsReady),
    ]
    json["batch"] = batch.map { .int($0) }
    return json
  }

  init?(json: JSONValue) {
    var nodes: [Target] = []
    for node in json["nodes"]?.array ?? [] {
      guard let name = node["name"]?.string, let uid = node["uid"]?.string else { return nil }
      nodes.append(Target(name: name, uid: uid, isCordoned: node["isCordoned"]?.bool ?? false))
    }
    var options = DrainOptions()
    guard !nodes.isEmpty, let timeout = try? GoDuration.parse(json["timeout"]?.string ?? ""),
      let podSelector = try? LabelQuery(parsing: json["podSelector"]?.string ?? "")
    else { return nil }
    options.force = json["force"]?.bool ?? false
    options.ignoreDaemonSets = json["ignoreDaemonSets"]?.bool ?? false
    options.deleteEmptyDirData = json["deleteEmptyDirData"]?.bool ?? false
    options.gracePeriod = json["gracePeriod"]?.int ?? -1
    options.timeout = timeout
    options.podSelector = podSelector
    options.disableEviction = json["disableEviction"]?.bool ?? false
    options.skipWaitForDeleteTimeout = json["skipWaitForDeleteTimeout"]?.int ?? 0
    options.chunkSize = json["chunkSize"]?.int ?? 500
    self.init(nodes: nodes, options: options)
    batch = json["batch"]?.int.flatMap { $0 > 0 ? $0 : nil }
    waitsReady = json["waitsReady"]?.bool ?? false
  }
}
