import Kube
import Testing

@testable import Details

/// Golden texts of storage, compared by eye with `kubectl describe` of the same objects.
@Suite struct StoragePageTests {
  @Test func claim() throws {
    let json = #"""
      {"metadata":{"name":"data","namespace":"shop","labels":{"app":"db"},
        "finalizers":["kubernetes.io/pvc-protection"]},
       "spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"10Gi"}},"storageClassName":"ssd",
        "volumeMode":"Filesystem","volumeName":"pv-1","volumeAttributesClassName":"gold",
        "dataSource":{"apiGroup":"snapshot.storage.k8s.io","kind":"VolumeSnapshot","name":"monday"},
        "dataSourceRef":{"kind":"PersistentVolumeClaim","name":"old","namespace":"archive"},
        "selector":{"matchLabels":{"disk":"fast"}}},
       "status":{"phase":"Bound","capacity":{"storage":"8Gi"},"accessModes":["ReadWriteOnce"],
        "conditions":[{"type":"Resizing","status":"True","reason":"Waiting",
        "lastTransitionTime":"2027-01-15T07:00:00Z"}]}}
      """#
    let page = try details(
      json, PersistentVolumeClaim.resource,
      in: cluster(read: [Pod.self, Event.self, StorageClass.self, PersistentVolume.self]))
    #expect(
      page.plainText(width: 110) == """
        Related
          PersistentVolume:  pv-1, does not exist
          StorageClass:      ssd, does not exist
          Used By:           no pods

        PersistentVolumeClaim
          Name:                   data
          Namespace:              shop
          StorageClass:           ssd
          Status:                 Bound
          Volume:                 pv-1
          Labels:                 app=db
          Annotations:            <none>
          Finalizers:             kubernetes.io/pvc-protection
          Capacity:               8Gi
          Requested:              10Gi
          Access Modes:           ReadWriteOnce
          VolumeMode:             Filesystem
          VolumeAttributesClass:  gold
          DataSource:             VolumeSnapshot.snapshot.storage.k8s.io/monday
          DataSourceRef:          PersistentVolumeClaim/old of namespace archive
          Selector:               disk=fast

        Conditions
          Type      Status  Age  Reason   Message
          Resizing  True    60m  Waiting

        Time line
          When  Object                      What           Message
          60m   persistentvolumeclaim/data  Resizing=True  Waiting

        """)
  }

  @Test func volume() throws {
    let json = #"""
      {"metadata":{"name":"pv-1","labels":{"disk":"fast"},"finalizers":["kubernetes.io/pv-protection"]},
       "spec":{"capacity":{"storage":"10Gi"},"accessModes":["ReadWriteOnce","ReadOnlyMany"],"volumeMode":"Filesystem",
        "persistentVolumeReclaimPolicy":"Retain","storageClassName":"ssd","mountOptions":["hard","ro"],
        "claimRef":{"namespace":"shop","name":"data"},
        "nodeAffinity":{"required":{"nodeSelectorTerms":[{"matchExpressions":[
         {"key":"zone","operator":"In","values":["a","b"]},{"key":"disk","operator":"Exists"}]}]}},
        "csi":{"driver":"csi.example.com","volumeHandle":"vol-1","fsType":"ext4",
         "volumeAttributes":{"pool":"p1","tier":"fast"},
         "nodeStageSecretRef":{"namespace":"kube-system","name":"stage"}}},
       "status":{"phase":"Released","reason":"Deleted","message":"the claim is gone"}}
      """#
    let page = try details(
      json, PersistentVolume.resource, in: cluster(read: [PersistentVolumeClaim.self, Event.self]))
    #expect(
      page.plainText(width: 110) == """
        Related
          PersistentVolumeClaim:  data, does not exist

        PersistentVolume
          Name:            pv-1
          Labels:          disk=fast
          Annotations:     <none>
          Finalizers:      kubernetes.io/pv-protection
          StorageClass:    ssd
          Status:          Released
          Claim:           shop/data
          Reclaim Policy:  Retain
          Access Modes:    ReadWriteOnce,ReadOnlyMany
          VolumeMode:      Filesystem
          Capacity:        10Gi
          Node Affinity:   zone in [a, b] and disk exists
          Reason:          Deleted
          Message:         the claim is gone
          Source:
            Type:                   CSI (a Container Storage Interface (CSI) volume source)
            Driver:                 csi.example.com
            FSType:                 ext4
            VolumeHandle:           vol-1
            ReadOnly:               false
            VolumeAttributes:       pool=p1
                                    tier=fast
            Node Stage Secret Ref:  kube-system/stage
          Mount Options:   hard,ro

        """)
  }

  @Test func storageClass() throws {
    let json = #"""
      {"metadata":{"name":"ssd","annotations":{"storageclass.kubernetes.io/is-default-class":"true"}},
       "provisioner":"csi.example.com","parameters":{"fsType":"ext4","type":"ssd"},"allowVolumeExpansion":true,
       "mountOptions":["noatime","ro"],"reclaimPolicy":"Retain","volumeBindingMode":"WaitForFirstConsumer",
       "allowedTopologies":[{"matchLabelExpressions":[{"key":"topology.kubernetes.io/zone","values":["a","b"]},
         {"key":"rack","values":["1"]}]},{"matchLabelExpressions":[{"key":"topology.kubernetes.io/zone",
        "values":["c"]}]}]}
      """#
    let page = try details(json, StorageClass.resource, in: cluster(read: [Event.self]))
    #expect(
      page.plainText(width: 110) == """
        StorageClass
          Name:                  ssd
          IsDefaultClass:        Yes
          Labels:                <none>
          Annotations:           storageclass.kubernetes.io/is-default-class: true
          Provisioner:           csi.example.com
          Parameters:            fsType=ext4
                                 type=ssd
          AllowVolumeExpansion:  true
          MountOptions:          noatime,ro
          ReclaimPolicy:         Retain
          VolumeBindingMode:     WaitForFirstConsumer
          AllowedTopologies:     topology.kubernetes.io/zone in [a, b] and rack in [1]
                                 topology.kubernetes.io/zone in [c]

        """)
  }
}
