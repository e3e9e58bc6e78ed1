import Kube

/// How a server prints the objects of one kind: the columns of `kubectl get`. For whoever has objects and no server.
public struct PrintedColumns: Sendable {
  private let own: [TableColumn]

  /// The columns of a kind; `declared` are the `additionalPrinterColumns` of a CustomResourceDefinition.
  public init(_ resource: Resource, declared: [JSONValue]? = nil) {
    var served = ServedResource(resource: resource, storage: resource.qualifiedName)
    let isKnown = TableColumn.builtIn[served.storage] != nil
    served.customColumns = declared ?? (isKnown ? nil : [])
    own = TableColumn.columns(of: served)
  }

  /// The columns, the name first.
  public var columns: [Kube.TableColumn] {
    own.map { Kube.TableColumn(name: $0.name, type: $0.type, priority: $0.priority) }
  }

  /// The cells of an object as of `now`, one for each column.
  public func cells(of object: JSONValue, now: Timestamp) -> [JSONValue] { own.map { $0.cell(object, now) } }
}
