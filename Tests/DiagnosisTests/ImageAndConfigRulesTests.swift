import ClusterState
import Kube
import Testing

@testable import Diagnosis

/// What is said about images that cannot be had and configuration that is refused: the exact sentences.
@Suite struct ImageAndConfigRulesTests {
  @Test(arguments: [
    (
      #"failed to resolve reference "registry.example/app:1": registry.example/app:1: not found"#,
      "pod.image-not-found", "image not found"
    ),
    ("manifest unknown", "pod.image-not-found", "image not found"),
    ("failed to authorize: 401 Unauthorized", "pod.image-access-denied", "registry denies access to image"),
    (
      "pull access denied, repository does not exist or may require authorization",
      "pod.image-access-denied", "registry denies access to image"
    ),
    (
      "toomanyrequests: You have reached your pull rate limit", "pod.image-rate-limited",
      "registry rate limit reached for image"
    ),
    (
      "dial tcp: lookup registry.example: no such host", "pod.image-registry-unreachable",
      "registry unreachable for image"
    ),
    (
      "tls: failed to verify certificate: x509: certificate signed by unknown authority",
      "pod.image-registry-untrusted", "registry certificate not trusted for image"
    ),
    (
      #"failed to do request: Head "https://r.lan/v2/": proxyconnect tcp: Proxy Authentication Required"#,
      "pod.image-registry-unreachable",
      "the node's proxy wants credentials (407 Proxy Authentication Required) for image"
    ),
    (
      #"failed to do request: Head "https://r.lan:5000/v2/": http: server gave HTTP response to HTTPS client"#,
      "pod.image-registry-untrusted", "registry speaks plain HTTP where the node wants HTTPS, for image"
    ),
    (
      "unexpected status from HEAD request to https://r.lan/v2/: 503 Service Unavailable",
      "pod.image-registry-error", "registry answers 503 Service Unavailable for image"
    ),
    (
      "failed to fetch anonymous token: unexpected status from GET request to https://r.lan/token?503=x: 502 Bad Gateway",
      "pod.image-registry-error", "registry answers 502 Bad Gateway for image"
    ),
    (
      "received unexpected HTTP status: 504 Gateway Timeout", "pod.image-registry-error",
      "registry answers 504 Gateway Timeout for image"
    ),
    (
      "reading manifest 1 in r.lan/app: StatusCode: 503, <html><body>host not found</body></html>",
      "pod.image-registry-error", "registry answers 503 Service Unavailable for image"
    ),
    (
      "invalid status code from registry 520 (Web Server Returned an Unknown Error)", "pod.image-registry-error",
      "registry answers 520 for image"
    ),
    (
      #"error parsing HTTP 429 response body: invalid character 'T': "Too Many""#, "pod.image-rate-limited",
      "registry rate limit reached for image"
    ),
    (
      "unexpected status from HEAD request to https://r.lan/v2/: 429 Unknown", "pod.image-rate-limited",
      "registry rate limit reached for image"
    ),
    (
      "unexpected status code [manifests 1.0]: 404 Not Found", "pod.image-not-found", "image not found"
    ),
    (
      "no match for platform in manifest: not found", "pod.image-wrong-platform",
      "image has no variant for the node's platform"
    ),
    ("write /var/lib/x: no space left on device", "pod.image-no-space", "no disk space on the node for image"),
  ])
  func imagePull(message: String, code: String, text: String) {
    let full = #"Back-off pulling image "registry.example/app:1": ErrImagePull: rpc error: "# + message
    #expect(
      findings(waiting("app", "ImagePullBackOff", full)) == ["\(code) critical: \(text): registry.example/app:1"])
  }

  @Test func theImageNameIsNoEvidence() {
    let failure = ImagePullFailure(
      #"Back-off pulling image "r.example/x509:unauthorized": not found"#, image: "r.example/x509:unauthorized")
    #expect(failure == .notFound)
  }

  @Test func imagePullWhoseCauseIsInAnEvent() {
    let found = findings(
      waiting("app", "ImagePullBackOff", #"Back-off pulling image "registry.example/app:1""#),
      events: {
        [
          event("Failed", "Error: ImagePullBackOff", about: $0, container: "app", at: ago(5)),
          event(
            "Failed", #"Failed to pull image "registry.example/app:1": rpc error: manifest unknown"#, about: $0,
            container: "app", at: ago(30)),
        ]
      })
    #expect(found == ["pod.image-not-found critical: image not found: registry.example/app:1"])
  }

  @Test func aPullSecretThatDoesNotExistIsNamed() {
    let denied = #"Back-off pulling image "registry.example/app:1": ErrImagePull: 401 Unauthorized"#
    let pulling = pod {
      $0.spec.imagePullSecrets = [LocalObjectReference()]
      $0.spec.imagePullSecrets[0].name = "cred"
      $0.status.conditions = [condition("PodScheduled", "True"), condition("Ready", "False")]
      $0.status.containerStatuses = [waiting("app", "ImagePullBackOff", denied)]
    }
    let plain = "pod.image-access-denied critical: registry denies access to image: registry.example/app:1"
    let told = event(
      "FailedToRetrieveImagePullSecret",
      "Unable to retrieve some image pull secrets (cred); attempting to pull the image may not succeed.", about: pulling
    )
    #expect(findings(cluster([pulling, told])) == [plain + #"; pull secret "cred" does not exist"#])
    #expect(findings(cluster([pulling])) == [plain], "nobody has looked yet")
    #expect(Triage.diagnose(cluster([pulling]), now: now).named.map(\.name) == ["cred"])
    let state = cluster([pulling, told])
    let secrets = ObjectStore(resource: Secret.resource, coverage: .cluster)
    secrets.freshness = .live
    secrets.put(object(Secret.self, "cred"))
    state.add(secrets)
    #expect(findings(state) == [plain], "it has been made since")
  }

  @Test func otherImageTrouble() {
    #expect(
      findings(waiting("app", "InvalidImageName", "could not parse"))
        == ["pod.image-name-invalid critical: image name is not valid: registry.example/app:1"])
    #expect(
      findings(waiting("app", "ErrImageNeverPull"))
        == [
          "pod.image-never-pulled critical: image is not on the node and imagePullPolicy is Never: registry.example/app:1"
        ])
  }

  @Test(arguments: [
    (#"configmap "settings" not found"#, #"pod.config-missing critical: configmap "settings" not found"#),
    (#"secret "token" not found"#, #"pod.config-missing critical: secret "token" not found"#),
    (
      "couldn't find key url in ConfigMap shop/settings",
      #"pod.config-missing critical: key "url" not found in ConfigMap shop/settings"#
    ),
    (
      "container has runAsNonRoot and image will run as root",
      "pod.config-invalid critical: container has runAsNonRoot and image will run as root"
    ),
    ("", "pod.config-invalid critical: CreateContainerConfigError"),
  ])
  func configuration(message: String, text: String) {
    #expect(findings(waiting("app", "CreateContainerConfigError", message)) == [text])
  }

  @Test func filesOfAVolumeThatAreNotThere() {
    func said(
      keys: [String]?, items: [(key: String, path: String)] = [], subPath: String = "app.yaml",
      optional: Bool? = nil, end: ContainerStateTerminated
    ) -> String {
      let subject = pod {
        var volume = Volume()
        volume.name = "cfg"
        var source = ConfigMapVolumeSource()
        source.name = "settings"
        source.optional = optional
        source.items = items.map {
          var item = KeyToPath()
          item.key = $0.key
          item.path = $0.path
          return item
        }
        volume.configMap = source
        $0.spec.volumes = [volume]
        var mount = VolumeMount()
        mount.name = "cfg"
        mount.mountPath = "/etc/app/app.yaml"
        mount.subPath = subPath
        $0.spec.containers[0].volumeMounts = [mount]
        $0.status.conditions = [condition("PodScheduled", "True"), condition("Ready", "False")]
        $0.status.containerStatuses = [waiting("app", "CrashLoopBackOff", restarts: 4, last: end)]
      }
      let state = cluster([subject])
      if let keys {
        let store = ObjectStore(resource: ConfigMap.resource, coverage: .cluster)
        store.freshness = .live
        state.add(store)
        put(object(ConfigMap.self, "settings") { for key in keys { $0.data[key] = 4 } }, into: state)
      }
      return Triage.diagnose(state, now: now).groups.map(\.findings[0].cause).joined(separator: " | ")
    }
    let refused = end(
      128, "StartError",
      message: #"error mounting "/var/lib/x" to rootfs at "/etc/app/app.yaml": mount src=/x: not a directory: Are you"#)
    let missing = #"configmap "settings" has no key "app.yaml" (it has app.yml)"#
    #expect(said(keys: ["app.yml"], end: refused).hasSuffix("on a file); \(missing)"))
    #expect(said(keys: ["app.yml"], end: end(1)) == "exit 1; \(missing)", "it finds a directory there")
    #expect(said(keys: ["app.yaml"], end: end(1)) == "exit 1")
    #expect(said(keys: nil, end: end(1)) == "exit 1", "ConfigMaps are not read")
    #expect(said(keys: [], end: end(1)) == "exit 1", "its data was cut away")
    #expect(said(keys: ["app.yml"], optional: true, end: end(1)) == "exit 1")
    #expect(said(keys: ["a"], items: [("a", "app.yaml")], end: end(1)) == "exit 1")
    #expect(said(keys: ["a"], items: [("a", "app.yaml/x")], end: end(1)) == "exit 1", "a directory of items")
    #expect(
      said(keys: ["a"], items: [("a", "other.yaml")], end: end(1))
        == #"exit 1; its volume lists no file "app.yaml" of configmap "settings""#)
  }
}
