// swift-tools-version:6.2
import PackageDescription

// Every target is compiled in Swift 6 mode with warnings as errors. The arrows between targets point only
// downward in this file; ARCHITECTURE.md has the same table and Tests/ArchitectureTests compares the two.
let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let flyingFox: Target.Dependency = .product(name: "FlyingFox", package: "FlyingFox")
let flyingSocks: Target.Dependency = .product(name: "FlyingSocks", package: "FlyingFox")

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

let package = Package(
  name: "podmedic",
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
  ],
  targets: [
    .target(name: "CPosix"),
    .target(name: "CTerminalGuard"),
    .systemLibrary(name: "CCurl"),
    .systemLibrary(name: "CNcurses"),
    .systemLibrary(name: "CZlib"),
    library("Kube", ["Base64Text"]),
    library("Base64Text"),
    library("Terminal", ["Base64Text"]),
    library("DataFiles", [yams]),
    library("EventLoop", ["CPosix"]),
    library("HTTPTransport", ["CCurl", "EventLoop"]),
    library("CursesTerminal", ["Terminal", "CNcurses", "CTerminalGuard"]),
    .target(
      name: "Expressions", dependencies: ["DataFiles", "Kube"], exclude: ["GRAMMAR.md"], swiftSettings: settings),
    library("KubeConfig", ["Base64Text", "DataFiles", "Kube"]),
    library("ClusterState", ["Kube"]),
    library("KubeClient", ["Base64Text", "ClusterState", "EventLoop", "HTTPTransport", "Kube"]),
    library("Diagnosis", ["ClusterState", "Kube"]),
    library("Scheduling", ["ClusterState", "Kube"]),
    library("Draining", ["ClusterState", "HTTPTransport", "Kube", "KubeClient", "Scheduling"]),
    library("ScreenKit", ["DataFiles", "Diagnosis", "Expressions", "Kube"]),
    .executableTarget(name: "EmbedTool", swiftSettings: settings),
    .plugin(name: "EmbedPlugin", capability: .buildTool(), dependencies: ["EmbedTool"], path: "Sources/EmbedPlugin"),
    .target(
      name: "Screens", path: "Screens", exclude: ["pictures"], swiftSettings: settings, plugins: ["EmbedPlugin"]),
    .target(
      name: "Playbooks", path: "Playbooks", exclude: ["COVERAGE.md", "README.md"], swiftSettings: settings,
      plugins: ["EmbedPlugin"]),
    library("Details", ["ClusterState", "Diagnosis", "Kube"]),
    library("DemoCluster", ["Base64Text", "CZlib", "Kube", flyingFox, flyingSocks]),
    library(
      "Interface",
      [
        "Base64Text", "ClusterState", "DataFiles", "Details", "Diagnosis", "Draining", "Expressions", "Kube",
        "PlainInterface", "PlaybookKit", "Remedies", "Scheduling", "ScreenKit", "Terminal",
      ]),
    library("Captures", ["CZlib", "DataFiles", "EventLoop", "HTTPTransport", "Kube"]),
    library(
      "Session",
      [
        "ClusterState", "DataFiles", "Draining", "EventLoop", "HTTPTransport", "Kube", "KubeClient", "KubeConfig",
        "Remedies",
      ]),
    library(
      "Dashboard",
      [
        "ClusterState", "Diagnosis", "Draining", "EventLoop", "Expressions", "Interface", "Kube", "KubeClient",
        "PlaybookKit", "Remedies", "ScreenKit", "Session", "Terminal",
      ]),
    library("Remedies", ["ClusterState", "Kube", "KubeClient"]),
    library(
      "PlaybookKit",
      [
        "ClusterState", "DataFiles", "Diagnosis", "Draining", "Expressions", "Kube", "KubeClient", "Remedies",
        "Scheduling",
      ]),
    library(
      "PlainInterface",
      ["ClusterState", "Diagnosis", "Draining", "Kube", "PlaybookKit", "Remedies", "Scheduling", "Terminal"]),
    .executableTarget(
      name: "podmedic",
      dependencies: [
        "Captures", "ClusterState", "CursesTerminal", "Dashboard", "DataFiles", "DemoCluster", "Diagnosis",
        "Draining", "EventLoop", "HTTPTransport", "Interface", "Kube", "KubeClient", "KubeConfig", "PlainInterface",
        "PlaybookKit",
        "Playbooks", "Remedies", "Scheduling", "ScreenKit", "Screens", "Session", "Terminal", argumentParser,
      ], swiftSettings: settings),

    .target(name: "TestSupport", dependencies: ["Terminal"], path: "Tests/TestSupport", swiftSettings: settings),
    tests("KubeTests", ["Base64Text", "Kube", "TestSupport"]),
    tests("Base64TextTests", ["Base64Text"]),
    tests("TerminalTests", ["Terminal"]),
    tests("DataFilesTests", ["DataFiles", "TestSupport"]),
    tests("EventLoopTests", ["EventLoop", "CPosix"]),
    tests("HTTPTransportTests", ["HTTPTransport", "EventLoop", "CPosix", "CCurl", "TestSupport"]),
    tests("ExpressionsTests", ["Expressions", "Kube"]),
    tests("KubeConfigTests", ["Base64Text", "KubeConfig", "DataFiles"]),
    tests("ClusterStateTests", ["ClusterState", "Kube"]),
    // The scenarios are in Tests/Accuracy.
    tests(
      "AccuracyTests",
      ["ClusterState", "DataFiles", "Diagnosis", "Kube", "PlainInterface", "PlaybookKit", "Playbooks"]),
    tests("DiagnosisTests", ["Diagnosis", "ClusterState", "Kube", "TestSupport"]),
    .testTarget(
      name: "SchedulingTests", dependencies: ["Scheduling", "ClusterState", "Kube"], exclude: ["Fixtures"],
      swiftSettings: settings),
    tests("DrainingTests", ["ClusterState", "Draining", "HTTPTransport", "Kube", "KubeClient", "Scheduling"]),
    tests("DetailsTests", ["Details", "ClusterState", "Diagnosis", "Kube"]),
    // What 'make bench' measures without a cluster.
    .executableTarget(
      name: "PlacementBench", dependencies: ["ClusterState", "Draining", "Kube", "Scheduling"],
      path: "Tests/PlacementBench",
      swiftSettings: settings),
    // What CursesTerminalTests run in a pseudo-terminal; no product.
    .executableTarget(
      name: "CursesProbe", dependencies: ["Terminal", "CursesTerminal"], path: "Tests/CursesProbe",
      swiftSettings: settings),
    tests("CursesTerminalTests", ["CursesTerminal", "Terminal", "CursesProbe", "TestSupport"]),
    // The executable is a dependency so that what is tested is what was built.
    tests("ProgramTests", ["TestSupport", "podmedic"]),
    tests("KubeClientTests", ["KubeClient", "ClusterState", "EventLoop", "HTTPTransport", "Kube"]),
    tests(
      "SessionTests",
      [
        "Session", "ClusterState", "DataFiles", "Draining", "EventLoop", "HTTPTransport", "Kube", "KubeClient",
        "KubeConfig", "Remedies", "TestSupport",
      ]),
    tests("CapturesTests", ["Captures", "DataFiles", "EventLoop", "HTTPTransport", "Kube"]),
    tests("RemediesTests", ["ClusterState", "EventLoop", "HTTPTransport", "Kube", "KubeClient", "Remedies"]),
    tests("PlainInterfaceTests", ["PlainInterface", "ClusterState", "Diagnosis", "Draining", "Kube", "Scheduling"]),
    tests("CommandTests", ["DemoCluster", "Kube", "TestSupport", "podmedic"]),
    tests("ScreenKitTests", ["DataFiles", "Diagnosis", "Expressions", "Kube", "ScreenKit"]),
    tests(
      "PlaybookKitTests",
      ["ClusterState", "DataFiles", "Diagnosis", "Expressions", "Kube", "KubeClient", "PlaybookKit", "Remedies"]),
    tests(
      "PlaybooksTests",
      [
        "ClusterState", "DataFiles", "Diagnosis", "Interface", "Kube", "PlaybookKit", "Playbooks", "Remedies",
        "Screens",
      ]),
    tests("ScreensTests", ["DataFiles", "Diagnosis", "Expressions", "Kube", "ScreenKit", "Screens"]),
    tests(
      "InterfaceTests",
      [
        "ClusterState", "DataFiles", "Diagnosis", "Draining", "HTTPTransport", "Interface", "Kube", "KubeClient",
        "PlaybookKit", "Playbooks", "Remedies", "ScreenKit", "Screens", "Terminal",
      ]),
    tests("DemoClusterTests", ["CZlib", "DemoCluster", "Kube"]),
    tests(
      "ClusterTests",
      [
        "ClusterState", "DataFiles", "Diagnosis", "Draining", "EventLoop", "HTTPTransport", "Kube", "KubeClient",
        "KubeConfig", "Remedies", "Scheduling", "Session", "TestSupport", "podmedic",
      ]),
    tests("ArchitectureTests", []),
  ],
  swiftLanguageModes: [.v6]
)
