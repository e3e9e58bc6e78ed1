import Foundation
import TestSupport
import Testing

/// `podmedic get` and the real kubectl, side by side against the same demo cluster: standard output byte for byte, the
/// exit status, and the first line of standard error. Without kubectl these are skipped.
@Suite(
  .serialized, .enabled(if: TestCluster.currentKubectl != nil, "no current kubectl; 'make setup-tests' fetches it"))
struct GetAsKubectlTests {
  private struct Printed: Equatable {
    var status: Int32 = 0
    var text = ""
    var complaint = ""
  }

  /// The arguments of `get`, as a shell reads them. Nothing here may change by itself within a minute.
  private static let commands = #"""
    deploy -n shop -o jsonpath='{.items[*].metadata.name}'
    deploy -n shop -o jsonpath='{range .items[*]}{.metadata.name}{"\t"}{.spec.replicas}{"\n"}{end}'
    deploy -n shop -o jsonpath='{.items[?(@.spec.replicas==2)].metadata.name}'
    deploy -n shop -o jsonpath='{.items[?(@.spec.replicas!=2)].metadata.name}'
    deploy -n shop -o jsonpath='{.items[?(@.spec.replicas>2)].metadata.name}|{.items[?(@.spec.replicas<=2)].metadata.name}'
    deploy -n shop -o jsonpath='{.items[?(@.spec.replicas>=2)].metadata.name}|{.items[?(@.spec.replicas<3)].metadata.name}'
    deploy -n shop -o jsonpath='{.items[?(@.metadata.name=="cart")].metadata.name} {.items[?(@.metadata.name>"f")].kind}'
    deploy -n shop -o jsonpath='{.items[0:3].metadata.name}'
    deploy -n shop -o jsonpath='{.items[-1].metadata.name} {.items[-2:].metadata.name} {.items[::3].metadata.name}'
    deploy -n shop -o jsonpath='{.items[1:5:2].metadata.name} {.items[2:2].metadata.name}'
    deploy -n shop -o jsonpath='{.items[0].metadata.labels} {.items[0].spec.template.spec.containers[*].ports}'
    deploy -n shop -o jsonpath='{..containerPort}'
    deploy -n shop -o jsonpath="{.items[0].metadata['name','namespace']} {.items[0,2].metadata.name}"
    deploy -n shop -o jsonpath="{.items[0]['metadata.name']}"
    nodes -o jsonpath="{.items[0].metadata.labels.kubernetes\.io/hostname}"
    nodes -o jsonpath="{.items[0].metadata.labels['kubernetes\.io/hostname']}"
    nodes -o jsonpath='{range .items[*]}{.metadata.name}{range .spec.taints[*]} {.key}:{.effect}{end}{"\n"}{end}'
    nodes -o jsonpath='{range .items[*]}{.metadata.name} {range .status.conditions[*]}{.type}={.status},{end}{"\n"}{end}'
    nodes -o jsonpath='{.items[?(@.spec.unschedulable==true)].metadata.name} {.items[?(@.spec.unschedulable)].kind}'
    nodes -o jsonpath='{.items[0].status.nodeInfo}'
    nodes -o jsonpath='{.items[0].status.conditions..type}'
    nodes -o jsonpath='{range .items[*]}{.metadata.name},{range .nothing[*]}x{end};{end}done'
    nodes -o jsonpath='{range .items[0:2]}{.metadata.name}{"\n"}'
    nodes -o jsonpath='{.items[?(@.spec.podCIDR>1)].metadata.name}'
    nodes -o jsonpath='{.items[?(@.metadata.name=~"node.*")].metadata.name}'
    nodes -o jsonpath='{.items[0].nothing}'
    nodes -o jsonpath='{.items[0].nothing}' --allow-missing-template-keys=false
    nodes -o jsonpath='{.items[100].x}'
    nodes -o jsonpath='{.kind[0]}'
    nodes -o jsonpath='{.items[0:2].kind}{1}{1.50}{1234567.5}{true}{-3}'
    nodes -o jsonpath='{"quoted \" \n\u00e9 \x41"}{'"'single \\' q'"'}'
    nodes -o jsonpath='{.items[0].metadata.name'
    nodes -o jsonpath='{.items[0}'
    nodes -o jsonpath='{.items[a]}'
    nodes -o jsonpath='{foo}'
    nodes -o jsonpath='{end}'
    nodes -o jsonpath='{"abc}'
    nodes -o jsonpath='{.a....b}'
    nodes -o jsonpath='{.items[?(@.x==]}'
    nodes -o jsonpath='{.items[?(@.kind=="Node")x}'
    nodes -o jsonpath='{%}'
    nodes -o jsonpath='{é}'
    nodes -o jsonpath='{1.2.3}'
    nodes -o jsonpath='{"a\q"}'
    nodes -o jsonpath='plain {.}{@.kind}{$.kind}'
    nodes -o jsonpath-as-json='{.items[*].metadata.name}'
    nodes -o jsonpath-as-json='{.items[0].metadata.labels}{.kind}text'
    nodes -o jsonpath-as-json='{.nothing}'
    nodes -o jsonpath --template='{.kind}'
    nodes -o jsonpath
    deploy -n shop -o kyaml
    nodes -o kyaml --show-managed-fields
    --raw /version
    --raw '/api/v1/namespaces/shop/services?labelSelector=app%3Dcart'
    --raw /nothing
    --raw version
    --raw /version pods
    --raw /version -o json
    --raw /version -l a=b
    nodes -o jsonpath-file=template
    nodes -o jsonpath-file=/nonexistent
    deploy -n shop -o custom-columns=NAME:.metadata.name,N:.spec.replicas,IMAGES:.spec.template.spec.containers[*].image
    deploy -n shop -o custom-columns=NAME:metadata.name,X:{.spec.replicas},L:.metadata.labels,N:.none
    deploy -n shop -o custom-columns=NAME:.metadata.name --no-headers
    deploy,svc -n shop -o custom-columns=K:.kind,N:.metadata.name
    nodes -o custom-columns-file=columns
    nodes -o custom-columns-file=/nonexistent
    nodes -o custom-columns
    nodes -o custom-columns=A
    nodes -o 'custom-columns=A:{.a}{.b}'
    pods -n nothing -o custom-columns=A:.b
    deploy -n shop --sort-by=.spec.replicas -o custom-columns=N:.spec.replicas
    deploy -n shop --sort-by=metadata.uid -o name
    deploy -n shop --sort-by='{.metadata.uid}' -o jsonpath='{.items[*].metadata.name}'
    nodes --sort-by=.metadata.uid
    cm -n shop --sort-by=.metadata.uid -o json
    nodes --sort-by=.spec.nothing -o name
    all -n nothing
    all -n payments -o name
    svc,deploy -n shop
    deploy/cart svc/cart -n shop
    deploy/cart svc/nosuch -n shop
    deploy/cart deploy/catalog svc/cart deploy/frontend -n shop
    deploy cart catalog -n shop -o yaml
    svc cart -n shop -o json
    pods nosuch1 nosuch2 -n shop
    pods nosuch1 nosuch2 -n shop -o json
    pods nosuch1 -n shop -o json
    pods nosuch1 nosuch2 -n shop -o json --ignore-not-found
    pods nosuch1 -n shop -o yaml --ignore-not-found
    svc -n shop -l app=cart --show-labels
    svc -n shop -L app,none
    deploy -n shop --show-kind
    nodes --show-kind=true --no-headers
    deploy/cart -n shop --show-kind=false
    deploy,svc -n shop --show-kind=false
    crd --show-kind -o wide
    deploy -n shop --show-kind -o name
    cm -n nothing --show-kind
    nodes -o wide --show-labels
    nodes --chunk-size=2
    pods -n shop --field-selector x=y
    pods -l 'x in'
    pods nosuch -A
    pods a -l x=y
    pods/
    nosuch
    nodes --show-labels -o json
    nodes --output-watch-events
    cm nosuch -n shop -w
    svc,cm -w
    deploy,nodes -A
    nodes,deploy,pv -A -o wide
    runtimeclasses
    deploy,runtimeclasses -n payments
    runtimeclass x -o json
    runtimeclass/x
    runtimeclasses -w
    """#

  /// Other commands; their messages are compared whole.
  private static let otherCommands = #"""
    events -n web --for job/nightly -o json
    events -n web --for job/nightly -o yaml --types Normal
    events -n web --for job/nightly -o jsonpath='{.kind} {.items[*].involvedObject.kind}'
    events -n nothing -o json
    events -n web --for job/nightly -o kyaml
    logs deploy/idle -n web --pod-running-timeout=1s
    logs deploy/hello -n web --tail=1 --pod-running-timeout=1s --insecure-skip-tls-verify-backend
    logs deploy/hello -n web --pod-running-timeout=0
    --context nope get nodes
    --context nope logs x
    --context nope events
    --context nope cordon x
    logs job/nightly -n web
    logs deploy/nosuch -n web
    logs nosuch
    logs nosuch/x
    logs runtimeclass/x
    logs many -n web -c nope
    logs many -n web
    logs deploy/hello -n web --limit-bytes=5
    logs deploy/hello -n web --limit-bytes=40 --timestamps
    logs deploy/hello -n web --limit-bytes=-1
    logs deploy/hello -n web --limit-bytes=5 -f
    logs many -n web --ignore-errors
    logs -l app=hello -n web -f --max-log-requests=2
    logs deploy/hello -n web --all-pods -f --max-log-requests=1
    get pods -n kube-system -w -o name --request-timeout=3s
    logs deploy/hello -n web -f --tail=0 --request-timeout=3s
    """#

  @Test func otherCommandsPrintTheSame() async throws {
    let demo = try Demo("calm")
    let kubectl = "\(TestCluster.currentKubectl ?? "kubectl") --cache-dir cache"
    let objects = """
      apiVersion: v1
      kind: Pod
      metadata: {name: many, namespace: web}
      spec:
        initContainers: [{name: first, image: x}, {name: side, image: x, restartPolicy: Always}]
        containers: [{name: app, image: x}, {name: web, image: x}]
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: idle, namespace: web}
      spec:
        replicas: 0
        selector: {matchLabels: {app: idle}}
        template: {metadata: {labels: {app: idle}}, spec: {containers: [{name: app, image: x}]}}
      ---
      apiVersion: batch/v1
      kind: Job
      metadata: {name: nightly, namespace: web}
      spec: {template: {spec: {restartPolicy: Never, containers: [{name: app, image: "nginx:1.27"}]}}}
      """
    _ = try demo.folder.file("objects.yaml", Data(objects.utf8))
    let created = try await printed("\(kubectl) create --validate=false -f objects.yaml", demo)
    try #require(created.status == 0, "\(created)")
    for command in Self.otherCommands.split(separator: "\n").map(String.init) {
      var (expected, found) = (Printed(), Printed())
      // A pod that has just been made may change, or a line be logged, between the two; nothing here does so for long.
      for _ in 0..<3 {
        expected = Self.withoutLostFields(try await printed("\(kubectl) \(command)", demo))
        found = Self.withoutLostFields(try await printed("\(Podmedic.path) \(command)", demo))
        if found == expected { break }
      }
      #expect(found == expected, "\(command)")
    }
  }

  /// kubectl reads events in protobuf, and the demo's has not all fields of what it stands for.
  private static func withoutLostFields(_ printed: Printed) -> Printed {
    var result = printed
    result.text = printed.text.split(separator: "\n", omittingEmptySubsequences: false)
      .filter { !$0.contains(#/^[ -]+"?(resourceVersion|reportingInstance|action)"?: /#) }
      .map { $0.replacing(/,$/, with: "") }.joined(separator: "\n")
    return result
  }

  /// Of several pods kubectl takes the log of one, after saying which.
  @Test(arguments: ["frontend", "checkout", "catalog", "recommendations", "search", "image-resizer"])
  func theSamePodSpeaksForADeployment(name: String) async throws {
    let demo = try Demo("shop")
    let command = "logs deploy/\(name) -n shop --tail=0"
    let kubectl = try await printed("\(TestCluster.currentKubectl ?? "kubectl") --cache-dir cache \(command)", demo)
    let podmedic = try await printed("\(Podmedic.path) \(command)", demo)
    #expect(kubectl == podmedic)
    #expect(kubectl.complaint.hasPrefix("Found "), "\(kubectl)")
  }

  @Test func everyCommandPrintsTheSame() async throws {
    let demo = try Demo("shop")
    _ = try demo.folder.file("template", Data("{.kind} {.items[0].metadata.name}".utf8))
    _ = try demo.folder.file("columns", Data("NAME   CPU\nmetadata.name  {.status.capacity.cpu}\n".utf8))
    for command in Self.commands.split(separator: "\n").map(String.init) {
      var differences: [(kubectl: Printed, podmedic: Printed)] = []
      // Ages may change between the two; nothing here changes twice in a row.
      for _ in 0..<3 {
        let kubectl = try await printed(
          "\(TestCluster.currentKubectl ?? "kubectl") --cache-dir cache get \(command)", demo)
        let podmedic = try await printed("\(Podmedic.path) get \(command)", demo)
        if kubectl == podmedic {
          differences = []
          break
        }
        differences.append((kubectl, podmedic))
      }
      if let (kubectl, podmedic) = differences.last {
        Issue.record("get \(command)\nkubectl: \(kubectl)\npodmedic: \(podmedic)")
      }
    }
  }

  private func printed(_ command: String, _ demo: Demo) async throws -> Printed {
    var environment = Podmedic.environment
    environment["KUBECONFIG"] = demo.kubeconfig
    let result = try await TestSupport.run(
      ["bash", "-c", "cd \(demo.folder.url.path) && \(command)"], environment: environment, seconds: 30)
    // What kubectl says beyond the first sentence is for those who debug its templates.
    let complaint = result.errorText.split(separator: "\n").first.map(String.init) ?? ""
    let first = complaint.components(separatedBy: ". Printing more information").first ?? complaint
    return Printed(status: result.status, text: result.text, complaint: first)
  }

  @Test func whatKubectlHasAndPodmedicHasNot() async throws {
    let demo = try Demo("calm")
    let template = try await demo.run("get", "nodes", "-o", "go-template={{.kind}}")
    #expect(template.status == 1 && template.errorText.hasPrefix("error: podmedic has no Go templates\nhint: "))
    let unknown = try await demo.run("get", "nodes", "-o", "foo")
    #expect(
      unknown.errorText.hasPrefix("error: unable to match a printer suitable for the output format \"foo\", allowed"))
    // kubectl prints "No resources found" or a stack of Go types here.
    let nothing = try await demo.run("get", "nodes", "--sort-by", ".spec.nothing")
    #expect(
      nothing.errorText == "error: couldn't find any field with path \"{.spec.nothing}\" in the list of objects\n")
    let unsortable = try await demo.run("get", "nodes", "--sort-by", ".spec")
    #expect(unsortable.status == 1 && unsortable.errorText.hasPrefix("error: Field {.spec} is an unsortable type: map"))
  }

  @Test func changesAreToldAsKubectlTellsThem() async throws {
    let demo = try Demo("calm")
    let kubectl = TestCluster.currentKubectl ?? "kubectl"
    func watched(_ program: String, _ arguments: String) async throws -> [String] {
      // The change is made when the list has been read, which the first line shows.
      let result = try await Podmedic.bash(
        """
        exec 3< <(exec \(program) get cm hello -n web --watch --output-watch-events \(arguments)); watch=$!
        read -r -u3 first; echo "$first"
        \(kubectl) -n web annotate cm hello --overwrite changed=$RANDOM$RANDOM >/dev/null
        for n in $(seq "${lines:-1}"); do IFS= read -r -u3 line; echo "$line"; done
        kill -KILL $watch
        """, kubeconfig: demo.kubeconfig)
      return result.text.split(separator: "\n").map(String.init)
    }
    let created = try await Podmedic.bash(
      "\(kubectl) -n web create cm hello --from-literal=a=b && \(kubectl) -n web annotate cm hello changed=0",
      kubeconfig: demo.kubeconfig)
    try #require(created.status == 0, "\(created)")
    for arguments in ["-o json", "-o custom-columns=T:.type,N:.object.metadata.name", "--no-headers", "--show-kind"] {
      let expected = try await watched(kubectl, arguments).map(Self.withoutVersion)
      let found = try await watched("$podmedic", arguments).map(Self.withoutVersion)
      #expect(found == expected && found.count == 2, "\(arguments)")
    }
    withExtendedLifetime(demo) {}
  }

  /// The version, the annotation and the age are others at another time.
  private static func withoutVersion(_ line: String) -> String {
    line.replacing(/"(resourceVersion|changed)":"\d+"/, with: "").replacing(/\d+m?s$/, with: "")
  }
}
