import Testing

@testable import Kube

@Suite struct StringPoolTests {
  @Test func equalBytesGiveEqualStrings() {
    let pool = StringPool(capacity: 2)
    for text in [
      "app.kubernetes.io/name", "a", "", "app.kubernetes.io/name", "kubernetes.io/hostname",
      "third-string-past-capacity",
    ] {
      let bytes = Array(text.utf8)
      #expect(bytes.withUnsafeBytes { pool.string($0) } == text)
    }
  }
}
