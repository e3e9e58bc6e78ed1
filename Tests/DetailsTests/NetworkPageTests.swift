import Kube
import Testing

@testable import Details

/// Golden texts of what leads to pods, compared by eye with `kubectl describe` of the same objects.
@Suite struct NetworkPageTests {
  @Test func ingressTellsWhatIsBehindIt() throws {
    let json = #"""
      {"metadata":{"name":"front","namespace":"shop","annotations":{"nginx.ingress.kubernetes.io/rewrite-target":"/"}},
       "spec":{"ingressClassName":"nginx","defaultBackend":{"service":{"name":"gone","port":{"number":80}}},
        "tls":[{"hosts":["shop.example.com"],"secretName":"shop-tls"},{"hosts":["a.example.com","b.example.com"]}],
        "rules":[{"host":"shop.example.com","http":{"paths":[
          {"path":"/","pathType":"Prefix","backend":{"service":{"name":"web","port":{"name":"http"}}}},
          {"path":"/admin","pathType":"Exact","backend":{"service":{"name":"web","port":{"number":81}}}}]}},
         {"http":{"paths":[{"path":"/files","pathType":"Prefix","backend":{"resource":{
          "apiGroup":"store.example.com","kind":"Bucket","name":"files"}}}]}}]},
       "status":{"loadBalancer":{"ingress":[{"ip":"192.0.2.1"},{"hostname":"lb.example.com"}]}}}
      """#
    let page = try details(
      json, Ingress.resource, in: cluster(try web(), read: [Service.self, EndpointSlice.self, Event.self]))
    #expect(
      page.plainText(width: 110) == """
        Related
          Service:  gone, does not exist
          Service:  web
          Secret:   shop-tls (TLS), not checked

        Ingress
          Name:             front
          Namespace:        shop
          Labels:           <none>
          Annotations:      nginx.ingress.kubernetes.io/rewrite-target: /
          Address:          192.0.2.1, lb.example.com
          Ingress Class:    nginx
          Default backend:  gone:80 (service "gone" not found)
          TLS:              shop-tls terminates shop.example.com
          TLS:              SNI routes a.example.com,b.example.com

        Rules
          Host              Path    Type    Backend
          shop.example.com  /       Prefix  web:http (10.0.0.1:8080,10.0.0.3:8080,10.0.0.4:8080 + 1 more...  (1 not
                                            ready))
          shop.example.com  /admin  Exact   web:81 (the service has no such port)
          *                 /files  Prefix  Bucket.store.example.com/files

        """)
  }

  @Test func loadBalancerService() throws {
    let json = #"""
      {"metadata":{"name":"web","namespace":"shop","labels":{"app":"web"}},
       "spec":{"type":"LoadBalancer","selector":{"app":"web"},"ipFamilyPolicy":"PreferDualStack",
        "ipFamilies":["IPv4","IPv6"],"clusterIP":"10.96.0.1","clusterIPs":["10.96.0.1","fd00::1"],
        "externalIPs":["192.0.2.7"],"loadBalancerIP":"192.0.2.8","loadBalancerSourceRanges":["10.0.0.0/8"],
        "externalTrafficPolicy":"Local","internalTrafficPolicy":"Cluster","healthCheckNodePort":32000,
        "trafficDistribution":"PreferClose","sessionAffinity":"ClientIP",
        "sessionAffinityConfig":{"clientIP":{"timeoutSeconds":10800}},
        "ports":[{"name":"http","port":80,"targetPort":"web","nodePort":30080,"protocol":"TCP","appProtocol":"http"}]},
       "status":{"loadBalancer":{"ingress":[{"ip":"192.0.2.9","ipMode":"VIP"}]}}}
      """#
    let page = try details(
      json, Service.resource, in: cluster(try web(), read: [EndpointSlice.self, Pod.self, Event.self]))
    #expect(
      page.plainText(width: 110) == """
        Related
          Selects:  no pods

        Service
          Name:                        web
          Namespace:                   shop
          Labels:                      app=web
          Annotations:                 <none>
          Selector:                    app=web
          Type:                        LoadBalancer
          IP Family Policy:            PreferDualStack
          IP Families:                 IPv4,IPv6
          IP:                          10.96.0.1
          IPs:                         10.96.0.1,fd00::1
          External IPs:                192.0.2.7
          Desired LoadBalancer IP:     192.0.2.8
          LoadBalancer Ingress:        192.0.2.9 (VIP)
          Port:                        http  80/TCP
            TargetPort:   web/TCP
            NodePort:     30080/TCP
            AppProtocol:  http
            Endpoints:    10.0.0.1:8080,10.0.0.3:8080,10.0.0.4:8080 + 1 more...  (1 not ready)
          Session Affinity:            ClientIP
            Timeout:  10800s
          External Traffic Policy:     Local
          Internal Traffic Policy:     Cluster
          Traffic Distribution:        PreferClose
          HealthCheck NodePort:        32000
          LoadBalancer Source Ranges:  10.0.0.0/8

        """)
  }

  @Test func endpoints() throws {
    let json = #"""
      {"metadata":{"name":"manual","namespace":"shop"},
       "subsets":[{"addresses":[{"ip":"10.0.0.1"},{"ip":"10.0.0.2"}],"notReadyAddresses":[{"ip":"10.0.0.3"}],
         "ports":[{"name":"http","port":8080,"protocol":"TCP"},{"port":53,"protocol":"UDP"}]},
        {"addresses":[{"ip":"10.0.1.1"}]}]}
      """#
    let page = try details(json, Endpoints.resource, in: cluster(read: [Event.self]))
    #expect(
      page.plainText(width: 110) == """
        Endpoints
          Name:         manual
          Namespace:    shop
          Labels:       <none>
          Annotations:  <none>

        Subsets
          Addresses:          10.0.0.1,10.0.0.2
          NotReadyAddresses:  10.0.0.3
          Port Name  Port  Protocol
          http       8080  TCP
          <unset>    53    UDP
          Addresses:          10.0.1.1
          NotReadyAddresses:  <none>

        """)
  }

  @Test func endpointSlice() throws {
    let json = #"""
      {"metadata":{"name":"web-1","namespace":"shop","labels":{"kubernetes.io/service-name":"web"}},
        "addressType":"IPv4",
       "ports":[{"name":"http","port":8080,"protocol":"TCP"}],
       "endpoints":[{"addresses":["10.0.0.1"],"conditions":{"ready":true,"serving":true,"terminating":false},
         "hostname":"web-0","nodeName":"n1","zone":"z1","targetRef":{"kind":"Pod","name":"web-0"}},
        {"addresses":["10.0.0.2"],"conditions":{"ready":false,"serving":true,"terminating":true}}]}
      """#
    let page = try details(json, EndpointSlice.resource, in: cluster(read: [Event.self]))
    #expect(
      page.plainText(width: 110) == """
        EndpointSlice
          Name:         web-1
          Namespace:    shop
          Labels:       kubernetes.io/service-name=web
          Annotations:  <none>
          AddressType:  IPv4
          Port Name  Port  Protocol
          http       8080  TCP

        Endpoints
          Addresses  Ready  Serving  Terminating  Hostname  Target     Node  Zone
          10.0.0.1   true   true     false        web-0     Pod/web-0  n1    z1
          10.0.0.2   false  true     true

        """)
  }

  /// A Service with four ready addresses and one that is not.
  private func web() throws -> [any KubeObject] {
    [
      try decode(
        Service.self,
        #"{"metadata":{"name":"web","namespace":"shop","uid":"w"},"spec":{"ports":[{"name":"http","port":80}]}}"#),
      try decode(
        EndpointSlice.self,
        #"""
        {"metadata":{"name":"web-1","namespace":"shop","uid":"s1","labels":{"kubernetes.io/service-name":"web"}},
         "ports":[{"name":"http","port":8080}],
         "endpoints":[{"addresses":["10.0.0.1"]},{"addresses":["10.0.0.2"],"conditions":{"ready":false}},
          {"addresses":["10.0.0.3"]},{"addresses":["10.0.0.4"]},{"addresses":["fd00::5"]}]}
        """#),
    ]
  }
}
