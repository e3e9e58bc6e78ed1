import ClusterState
import Kube
import Testing

@testable import Diagnosis

/// Texts of kubelets, runtimes and registries that read like others.
@Suite struct HardTextsTests {
  @Test(arguments: [
    (
      "quay.io/certificates/web:1", "HEAD https://quay.io/v2/certificates/web/manifests/1: 401 UNAUTHORIZED",
      "access-denied"
    ),
    ("ghcr.io/acme/app:2", "failed to fetch oauth token: denied: denied", "access-denied"),
    ("acme/arm:1", "no image found in image index for architecture amd64, variant \"\", OS linux", "wrong-platform"),
    (
      "reg/web:1", "unexpected status from HEAD request to https://reg/v2/web: 500 Internal Server Error",
      "registry-error"
    ),
    ("reg/web:1", "unexpected status from HEAD request to https://reg/v2/web: 404 Not Found", "not-found"),
    ("acme/disk:1", "write /var/lib/x: permission denied: unknown", "pull-failed"),
  ])
  func pullFailures(image: String, message: String, code: String) {
    let found = ImagePullFailure(message, image: image).code.rawValue
    #expect(found == (code == "pull-failed" ? "pod.image-pull-failed" : "pod.image-" + code))
  }

  @Test func anUnknownPullFailureIsQuoted() {
    let message = "failed to pull and unpack image \"docker.io/acme/odd:1\": unsupported media type x"
    #expect(ImagePullFailure.detail(message) == "unsupported media type x")
    #expect(
      ImagePullFailure.detail("Back-off pulling image \"acme/odd:1\": ErrImagePull: \(message)")
        == "unsupported media type x")
    #expect(ImagePullFailure.detail("Back-off pulling image \"acme/odd:1\"") == "")
  }

  @Test(arguments: [
    ("MountVolume.SetUp failed for volume \"tls\" : secrets \"site-tls\" not found", "secret \"site-tls\" not found"),
    (
      "MountVolume.SetUp failed for volume \"conf\" : configmap references non-existent config key: site.yaml",
      "key \"site.yaml\" not found in the configmap of volume \"conf\""
    ),
    ("references non-existent secret key: a", "key \"a\" not found in the secret"),
  ])
  func missingConfig(message: String, text: String) {
    #expect(MissingConfig(message)?.text == text)
  }

  @Test func crunNamesTheCommandInItsOwnWay() {
    let message = "container create failed: executable file `serve` not found in $PATH: No such file or directory"
    #expect(StartFailure(message)?.text == "command not found: serve")
  }

}
