import DataFiles
import KubeConfig
import Testing

private func read(_ source: inout TokenFileSource, _ now: Double, _ files: MemoryFileSystem) throws -> String {
  try source.token(now: now, fileSystem: files).revealed
}

private func pair(
  _ source: inout ClientCertificateSource, _ now: Double, _ files: MemoryFileSystem
) throws -> (pair: ClientCertificateSource.Pair, hasChanged: Bool) {
  try source.pair(now: now, fileSystem: files)
}

@Suite struct CredentialFileTests {
  @Test func tokensAreReadAgainAfterAMinuteLessTheLeeway() throws {
    var files = MemoryFileSystem(["/t": " one\n"])
    var source = TokenFileSource(path: "/t", fallback: nil)
    #expect(try read(&source, 100, files) == "one")
    files.files["/t"] = Array("two".utf8)
    #expect(try read(&source, 149.9, files) == "one")
    #expect(try read(&source, 150, files) == "two")
  }

  @Test func theOldTokenStaysWhileTheFileCannotBeRead() throws {
    var files = MemoryFileSystem(["/t": "one"])
    var source = TokenFileSource(path: "/t", fallback: Secret("spare"))
    _ = try source.token(now: 0, fileSystem: files)
    files.files = [:]
    #expect(try read(&source, 60, files) == "one")
    files.files["/t"] = Array(" ".utf8)
    #expect(try read(&source, 120, files) == "one")
    files.files["/t"] = Array("three".utf8)
    #expect(try read(&source, 121, files) == "three")
  }

  @Test func a401DropsTheTokenUnlessItIsNewer() throws {
    var files = MemoryFileSystem(["/t": "one"])
    var source = TokenFileSource(path: "/t", fallback: nil)
    _ = try source.token(now: 10, fileSystem: files)
    files.files["/t"] = Array("two".utf8)
    source.unauthorized(requestStart: 5)
    #expect(try read(&source, 11, files) == "one")
    source.unauthorized(requestStart: 11)
    #expect(try read(&source, 12, files) == "two")
  }

  @Test func aClockSetBackDoesNotKeepATokenForEver() throws {
    var files = MemoryFileSystem(["/t": "one"])
    var source = TokenFileSource(path: "/t", fallback: nil)
    _ = try source.token(now: 1_000_000, fileSystem: files)
    files.files["/t"] = Array("two".utf8)
    #expect(try read(&source, 10, files) == "two")
  }

  @Test func withoutTokenAndFallbackTheReasonIsTold() throws {
    var source = TokenFileSource(path: "/t", fallback: nil)
    #expect { try source.token(now: 0, fileSystem: MemoryFileSystem()) } throws: {
      "\($0)" == "failed to read token file \"/t\": open /t: no such file or directory"
    }
    var spare = TokenFileSource(path: "/t", fallback: Secret("spare"))
    #expect(try read(&spare, 0, MemoryFileSystem()) == "spare")
  }

  @Test func certificatesAreReadAgainAfterFiveMinutes() throws {
    var files = MemoryFileSystem(["/c": "one", "/k": "key"])
    var source = ClientCertificateSource(.init(certificate: .file("/c"), key: .file("/k")))
    #expect(try pair(&source, 0, files).hasChanged == false)
    files.files["/c"] = Array("two".utf8)
    #expect(try pair(&source, 299, files).pair.certificate == Array("one".utf8))
    let renewed = try pair(&source, 300, files)
    #expect(renewed.hasChanged && renewed.pair.certificate == Array("two".utf8) && renewed.pair.key == Secret("key"))
    #expect(try pair(&source, 600, files).hasChanged == false)
    files.files = [:]
    #expect(try pair(&source, 900, files).pair.certificate == Array("two".utf8))
    var none = ClientCertificateSource(.init(certificate: .file("/c"), key: .inline(Secret("k"))))
    #expect(throws: FileError.self) { try pair(&none, 0, files) }
  }

  /// `{"exp":1000}` between an empty header and signature, in base64 of the URL alphabet.
  @Test(arguments: [
    ("x.eyJleHAiOjEwMDB9.x", 989.0, true), ("x.eyJleHAiOjEwMDB9.x", 990, false), ("x.eyJleHAiOjEwMDB9", 0, false),
    ("", 0, false), ("x.!!.x", 0, false), ("x.e30.x", 0, false),
  ]) func idTokens(token: String, now: Double, isValid: Bool) throws {
    let text = config(
      user: "auth-provider: {name: oidc, config: {id-token: '\(token)', client-id: c, idp-issuer-url: https://i}}")
    guard case .oidc(let credentials) = try resolve(text).authentication else {
      Issue.record("not oidc")
      return
    }
    var source = OIDCCredentialSource(credentials)
    switch source.credential(now: now) {
    case .use(let found): #expect(isValid && found == Secret(token))
    case .failed(let error): #expect(!isValid && error.hint?.contains("oidc-login") == true)
    case .send, .wait: Issue.record("there is nothing to refresh it with")
    }
  }
}
