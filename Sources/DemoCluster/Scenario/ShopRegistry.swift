import Kube

/// The images of the shop and how their programs behave.
extension ShopScenario {
  static let host = "registry.shop.example/"

  private static func web(
    _ name: String, memory: Int = 60 << 20, milliCPU: Int = 25, paths: [String]
  ) -> ProgramBehavior {
    ProgramBehavior(
      memory: memory, milliCPU: milliCPU,
      startLog: ["{time} INFO  \(name) starting", "{time} INFO  \(name) listening on :8080"],
      steadyLog: paths.enumerated().map { index, path in
        "{time} INFO  \(name) request id={n} method=\(index % 3 == 2 ? "POST" : "GET") path=\(path) status=200 duration={ms}ms"
      })
  }

  static let registry: ImageRegistry = {
    var registry = ImageRegistry()
    for repository in ["nginx", "busybox", "alpine", "redis", "debian"] { registry.addRepository(repository) }
    registry.addRepository(
      "registry.k8s.io/pause", ProgramBehavior(memory: 1 << 20, milliCPU: 0, startLog: [], steadyLog: []))
    addSystem(&registry)
    addHealthy(&registry)
    addBroken(&registry)
    return registry
  }()

  private static func addSystem(_ registry: inout ImageRegistry) {
    for (image, lines) in [
      ("registry.k8s.io/kube-proxy", ["I proxier.go:805] \"SyncProxyRules complete\" elapsed=\"{ms}ms\""]),
      (
        "registry.k8s.io/coredns/coredns",
        ["[INFO] 10.244.1.{n}:40213 - {n} \"A IN cart.shop.svc.cluster.local. udp 50\" NOERROR 0.000{ms}s"]
      ),
      ("registry.k8s.io/metrics-server/metrics-server", ["I scraper.go:149] \"Scraping node\" duration=\"{ms}ms\""]),
      ("docker.io/kindest/kindnetd", ["I main.go:250] Handling node with IPs: map[10.10.0.11:{}]"]),
      (
        "quay.io/prometheus/node-exporter",
        ["ts={time} caller=node_exporter.go level=info msg=\"scrape done\" duration={ms}ms"]
      ),
      (
        "quay.io/prometheus/prometheus",
        ["ts={time} level=info component=tsdb msg=\"Head GC completed\" duration={ms}ms"]
      ),
      ("quay.io/prometheus/alertmanager", ["ts={time} level=info component=cluster msg=\"gossip settled\""]),
      (
        "docker.io/grafana/grafana",
        ["logger=context t={time} level=info msg=\"Request Completed\" status=200 duration={ms}ms"]
      ),
      ("docker.io/fluent/fluent-bit", ["[{time}] [ info] [output:es:es.0] flushed chunk={n}"]),
      ("registry.k8s.io/ingress-nginx/controller", ["10.244.1.1 - - [{time}] \"GET / HTTP/1.1\" 200 612 {ms}ms"]),
    ] {
      registry.addRepository(
        image, ProgramBehavior(startLog: ["I main.go:1] starting"], steadyLog: lines, logInterval: .seconds(15)))
    }
    registry.addRepository(
      "docker.io/library/postgres",
      ProgramBehavior(
        memory: 180 << 20, milliCPU: 60, startLog: ["{time} LOG:  database system is ready to accept connections"],
        steadyLog: ["{time} LOG:  checkpoint complete: wrote {n} buffers"], logInterval: .seconds(60)))
    registry.addRepository(
      "docker.io/apache/kafka",
      ProgramBehavior(
        memory: 300 << 20, milliCPU: 80, startLog: ["[{time}] INFO [KafkaServer] started (kafka.server.KafkaServer)"],
        steadyLog: ["[{time}] INFO [GroupCoordinator]: Stabilized group orders generation {n}"],
        logInterval: .seconds(20)))
  }

  private static func addHealthy(_ registry: inout ImageRegistry) {
    registry.addRepository(host + "frontend", web("frontend", milliCPU: 70, paths: ["/", "/product/{n}", "/cart"]))
    registry.addRepository(host + "cart", web("cart", paths: ["/cart/{n}", "/cart/{n}/items", "/cart/{n}"]))
    registry.addRepository(host + "fraud-check", web("fraud-check", paths: ["/score", "/score", "/score"]))
    registry.addRepository(host + "image-resizer", web("image-resizer", memory: 110 << 20, paths: ["/resize/{n}.jpg"]))
    registry.addRepository(
      host + "payment-gateway", web("payment-gateway", paths: ["/authorize", "/capture", "/capture"]))
    registry.addRepository(host + "report-builder", web("report-builder", milliCPU: 2000, paths: ["/reports/{n}"]))
    registry.addRepository(host + "trainer", web("trainer", milliCPU: 900, paths: ["/epoch/{n}"]))
    registry.addRepository(host + "catalog", web("catalog", paths: ["/products", "/products/{n}", "/categories"]))
    registry.addRepository(host + "search", web("search", paths: ["/search?q=lamp", "/search?q=desk", "/suggest"]))
    registry.add(host + "recommendations:2.9.4", web("recommendations", paths: ["/for/{n}", "/popular"]))
    registry.addRepository(
      host + "migrate",
      ProgramBehavior(
        runsFor: .seconds(14),
        startLog: ["applying migration 0041_add_vouchers", "applying migration 0042_index_orders"],
        exitLog: ["2 migrations applied"]))
    registry.addRepository(
      host + "session-cleanup",
      ProgramBehavior(
        runsFor: .seconds(9), startLog: ["looking for expired sessions"], exitLog: ["removed 118 sessions"]))
  }

  private static func addBroken(_ registry: inout ImageRegistry) {
    registry.addRepository(
      host + "checkout",
      ProgramBehavior(
        memory: 400 << 20, timeToMemory: .seconds(45), milliCPU: 120,
        startLog: [
          "{time} INFO  checkout 2.3.1 starting", "{time} INFO  price cache: loading 1,204,331 entries",
          "{time} INFO  listening on :8080",
        ],
        steadyLog: [
          "{time} INFO  price cache: {n}00,000 entries loaded, heap growing", "{time} INFO  POST /checkout 201 {ms}ms",
          "{time} WARN  GC overhead: {ms}ms pause, heap close to the container's limit",
        ], logInterval: .seconds(5)))
    registry.addRepository(
      host + "orders",
      ProgramBehavior(
        memory: 70 << 20, needsService: "data/orders-db",
        startLog: [
          "{time} INFO  orders 1.8.0 starting", "{time} INFO  reading /etc/orders/config.yaml",
          "{time} INFO  connecting to database orders-db.data.svc.cluster.local:5432 (attempt 1 of 3)",
        ],
        steadyLog: ["{time} INFO  order {n} accepted in {ms}ms"],
        exitLog: [
          "{time} WARN  connecting to database orders-db.data.svc.cluster.local:5432 (attempt 3 of 3)",
          "{time} ERROR cannot connect to database: dial tcp 10.96.40.12:5432: connect: connection refused",
          "{time} FATAL giving up after 3 attempts", "goroutine 1 [running]:", "main.mustConnect(0xc0000b2000)",
          "\t/src/cmd/orders/main.go:87 +0x1d4", "main.main()", "\t/src/cmd/orders/main.go:41 +0x9a",
        ]))
    registry.add(
      host + "search:4.2.0",
      ProgramBehavior(
        readyAfter: nil, startLog: ["{time} INFO  search 4.2.0 starting", "{time} INFO  listening on :8080"],
        steadyLog: [
          "{time} WARN  index 'products' is not open: shard 3 of 5 missing",
          "{time} INFO  GET /ready 503 {ms}ms index not open",
        ], logInterval: .seconds(10)))
    registry.add(
      host + "catalog:5.1.0",
      ProgramBehavior(
        readyAfter: nil,
        probeFailure: "Get \"http://10.244.1.97:8080/ready\": dial tcp 10.244.1.97:8080: connect: connection refused",
        startLog: ["{time} INFO  catalog 5.1.0 starting", "{time} INFO  listening on 127.0.0.1:8080"],
        steadyLog: ["{time} INFO  no requests in the last 10 s"], logInterval: .seconds(10)))
    registry.addRepository(
      host + "invoice-export",
      ProgramBehavior(
        runsFor: .seconds(6), exitCode: 2, startLog: ["exporting invoices of the last month"],
        exitLog: [
          "Traceback (most recent call last):", "  File \"/app/export.py\", line 58, in <module>",
          "PermissionError: [Errno 13] Permission denied: '/export/invoices.csv'",
        ]))
  }
}
