import Testing

@testable import KubeConfig

@Suite struct ProviderEditTests {
  private func edited(_ text: String, _ settings: [String: String]) throws -> String {
    let edited = try ProviderEdit.applying(
      settings.mapValues { Secret($0) }, user: "me", to: Array(text.utf8), file: "config")
    return String(decoding: edited, as: UTF8.self)
  }

  @Test(arguments: [
    (
      #"{"users":[{"name":"me","user":{"auth-provider":{"name":"oidc","config":{"id-token":"old","x":"y"}}}}]}"#,
      #"{"users":[{"name":"me","user":{"auth-provider":{"name":"oidc","config":{"id-token":"n\"w","x":"y"}}}}]}"#
    ),
    (
      "users:\n- {name: me, user: {auth-provider: {config: {id-token: old}}}}\n",
      "users:\n- {name: me, user: {auth-provider: {config: {id-token: \"n\\\"w\"}}}}\n"
    ),
    (
      "users:\n- {name: me, user: {auth-provider: {config: {a: b}}}}\n",
      "users:\n- {name: me, user: {auth-provider: {config: {\"id-token\": \"n\\\"w\", a: b}}}}\n"
    ),
    (
      "users:\n- name: me\n  user:\n    auth-provider:\n      config:\n        id-token:\n        a: ü\n",
      "users:\n- name: me\n  user:\n    auth-provider:\n      config:\n        id-token: \"n\\\"w\"\n        a: ü\n"
    ),
    (
      "é: ü\nusers:\n- {name: \"日本\", user: {}}\n- {name: me, é: 日, user: {auth-provider: {config: {id-token: 'o''d'}}}}",
      "é: ü\nusers:\n- {name: \"日本\", user: {}}\n- {name: me, é: 日, user: {auth-provider: {config: {id-token: \"n\\\"w\"}}}}"
    ),
  ]) func onlyTheSettingChanges(text: String, wanted: String) throws {
    #expect(try edited(text, ["id-token": "n\"w"]) == wanted)
  }

  @Test(arguments: [
    "", "users: [", "users: []", "users: [{name: me, user: {}}]",
    "users: [{name: me, user: {auth-provider: {config: {}}}}]",
    "users:\n- name: me\n  user:\n    auth-provider:\n      config:\n        id-token: |\n          old\n          older\n",
    "users: {me: 1}",
  ]) func whatCannotBeChangedIsLeft(text: String) {
    #expect(throws: ProviderEdit.Failure.self) { try edited(text, ["id-token": "new"]) }
  }
}
