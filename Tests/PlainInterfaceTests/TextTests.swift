import Kube
import Testing

@testable import PlainInterface

@Suite struct TextTests {
  @Test func columnsAreAsWideAsTheWidestCellAndThreeSpaces() {
    var table = TextTable()
    table.add(["NAME", "A", "LAST"])
    table.add(["longer-name", "é", "x"])
    #expect(table.takeLines() == "NAME          A     LAST\nlonger-name   é     x\n")
    table.add(["s", "b", "y"])
    #expect(table.takeLines() == "s             b     y\n", "widths stay")
  }

  @Test func anAbsurdNameMovesOnlyItsOwnRow() {
    var table = TextTable(widest: 12)
    table.add(["NAME", "AGE"])
    table.add(["exactly-12-c", "1s"])
    table.add(["thirteen-char", "2s"])
    #expect(table.takeLines() == "NAME           AGE\nexactly-12-c   1s\nthirteen-char   2s\n")
  }

  @Test func nothingFromAClusterSteersTheTerminal() {
    #expect(PlainText.line("a\u{1B}[31mb\tc\u{7}\u{9B}\u{202E}") == "a^[[31mb c^G<U+009B><U+202E>")
    #expect(PlainText.lines("a\nb\u{1B}") == "a\nb^[")
  }

  @Test func aTableIsPrintedAsKubectlPrintsIt() {
    var options = ServerTablePrinter.Options()
    options.withNamespace = true
    options.kindPrefix = "pod"
    options.labelColumns = ["example.com/tier"]
    var printer = ServerTablePrinter(options)
    var metadata = ObjectMeta()
    metadata.namespace = "a"
    metadata.labels = ["example.com/tier": "web"]
    printer.add(
      columns: [
        TableColumn(name: "Name", type: "string", priority: 0), TableColumn(name: "Node", type: "string", priority: 1),
        TableColumn(name: "Age", type: "string", priority: 0),
      ],
      rows: [TableRow(metadata: metadata, cells: ["x\ny", "n", "5s"])])
    #expect(printer.takeLines() == "NAMESPACE   NAME       AGE   TIER\na           pod/x...   5s    web\n")
  }
}
