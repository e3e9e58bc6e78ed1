import Kube
import ScreenKit
import Terminal
import Testing

@testable import Interface

@Suite struct TableViewTests {
  @Test func listsOfWordsLoseWholeWords() {
    let cases: [(text: String, width: Int, says: String)] = [
      ("Cordon Taint -    Fit", 21, "Cordon Taint -    Fit"), ("Cordon Taint -    Fit", 20, "Cordon Taint Fit"),
      ("Cordon Taint -    Fit", 15, "Cordon Taint +1"), ("Cordon Taint -    Fit", 14, "Cordon +2"),
      ("Cordon Taint -    Fit", 3, "Cordon"), ("-   -   -   -", 4, ""), ("would help", 9, "would +1"),
    ]
    for (text, width, says) in cases { #expect(fewerWords(text, to: width) == says, "\(text) \(width)") }
  }

  private let now = Timestamp(seconds: 1_780_000_000)

  /// Rows with a number and a text, which says what it is asked.
  private final class Rows: TableSource {
    struct Row: Equatable {
      var number: Int
      var text: String
      var severity = RowSeverity.none
    }

    let title = "rows"
    let columns = [TableViewColumn(id: "name", title: "NAME"), TableViewColumn(id: "number", title: "NUMBER")]
    let defaultSort = (column: "number", descending: false)
    let needs: [Need] = []
    let contexts: [KeyContext] = []
    let condition = TableCondition(word: "", role: .dim)
    private var rows: [String: Row] = [:]
    private var changed: Set<String>? = nil
    private(set) var sorted: [String] = []

    subscript(id: String) -> Row? {
      get { rows[id] }
      set {
        rows[id] = newValue
        changed?.insert(id)
      }
    }

    func refresh(now: Timestamp) -> Set<String>? {
      defer { changed = [] }
      sorted = []
      return changed
    }
    /// As after a change of which nobody knows what it changed.
    func forget() { changed = nil }
    var ids: [String] { Array(rows.keys) }
    func contains(_ id: String) -> Bool { rows[id] != nil }
    func cell(_ id: String, column: String, now: Timestamp) -> TableCell { TableCell(rows[id]?.text ?? "") }
    func sortKey(_ id: String, column: String) -> SortKey {
      sorted.append(id)
      guard let row = rows[id] else { return .missing }
      return column == "number" ? .number(Int128(row.number)) : .text(row.text)
    }
    func severity(_ id: String) -> RowSeverity { rows[id]?.severity ?? .none }
    func searchText(_ id: String, now: Timestamp) -> String { rows[id]?.text ?? "" }
    func labels(_ id: String) -> SmallMap<String> { [:] }
    func object(_ id: String) -> RowObject? { nil }
    func drill(_ id: String) -> Drill? { nil }
  }

  private func table(_ count: Int) -> (Rows, TableView) {
    let rows = Rows()
    for number in 0..<count { rows["\(number)"] = Rows.Row(number: number * 10, text: "row \(number)") }
    let table = TableView(source: rows)
    table.update(now: now)
    return (rows, table)
  }

  @Test func onlyWhatChangedIsLookedAtAgain() {
    let (rows, table) = table(100)
    rows["7"]?.number = 333
    rows["8"] = nil
    rows["new"] = Rows.Row(number: 5, text: "new")
    table.update(now: now)
    #expect(Set(rows.sorted) == ["7", "new"])
    #expect(table.rows.count == 100)
    #expect(table.rows[0...1] == ["0", "new"])
    #expect(table.rows[32...34] == ["33", "7", "34"])
    #expect(!table.rows.contains("8"))
  }

  /// Whatever changes, the rows are those that a table made anew would show.
  @Test func followingChangesEndsWhereStartingAnewWould() throws {
    var random = SplitMix(state: 7)
    let rows = Rows()
    let table = TableView(source: rows)
    let filters = ["", "p", "pl", "plu", "l", "!p", "!pe", "!pear", "ear", "-f pr"]
    for step in 0..<2000 {
      for _ in 0..<Int.random(in: 0..<(step % 50 == 0 ? 300 : 6), using: &random) {
        let id = "\(Int.random(in: 0..<200, using: &random))"
        let row = Rows.Row(
          number: Int.random(in: 0..<40, using: &random),
          text: ["apple", "pear", "plum"][Int.random(in: 0..<3, using: &random)],
          severity: Bool.random(using: &random) ? .critical : .none)
        rows[id] = Int.random(in: 0..<4, using: &random) == 0 ? nil : row
      }
      switch Int.random(in: 0..<12, using: &random) {
      case 0: table.sort(by: ["name", "number"][step % 2], descending: step % 3 == 0)
      case 1: table.filter = try RowFilter(parsing: filters[Int.random(in: 0..<filters.count, using: &random)])
      case 5, 6: table.filter = try RowFilter(parsing: filters[Int.random(in: 0..<filters.count, using: &random)])
      case 2: table.onlyFaults.toggle()
      case 3: rows.forget()
      case 4: _ = table.prepare(limit: 10, now: now)
      default: break
      }
      table.update(now: now)

      let anew = TableView(source: rows)
      if anew.sortColumn != table.sortColumn { anew.sort(by: table.sortColumn) }
      if anew.sortDescending != table.sortDescending { anew.sort(by: table.sortColumn) }
      anew.filter = table.filter
      anew.onlyFaults = table.onlyFaults
      rows.forget()
      anew.update(now: now)
      #expect(table.rows == anew.rows, "step \(step)")
      #expect(table.total == anew.total, "step \(step)")
    }
  }

  @Test func cursorAndMarksStayOnTheirRows() {
    let (rows, table) = table(10)
    table.select("4")
    table.toggleMark()
    #expect(table.current == "5")
    rows["5"]?.number = 1000
    rows["0"] = nil
    table.update(now: now)
    #expect(table.current == "5")
    #expect(table.rows.last == "5")
    #expect(table.selection == ["4"])
    rows["4"] = nil
    table.update(now: now)
    #expect(table.marks.isEmpty)
  }

  @Test func preparingEndsAndChangesAreSearchedAnew() throws {
    let (rows, table) = table(25)
    #expect(table.prepare(limit: 10, now: now))
    #expect(table.prepare(limit: 10, now: now))
    #expect(!table.prepare(limit: 10, now: now))
    rows["3"]?.text = "banana"
    table.filter = try RowFilter(parsing: "nan")
    table.update(now: now)
    #expect(table.rows == ["3"])
  }
}

/// A small seeded generator: the same steps on every run.
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }
}
