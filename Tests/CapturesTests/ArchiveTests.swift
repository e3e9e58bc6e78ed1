import EventLoop
import Foundation
import HTTPTransport
import Kube
import Testing

@testable import Captures

@Suite struct ArchiveTests {
  @Test func whatIsWrittenIsRead() throws {
    let folder = try Folder()
    let path = folder.path + "/capture.tar.gz"
    let writer = try CaptureWriter(path)
    let file = try writer.file("pods.json")
    try file.write(listText(podText("a")).utf8)
    try file.finish()
    let name = String(repeating: "p", count: 120)
    let (log, _) = try writer.log(namespace: "shop", pod: name, container: "c", isPrevious: true)
    try log.write("one\ntwo\n".utf8)
    try log.finish()
    #expect(!FileManager.default.fileExists(atPath: path))
    try writer.finish(
      CaptureManifest(time: Timestamp(seconds: 1_767_225_600), serverVersion: ["gitVersion": "v1.36.0"]))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["capture.tar.gz"])
    let capture = try CaptureReader.read([path])
    #expect(capture.problems == [] && capture.count == 1)
    #expect(capture.time?.seconds == 1_767_225_600)
    #expect(capture.gap(Pod.resource, namespace: nil) == nil)
    let key = CapturedLogs.Key(namespace: "shop", pod: name, container: "c", isPrevious: true)
    #expect(capture.logs.place(key) != nil)
  }

  @Test func anArchiveThatIsCutOffSaysSo() throws {
    let folder = try Folder()
    let path = folder.path + "/capture.tar.gz"
    let writer = try CaptureWriter(path)
    for name in ["nodes.json", "pods.json"] {
      let file = try writer.file(name)
      let noise = (0..<3000).map { podText("p\($0 &* 7919 % 3001)") }.joined(separator: ",")
      try file.write(
        (name == "nodes.json"
          ? listText(kind: "NodeList") : "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"items\":[\(noise)]}").utf8)
      try file.finish()
    }
    try writer.finish(CaptureManifest(time: Timestamp(seconds: 0), serverVersion: [:]))
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    try folder.write("cut.tar.gz", whole.prefix(whole.count / 2))
    let capture = try CaptureReader.read([folder.path + "/cut.tar.gz"])
    #expect(capture.problems.first?.message.hasPrefix("it is cut off or damaged") == true)
    #expect(capture.gap(Node.resource, namespace: nil) == nil)
    #expect(capture.gap(Pod.resource, namespace: nil) != nil)
  }

  @Test func nothingIsWrittenOver() throws {
    let folder = try Folder(["full/x": "x", "file": "x"])
    for name in ["full", "file"] {
      #expect(throws: CaptureWriter.Failure.self) { try CaptureWriter(folder.path + "/" + name) }
    }
    // What is given up leaves nothing behind.
    let writer = try CaptureWriter(folder.path + "/new")
    try writer.file("pods.json").finish()
    writer.cancel()
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["file", "full"])
  }
}

@Suite struct RedactionTests {
  @Test func valuesOfSecretsGoAndTheirKeysStay() {
    let secret: JSONValue = [
      "kind": "Secret",
      "metadata": ["annotations": ["kubectl.kubernetes.io/last-applied-configuration": "{}", "a": "b"]],
      "data": ["password": "czNjcjN0"], "stringData": ["x": "y"],
    ]
    #expect(
      Redaction.withoutSecrets(secret, kind: "Secret") == [
        "kind": "Secret", "metadata": ["annotations": ["a": "b"]], "data": ["password": ""], "stringData": ["x": ""],
      ])
    #expect(Redaction.withoutSecrets(["data": ["a": "b"]], kind: "ConfigMap") == ["data": ["a": "b"]])
  }

  @Test func variablesAndArgumentsAreMasked() {
    let pod: JSONValue = [
      "spec": [
        "containers": [
          [
            "env": [
              ["name": "A", "value": "1"], ["name": "B", "valueFrom": ["fieldRef": [:]]], ["name": "C", "value": ""],
            ],
            "args": ["--db-password=x", "--token", "y", "--port=80", "plain", "--secret-file", "--verbose"],
          ]
        ]
      ]
    ]
    #expect(
      Redaction.redacted(pod) == [
        "spec": [
          "containers": [
            [
              "env": [
                ["name": "A", "value": "***"], ["name": "B", "valueFrom": ["fieldRef": [:]]],
                ["name": "C", "value": ""],
              ], "args": ["--db-password=***", "--token", "***", "--port=80", "plain", "--secret-file", "--verbose"],
            ]
          ]
        ]
      ])
  }
}
