import Kube
import KubeClient
import KubeConfig
import PlainInterface

/// What a server answered to one request.
private struct AnsweredTable {
  let resource: Resource
  let columns: [TableColumn]
  let rows: [TableRow]
}

extension GetRun {
  /// Prints the server's tables, those of one kind as one.
  mutating func printTables(_ targets: [KindWords.Target], isWide: Bool) throws(CommandFailure) {
    var tables: [AnsweredTable] = []
    for target in targets {
      for request in requests(target, codec: order == nil ? .table : .tableWithObjects) {
        do throws(APIFailure) {
          tables.append(try readTable(request, target.resource))
        } catch  where isIgnored(error) {
        } catch {
          failures.append(try named(error, target))
        }
      }
    }
    let withKinds = options.showKind || Set(tables.map(\.resource.qualifiedName)).count > 1
    var hasWritten = false
    // kubectl's printer keeps the column for namespaces from the first namespaced kind on.
    var withNamespace = false
    var rest = tables[...]
    while let first = rest.first {
      let alike = rest.prefix { $0.resource == first.resource }
      rest = rest.dropFirst(alike.count)
      var printing = printing(
        first.resource, isWide: isWide, kindPrefix: withKinds ? first.resource.namePrefix : nil)
      withNamespace = withNamespace || printing.withNamespace
      printing.withNamespace = withNamespace
      var printer = ServerTablePrinter(printing)
      for table in alike {
        printer.add(columns: table.columns, rows: try sorted(table.rows) { $0.object ?? [:] })
      }
      let text = printer.takeLines()
      guard !text.isEmpty else { continue }
      Output.write((hasWritten && !options.noHeaders ? "\n" : "") + text)
      hasWritten = true
    }
    if !hasWritten, failures.isEmpty, !options.ignoreNotFound { sayNothingFound(targets) }
  }

  /// How the tables of a kind are printed.
  func printing(_ resource: Resource, isWide: Bool, kindPrefix: String?) -> ServerTablePrinter.Options {
    var printing = ServerTablePrinter.Options()
    printing.isWide = isWide
    printing.noHeaders = options.noHeaders
    printing.withNamespace = context.namespace == nil && resource.isNamespaced
    printing.kindPrefix = kindPrefix
    printing.withEvent = options.outputWatchEvents
    printing.showLabels = options.showLabels
    printing.labelColumns = options.labelColumns.flatMap { $0.split(separator: ",").map(String.init) }
    return printing
  }

  /// Reads a table with all its pages.
  private func readTable(_ first: APIRequest, _ resource: Resource) throws(APIFailure) -> AnsweredTable {
    var request = first
    var rows: [TableRow] = []
    var columns: [TableColumn] = []
    while true {
      let codec: ObjectCodec = order == nil ? .table : .tableWithObjects
      let page = try context.answer { context.client.table(request, codec, $0) }
      if columns.isEmpty { columns = page.metadata.columns }
      rows += page.rows
      guard !page.metadata.continueToken.isEmpty else {
        return AnsweredTable(resource: resource, columns: columns, rows: rows)
      }
      request.setContinue(page.metadata.continueToken)
    }
  }

  private func sayNothingFound(_ targets: [KindWords.Target]) {
    let isNamespaced = context.namespace != nil && targets.allSatisfy(\.resource.isNamespaced)
    let place = isNamespaced ? " in \(context.connection.namespace) namespace." : ""
    Output.message("No resources found\(place)")
  }
}
