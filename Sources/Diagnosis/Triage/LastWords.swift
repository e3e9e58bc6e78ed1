import ClusterState
import Kube

/// Connects what ended with the Services in trouble that its last words name, or with the right that they say is missing.
///
/// A container may leave a message behind, and the kubelet takes the end of the log for one where the pod asks for that
/// (`terminationMessagePolicy: FallbackToLogsOnError`). Other logs are not read in triage; the playbook reads them. A name
/// proves nothing, so that the end stays a cause of its own.
struct LastWords {
  /// A Service in trouble.
  private struct Trouble {
    var finding: Finding
    /// What is wrong with it, behind "which".
    var predicate: String
  }

  private var byName: [ObjectName: Trouble] = [:]
  private var byAddress: [String: ObjectName] = [:]

  /// So much of a message is looked at: the kubelet keeps 4096 bytes.
  private static let longest = 4096

  /// Knows the Services that these findings say lead nowhere.
  init(_ findings: [Finding], state: ClusterState, now: Timestamp) {
    for finding in findings where finding.code == .serviceNoEndpoints || finding.code == .serviceNoPods {
      let name = ObjectName(namespace: finding.object.namespace, name: finding.object.name)
      let isEmpty = finding.code == .serviceNoPods
      byName[name] = Trouble(
        finding: finding, predicate: isEmpty ? "selects no pods" : "has \(finding.sentence.text(now: now))")
      guard let service = state.get(Service.self, namespace: name.namespace, name: name.name) else { continue }
      for address in service.spec.clusterIPs + [service.spec.clusterIP] where address != "None" && !address.isEmpty {
        byAddress[address] = name
      }
    }
  }

  /// The findings, with those Services mentioned.
  func connect(_ findings: [Finding]) -> [Finding] {
    return findings.map { finding in
      guard finding.object.kind == "Pod",
        let words = finding.evidence.first(where: { $0.field.hasSuffix(".terminated.message") })?.value
      else { return finding }
      guard !byName.isEmpty, let trouble = trouble(in: words, of: finding) else {
        guard let refusal = Self.refusal(in: words) else { return finding }
        var finding = finding
        finding.mention = "its last words: \(refusal)"
        finding.sentence = finding.sentence.withoutWords
        return finding
      }
      let service = trouble.finding.object
      let isElsewhere = service.namespace != finding.object.namespace
      var finding = finding
      finding.mention =
        "its last words name \(service.shortText)\(isElsewhere ? " in namespace \(service.namespace)" : ""), which "
        + trouble.predicate
      finding.sentence = finding.sentence.withoutWords
      finding.evidence += trouble.finding.evidence
      finding.mentioned = service.uid
      return finding
    }
  }

  /// The API server's refusal in the last line with one, in its own words:
  /// `secrets is forbidden: User "system:serviceaccount:shop:api" cannot list resource "secrets" …`.
  private static func refusal(in words: String) -> String? {
    for line in String(words.suffix(longest)).split(whereSeparator: \.isNewline).reversed() {
      // Loggers put the text into quotation marks of their own.
      let line = line.replacing("\\\"", with: "\"")
      guard let verdict = line.firstRange(of: " is forbidden: User \"") else { continue }
      let object = line[..<verdict.lowerBound].reversed().prefix { $0 != " " && $0 != "\"" }
      guard !object.isEmpty else { continue }
      var text = String(object.reversed()) + line[verdict.lowerBound...]
      // The logger's own quotation mark, which was opened before what is taken of the line.
      if text.hasSuffix("\""), text.count(where: { $0 == "\"" }) % 2 == 1 { text.removeLast() }
      return firstLine(text)
    }
    return nil
  }

  /// The Service that the last line with one names; not one that leads to the pod itself.
  private func trouble(in words: String, of finding: Finding) -> Trouble? {
    for line in String(words.suffix(Self.longest)).split(whereSeparator: \.isNewline).reversed() {
      for address in WrittenAddress.all(in: String(line)) {
        guard let name = address.isIP ? byAddress[address.host] : name(of: address, from: finding.object.namespace),
          let trouble = byName[name],
          !trouble.finding.causedBy.contains(finding.object.uid), !trouble.finding.causedBy.contains(finding.owner.uid)
        else { continue }
        return trouble
      }
    }
    return nil
  }

  /// `orders-db`, `orders-db.data`, `orders-db.data.svc.cluster.local`.
  private func name(of address: WrittenAddress, from namespace: String) -> ObjectName? {
    let labels = address.host.split(separator: ".").map(String.init)
    guard let name = labels.first, labels.count <= 2 || labels[2] == "svc" else { return nil }
    return ObjectName(namespace: labels.count > 1 ? labels[1] : namespace, name: name)
  }
}
