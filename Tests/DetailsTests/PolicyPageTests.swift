import Kube
import Testing

@testable import Details

/// Golden texts of limits and rights, compared by eye with `kubectl describe` of the same objects.
@Suite struct PolicyPageTests {
  @Test func autoscaler() throws {
    let json = #"""
      {"metadata":{"name":"web","namespace":"shop"},
       "spec":{"scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"web"},"minReplicas":2,
        "maxReplicas":9,
        "metrics":[
         {"type":"Resource","resource":{"name":"cpu","target":{"type":"Utilization","averageUtilization":70}}},
         {"type":"Resource","resource":{"name":"memory","target":{"type":"AverageValue","averageValue":"200Mi"}}},
         {"type":"ContainerResource","containerResource":{"name":"cpu","container":"app",
          "target":{"type":"Utilization","averageUtilization":60}}},
         {"type":"Pods","pods":{"metric":{"name":"requests"},"target":{"type":"AverageValue","averageValue":"100"}}},
         {"type":"Object","object":{"metric":{"name":"hits"},"describedObject":{"kind":"Ingress","name":"front"},
          "target":{"type":"Value","value":"2k"}}},
         {"type":"External","external":{"metric":{"name":"queue"},"target":{"type":"Value","value":"30"}}}],
        "behavior":{"scaleUp":{"stabilizationWindowSeconds":30,"selectPolicy":"Min",
          "policies":[{"type":"Pods","value":4,"periodSeconds":15},{"type":"Percent","value":100,"periodSeconds":15}]},
         "scaleDown":{"stabilizationWindowSeconds":300,"tolerance":"50m"}}},
       "status":{"currentReplicas":3,"desiredReplicas":4,"lastScaleTime":"2027-01-15T07:00:00Z","currentMetrics":[
         {"type":"Resource","resource":{"name":"cpu","current":{"averageUtilization":55,"averageValue":"110m"}}},
         {"type":"Resource","resource":{"name":"memory","current":{"averageValue":"150Mi"}}}],
        "conditions":[{"type":"AbleToScale","status":"True","reason":"ReadyForNewScale","message":"fine"},
         {"type":"ScalingActive","status":"False","reason":"FailedGetResourceMetric","message":"no metrics"}]}}
      """#
    let page = try details(json, HorizontalPodAutoscaler.resource, in: cluster(read: [Event.self]))
    #expect(
      page.plainText(width: 110) == """
        Related
          Scales:  Deployment web

        HorizontalPodAutoscaler
          Name:          web
          Namespace:     shop
          Labels:        <none>
          Annotations:   <none>
          Reference:     Deployment/web
          Metrics (current / target):
            resource cpu on pods:           55% (110m) / 70%
            resource memory on pods:        150Mi / 200Mi
            resource cpu of container app:  <unknown> / 60%
            "requests" on pods:             <unknown> / 100
            "hits" on Ingress/front:        <unknown> / 2k
            "queue" (external):             <unknown> / 30
          Min replicas:  2
          Max replicas:  9
          Pods:          3 current / 4 desired
          Last Scale:    2027-01-15T07:00:00Z (60m ago)
          Behavior:
            Scale Up:
              Stabilization Window:  30 seconds
              Select Policy:         Min
              Policies:              Pods: 4 in 15 seconds
                                     Percent: 100 in 15 seconds
            Scale Down:
              Stabilization Window:  300 seconds
              Tolerance:             50m
              Select Policy:         Max

        Conditions
          Type           Status  Age  Reason                   Message
          AbleToScale    True         ReadyForNewScale         fine
          ScalingActive  False        FailedGetResourceMetric  no metrics

        """)
  }

  @Test func disruptionBudget() throws {
    let json = #"""
      {"metadata":{"name":"web","namespace":"shop","generation":2},
       "spec":{"maxUnavailable":"25%","selector":{"matchLabels":{"app":"web"}},
        "unhealthyPodEvictionPolicy":"AlwaysAllow"},
       "status":{"observedGeneration":2,"disruptionsAllowed":0,"currentHealthy":2,"desiredHealthy":3,"expectedPods":4,
        "conditions":[{"type":"DisruptionAllowed","status":"False","reason":"InsufficientPods",
         "lastTransitionTime":"2027-01-15T07:00:00Z"}]}}
      """#
    let page = try details(json, PodDisruptionBudget.resource, in: cluster(read: [Pod.self, Event.self]))
    #expect(
      page.plainText(width: 110) == """
        PodDisruptionBudget
          Name:                    web
          Namespace:               shop
          Labels:                  <none>
          Annotations:             <none>
          Max unavailable:         25%
          Selector:                app=web
          Unhealthy Pod Eviction:  AlwaysAllow
          Allowed disruptions:     0
          Current:                 2
          Desired:                 3
          Total:                   4

        Conditions
          Type               Status  Age  Reason            Message
          DisruptionAllowed  False   60m  InsufficientPods

        Time line
          When  Object                   What                     Message
          60m   poddisruptionbudget/web  DisruptionAllowed=False  InsufficientPods

        """)
  }

  @Test func role() throws {
    let json = #"""
      {"metadata":{"name":"reader","namespace":"shop","labels":{"team":"blue"}},
       "rules":[{"apiGroups":[""],"resources":["pods","pods/log"],"verbs":["get","list"]},
        {"apiGroups":["apps","extensions"],"resources":["deployments"],"resourceNames":["web","api"],"verbs":["*"]}]}
      """#
    let page = try details(json, Role.resource, in: cluster(read: [Event.self]))
    #expect(
      page.plainText(width: 110) == """
        Role
          Name:         reader
          Namespace:    shop
          Labels:       team=blue
          Annotations:  <none>

        PolicyRule
          Resources               Non-Resource URLs  Resource Names  Verbs
          pods                    []                 []              [get list]
          pods/log                []                 []              [get list]
          deployments.apps        []                 [web api]       [*]
          deployments.extensions  []                 [web api]       [*]

        """)
  }

  @Test func clusterRole() throws {
    let json = #"""
      {"metadata":{"name":"viewer"},"aggregationRule":{"clusterRoleSelectors":[{"matchLabels":{"view":"true"}}]},
       "rules":[{"nonResourceURLs":["/healthz","/metrics"],"verbs":["get"]},
        {"apiGroups":["*"],"resources":["nodes"],"verbs":["get"]}]}
      """#
    let page = try details(json, ClusterRole.resource, in: cluster(read: [Event.self]))
    #expect(
      page.plainText(width: 110) == """
        ClusterRole
          Name:         viewer
          Labels:       <none>
          Annotations:  <none>
          Aggregates:
            view=true

        PolicyRule
          Resources  Non-Resource URLs    Resource Names  Verbs
                     [/healthz /metrics]  []              [get]
          nodes.*    []                   []              [get]

        """)
  }

  @Test func roleBinding() throws {
    let json = #"""
      {"metadata":{"name":"readers","namespace":"shop"},"roleRef":{"kind":"Role","name":"reader"},
       "subjects":[{"kind":"ServiceAccount","name":"builder","namespace":"shop"},{"kind":"Group","name":"devs"},
        {"kind":"User","name":"ann"}]}
      """#
    let page = try details(json, RoleBinding.resource, in: cluster(read: [Event.self]))
    #expect(
      page.plainText(width: 110) == """
        RoleBinding
          Name:         readers
          Namespace:    shop
          Labels:       <none>
          Annotations:  <none>
          Role:         Role/reader

        Subjects
          Kind            Name     Namespace
          ServiceAccount  builder  shop
          Group           devs
          User            ann

        """)
  }

  @Test func clusterRoleBinding() throws {
    let json = #"""
      {"metadata":{"name":"viewers"},"roleRef":{"kind":"ClusterRole","name":"viewer"}}
      """#
    let page = try details(json, ClusterRoleBinding.resource, in: cluster(read: [Event.self]))
    #expect(
      page.plainText(width: 110) == """
        ClusterRoleBinding
          Name:         viewers
          Labels:       <none>
          Annotations:  <none>
          Role:         ClusterRole/viewer

        Subjects
          <none>

        """)
  }

  @Test func limitRange() throws {
    let json = #"""
      {"metadata":{"name":"bounds","namespace":"shop"},
       "spec":{"limits":[{"type":"Container","min":{"cpu":"50m","memory":"16Mi"},"max":{"cpu":"2"},
         "default":{"cpu":"500m"},"defaultRequest":{"cpu":"100m"},"maxLimitRequestRatio":{"cpu":"4"}},
        {"type":"PersistentVolumeClaim","max":{"storage":"20Gi"}}]}}
      """#
    let page = try details(json, LimitRange.resource, in: cluster(read: [Event.self]))
    #expect(
      page.plainText(width: 110) == """
        LimitRange
          Name:         bounds
          Namespace:    shop
          Labels:       <none>
          Annotations:  <none>
          Type                   Resource  Min   Max   Default Request  Default Limit  Ratio
          Container              cpu       50m   2     100m             500m           4
          Container              memory    16Mi  -     -                -              -
          PersistentVolumeClaim  storage   -     20Gi  -                -              -

        """)
  }

  @Test func resourceQuota() throws {
    let json = #"""
      {"metadata":{"name":"team","namespace":"shop"},
       "spec":{"hard":{"pods":"10"},"scopes":["NotTerminating","Other"],
        "scopeSelector":{"matchExpressions":[{"scopeName":"PriorityClass","operator":"In","values":["high"]}]}},
       "status":{"hard":{"pods":"10"},"used":{"pods":"9"}}}
      """#
    let page = try details(json, ResourceQuota.resource, in: cluster(read: [Event.self]))
    #expect(
      page.plainText(width: 110) == """
        ResourceQuota
          Name:         team
          Namespace:    shop
          Labels:       <none>
          Annotations:  <none>
          Scopes:       NotTerminating: pods without an active deadline
                        Other
          Scope Selector:
            Match Expressions:
              [0]:
                Operator:    In
                Scope Name:  PriorityClass
                Values:      high
          Resource  Used  Hard
          pods      9     10    90%

        """)
  }

  @Test func namespaceTellsItsQuotasAndLimits() throws {
    let json = #"""
      {"metadata":{"name":"shop","labels":{"kubernetes.io/metadata.name":"shop"}},"status":{"phase":"Active"}}
      """#
    let page = try details(
      json, Namespace.resource, in: cluster(try limits(), read: [ResourceQuota.self, LimitRange.self, Event.self]))
    #expect(
      page.plainText(width: 110) == """
        Namespace
          Name:         shop
          Labels:       kubernetes.io/metadata.name=shop
          Annotations:  <none>
          Status:       Active

        Resource Quotas
          team:
            Scopes:  BestEffort: pods of which no container requests or limits anything
            Resource  Used  Hard
            pods      10    10    100%

        Resource Limits
          bounds:
            Type  Resource  Min  Max  Default Request  Default Limit  Ratio
            Pod   memory    -    2Gi  -                -              -

        """)
  }

  /// What limits a namespace.
  private func limits() throws -> [any KubeObject] {
    [
      try decode(
        ResourceQuota.self,
        #"""
        {"metadata":{"name":"team","namespace":"shop","uid":"q"},"spec":{"scopes":["BestEffort"]},
         "status":{"hard":{"pods":"10"},"used":{"pods":"10"}}}
        """#),
      try decode(
        LimitRange.self,
        #"""
        {"metadata":{"name":"bounds","namespace":"shop","uid":"l"},
         "spec":{"limits":[{"type":"Pod","max":{"memory":"2Gi"}}]}}
        """#),
    ]
  }
}
