import Expressions
import Kube

/// The text of a cell.
enum CellText {
  /// What is shown where the value cannot be told: as k9s shows usage without metrics.
  static let unknown = "n/a"

  static func text(_ value: FieldValue, _ column: ColumnDefinition, now: Timestamp) -> String {
    switch (column.format, value) {
    case (_, .null), (_, .string("")): column.missing
    case (.list, .list(let values)), (.text, .list(let values)): values.isEmpty ? column.missing : value.text
    case (.list, .map(let map)), (.text, .map(let map)): map.isEmpty ? column.missing : value.text
    case (.age, .timestamp(let time)): now.since(time).human
    case (.age, .duration(let length)): length.human
    case (.bytes, .quantity(let quantity)): mebibytes(quantity.value) ?? quantity.text
    case (.bytes, .int(let bytes)): mebibytes(bytes) ?? value.text
    case (.cpu, .quantity(let quantity)): quantity.milliValue.map { "\($0)m" } ?? quantity.text
    case (.percent, .double(let share)): percent(share)
    case (.percent, .int(let share)): percent(Double(share))
    default: value.text
    }
  }

  private static func mebibytes(_ bytes: Int?) -> String? { bytes.map { "\($0 / 1_048_576)Mi" } }

  /// Cut and not rounded, as `kubectl top` does.
  private static func percent(_ share: Double) -> String {
    guard share.isFinite, share.magnitude < 1e12 else { return unknown }
    return "\(Int(share * 100))%"
  }
}
