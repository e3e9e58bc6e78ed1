import Kube

/// A probe in kubectl's notation: `http-get http://:8080/healthz delay=0s timeout=1s period=10s successThreshold=1 failureThreshold=3`.
func probeText(_ probe: JSONValue) -> String {
  func number(_ name: String) -> Int { probe.number(name) ?? 0 }
  return handlerText(probe) + " delay=\(number("initialDelaySeconds"))s timeout=\(number("timeoutSeconds"))s"
    + " period=\(number("periodSeconds"))s successThreshold=\(number("successThreshold")) failureThreshold=\(number("failureThreshold"))"
}

/// What a probe or a hook does: `exec [cat /tmp/ready]`, `tcp-socket :5432`.
func handlerText(_ handler: JSONValue) -> String {
  if handler.has("exec") {
    return "exec [\(handler.list("exec", "command").texts.joined(separator: " "))]"
  }
  if handler.has("httpGet") {
    let get = handler.at("httpGet")
    let scheme = get.text("scheme").lowercased()
    let path = get.text("path")
    let address = "\(hostText(get.text("host"))):\(get.text("port"))"
    return
      "http-get \(scheme.isEmpty ? "http" : scheme)://\(address)\(path.hasPrefix("/") || path.isEmpty ? "" : "/")\(path)"
  }
  if handler.has("tcpSocket") {
    return "tcp-socket \(hostText(handler.text("tcpSocket", "host"))):\(handler.text("tcpSocket", "port"))"
  }
  if handler.has("grpc") {
    let service = handler.text("grpc", "service")
    return "grpc <pod>:\(handler.text("grpc", "port"))" + (service.isEmpty ? "" : " \(service)")
  }
  if handler.has("sleep") { return "sleep \(handler.text("sleep", "seconds"))s" }
  return "unknown"
}

/// IPv6 addresses stand in brackets before a port.
private func hostText(_ host: String) -> String { host.contains(":") ? "[\(host)]" : host }
