import ClusterState
import Kube

// What is changed past the remedies, by the commands `cordon`, `uncordon` and `drain`, can be taken back as remedies are.

extension RemedyOrder {
  /// Opens a node again, and takes podmedic's note away, as long as it is closed by the cordon that wrote the note.
  public static func undoingCordon(of node: ObjectReference, _ note: CordonNote) -> RemedyOrder {
    let annotations: FieldPath = ["metadata", "annotations"]
    var written = [CordonNote.byKey, CordonNote.atKey]
    if !note.run.isEmpty { written.append(CordonNote.runKey) }
    // The time of a drain's cordon is not known to whoever writes the journal; the run is unlike every other.
    let mark = note.run.isEmpty ? (CordonNote.atKey, note.time.description) : (CordonNote.runKey, note.run)
    let isClosed: FieldPath = ["spec", "unschedulable"]
    return undoing(
      "cordon the node", node,
      [FieldRestore(edit: FieldEdit(isClosed, nil), checkedPath: isClosed, expected: true)]
        + written.map { key in
          FieldRestore(
            edit: FieldEdit(annotations + [.member(key)], nil), checkedPath: annotations + [.member(mark.0)],
            expected: .string(mark.1))
        })
  }

  /// Closes a node again, as long as nobody has done so.
  public static func undoingUncordon(of node: ObjectReference) -> RemedyOrder {
    let isClosed: FieldPath = ["spec", "unschedulable"]
    return undoing(
      "uncordon the node", node, [FieldRestore(edit: FieldEdit(isClosed, true), checkedPath: isClosed, expected: nil)])
  }

  private static func undoing(_ title: String, _ node: ObjectReference, _ restores: [FieldRestore]) -> RemedyOrder {
    var order = RemedyOrder(.undo, node)
    order.undone = title
    order.restores = restores
    return order
  }

  /// Whether it lets pods come to a node again.
  public var opensNode: Bool {
    name == .uncordon
      || restores.contains {
        $0.edit.path == ["spec", "unschedulable"] && $0.edit.value?.bool != true && object.kind == "Node"
      }
  }
}
