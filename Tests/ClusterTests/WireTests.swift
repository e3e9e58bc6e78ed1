import ClusterState
import Foundation
import HTTPTransport
import Kube
import KubeClient
import Session
import TestSupport
import Testing

/// What the server says in protobuf is what it says in JSON, for every kind that podmedic has a type for.
@Suite(.requiresControlPlane) struct WireTests {
  /// Kinds that a 1.20 server does not have in a version that podmedic reads.
  private static let notServed: Set<String> = [
    "csistoragecapacities.storage.k8s.io", "deviceclasses.resource.k8s.io",
    "verticalpodautoscalers.autoscaling.k8s.io",
  ]

  @Test func protobufAndJSONSayTheSame() async throws {
    let cluster = try await ControlPlane.shared()
    let namespace = try await cluster.makeNamespace("wire")
    try await cluster.kubectl(
      "-n", namespace, "create", "-f", "-", input: manifestsOfAllKinds(namespace: namespace), seconds: 120)
    try await cluster.kubectl("create", "-f", "-", input: try Self.signingRequest(namespace))
    let live = try LiveSession(cluster)
    try await live.discover()
    live.session.setNeeds(Set(builtInKinds.map { Subscription($0.resource) }))
    var notServed: Set<String> = []
    for type in builtInKinds {
      if let served = live.session.catalog.served(type) {
        try await compare(type, as: served, in: live)
      } else {
        notServed.insert(type.resource.qualifiedName)
        #expect(live.freshness(type.resource) == .notServed)
      }
    }
    #expect(notServed == Self.notServed)
    try await cluster.kubectl(
      "-n", namespace, "patch", "pod", "pod", "--type=merge", "-p", #"{"metadata": {"finalizers": null}}"#)
    try await cluster.kubectl("delete", "namespace", namespace, "--wait=false")
  }

  private func compare<Object: KubeObject>(_ type: Object.Type, as served: Resource, in live: LiveSession) async throws
  {
    try await live.run(until: { live.freshness(served) == .live }, "\(served): \(live.freshness(served) as Any)")
    // What changes all the time (leases, events) is compared by those objects that stood still.
    var request = APIRequest.list(
      served, ListOptions(), codec: .typed(type), resourceVersion: nil, continueToken: "")
    request.accept = "application/json"
    var compared = 0
    for _ in 0..<5 where compared == 0 {
      let response = try await live.answer(request)
      #expect(response.head.first("content-type")?.hasPrefix("application/json") == true)
      var decoder = try #require(
        ListDecoder(contentType: "application/json", codec: .typed(type), pool: StringPool(capacity: 1024)))
      let objects = try response.body.withUnsafeBytes { try decoder.feed($0) }
      try decoder.finish()
      for object in objects {
        let json = try #require(object as? Object)
        func held() -> Object? { live.state.store(served)?.object(uid: json.metadata.uid) as? Object }
        try? await live.run(
          until: { held()?.metadata.resourceVersion == json.metadata.resourceVersion }, seconds: 1, "")
        guard let held = held(), held.metadata.resourceVersion == json.metadata.resourceVersion else { continue }
        compared += 1
        #expect(areEqual(held, json), "\(served): \(held)\n\(json)")
      }
    }
    #expect(compared > 0, "there is no \(served) to compare")
  }

  private func areEqual(_ left: any KubeObject, _ right: any KubeObject) -> Bool {
    func isEqual<Value: Equatable>(_ left: Value, _ right: any KubeObject) -> Bool { left == right as? Value }
    guard let left = left as? any KubeObject & Equatable else { return false }
    return isEqual(left, right)
  }

  private static func signingRequest(_ namespace: String) throws -> String {
    let folder = try TemporaryFolder()
    let openssl = Process()
    openssl.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    openssl.arguments = [
      "openssl", "req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", "/dev/null", "-subj", "/CN=somebody",
      "-out", folder.url.appendingPathComponent("request").path,
    ]
    openssl.standardError = FileHandle.nullDevice
    try openssl.run()
    openssl.waitUntilExit()
    let request = try Data(contentsOf: folder.url.appendingPathComponent("request")).base64EncodedString()
    return """
      {"apiVersion": "certificates.k8s.io/v1", "kind": "CertificateSigningRequest",
       "metadata": {"name": "request-\(namespace)"},
       "spec": {"request": "\(request)", "signerName": "example.com/signer", "usages": ["client auth"]}}
      """
  }
}
