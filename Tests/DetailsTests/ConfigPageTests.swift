import Kube
import Testing

@testable import Details

/// Golden texts of configuration, compared by eye with `kubectl describe` of the same objects.
@Suite struct ConfigPageTests {
  @Test func configMap() throws {
    let json = #"""
      {"metadata":{"name":"app","namespace":"shop"},"immutable":true,"data":{"mode":"fast","hosts":"a\nb\n"},
       "binaryData":{"logo":"AAEC"}}
      """#
    let page = try details(json, ConfigMap.resource, in: cluster(read: [Pod.self, Event.self]))
    #expect(
      page.plainText(width: 110) == """
        Related
          Used By:  no pods

        ConfigMap
          Name:         app
          Namespace:    shop
          Labels:       <none>
          Annotations:  <none>
          Immutable:    true

        Data
          hosts:  4 bytes
            a
            b
          mode:   4 bytes
            fast

        BinaryData
          logo:  3 bytes

        """)
  }

  @Test func secretKeepsItsValues() throws {
    let json = #"""
      {"metadata":{"name":"keys","namespace":"shop"},"type":"Opaque","data":{"password":"aHVudGVyMg=="}}
      """#
    let page = try details(json, Secret.resource, in: cluster(read: [Pod.self, Event.self]))
    #expect(
      page.plainText(width: 110) == """
        Related
          Used By:  no pods

        Secret
          Name:         keys
          Namespace:    shop
          Labels:       <none>
          Annotations:  <none>
          Type:         Opaque

        Data
          password:  7 bytes

        """)
  }

  @Test func serviceAccount() throws {
    let json = #"""
      {"metadata":{"name":"builder","namespace":"shop","labels":{"team":"blue"}},"automountServiceAccountToken":false,
       "imagePullSecrets":[{"name":"registry"},{"name":"mirror"}],"secrets":[{"name":"builder-token"}]}
      """#
    let page = try details(json, ServiceAccount.resource, in: cluster(read: [Pod.self, Event.self]))
    #expect(
      page.plainText(width: 110) == """
        Related
          Used By:  no pods

        ServiceAccount
          Name:                builder
          Namespace:           shop
          Labels:              team=blue
          Annotations:         <none>
          Image pull secrets:  registry
                               mirror
          Mountable secrets:   builder-token
          Automount Token:     false

        """)
  }

  @Test func lease() throws {
    let json = #"""
      {"metadata":{"name":"leader","namespace":"shop"},"spec":{"holderIdentity":"me-1","leaseDurationSeconds":15,
        "leaseTransitions":3,"acquireTime":"2027-01-15T07:00:00.000000Z","renewTime":"2027-01-15T07:59:00.000000Z"}}
      """#
    let page = try details(json, Lease.resource, in: cluster(read: [Event.self]))
    #expect(
      page.plainText(width: 110) == """
        Lease
          Name:         leader
          Namespace:    shop
          Labels:       <none>
          Annotations:  <none>
          Holder:       me-1
          Duration:     15s
          Acquired:     2027-01-15T07:00:00Z (60m ago)
          Renewed:      2027-01-15T07:59:00Z (60s ago), has run out
          Transitions:  3

        """)
  }
}
