import Kube

/// Looking into the cluster past the network.
extension DemoCluster {
  /// The object of a collection (`pods`, `deployments.apps`), read past the network; nil when there is none.
  public func object(_ collection: String, namespace: String = "", name: String) -> JSONValue? {
    state.withServer { $0.cluster.store.object(collection, namespace: namespace, name: name) }
  }

  /// The objects of a collection sorted by namespace and name, read past the network.
  public func objects(_ collection: String, namespace: String? = nil) -> [JSONValue] {
    state.withServer { $0.cluster.store.list(collection, namespace: namespace) }
  }
}
