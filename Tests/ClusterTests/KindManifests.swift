/// Objects of every built-in kind that a 1.20 server lets anybody create, with most fields set: in a namespace, and
/// with its name in the names of those that have none.
func manifestsOfAllKinds(namespace: String) -> String {
  """
  # kubectl takes what begins with a brace for JSON.
  ---
  {apiVersion: v1, kind: ServiceAccount, metadata: {name: account}, automountServiceAccountToken: false,
   secrets: [{name: s}], imagePullSecrets: [{name: registry}]}
  ---
  {apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: class-\(namespace)}, value: -5,
   preemptionPolicy: Never, description: d}
  ---
  {apiVersion: v1, kind: Pod, metadata: {name: pod, labels: {app: web, tier: front}, annotations: {note: a b},
    finalizers: [podmedic.dev/kept]},
   spec: {priorityClassName: class-\(namespace), terminationGracePeriodSeconds: 7, activeDeadlineSeconds: 100000,
    restartPolicy: OnFailure, dnsPolicy: None, dnsConfig: {nameservers: [10.0.0.1], searches: [example.com]},
    hostAliases: [{ip: 10.0.0.2, hostnames: [other]}], nodeSelector: {disk: ssd}, schedulerName: nobody,
    serviceAccountName: account, automountServiceAccountToken: true, shareProcessNamespace: true, hostname: pod,
    subdomain: sub, imagePullSecrets: [{name: registry}], readinessGates: [{conditionType: example.com/lamp}],
    securityContext: {runAsUser: 1000, runAsNonRoot: true, fsGroup: 2000, supplementalGroups: [1, 2],
      sysctls: [{name: kernel.shm_rmid_forced, value: "1"}]},
    tolerations: [{key: a, operator: Equal, value: b, effect: NoExecute, tolerationSeconds: 30}, {operator: Exists}],
    topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule,
      labelSelector: {matchLabels: {app: web}}}],
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [
          {matchExpressions: [{key: cpu, operator: Gt, values: ["3"]}], matchFields: [
            {key: metadata.name, operator: In, values: [node-1]}]}]},
        preferredDuringSchedulingIgnoredDuringExecution: [{weight: 5, preference: {matchExpressions: [
          {key: disk, operator: Exists}]}}]},
      podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: zone, namespaces: [a, b],
        labelSelector: {matchExpressions: [{key: app, operator: NotIn, values: [x]}]}}]},
      podAntiAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 9, podAffinityTerm: {
        topologyKey: host, labelSelector: {matchLabels: {app: web}}}}]}},
    initContainers: [{name: first, image: "init:1", command: [a], args: [b, ""]}],
    containers: [
      {name: main, image: "web@sha256:0000000000000000000000000000000000000000000000000000000000000000",
       imagePullPolicy: Always, workingDir: /w, tty: true, stdin: true,
       ports: [{name: http, containerPort: 80, hostPort: 8080, protocol: TCP, hostIP: 127.0.0.1},
         {containerPort: 53, protocol: UDP}],
       env: [{name: A, value: "1"}, {name: E, value: ""}, {name: F, valueFrom: {fieldRef: {fieldPath: status.podIP}}},
         {name: R, valueFrom: {resourceFieldRef: {resource: limits.cpu, divisor: 1m, containerName: main}}},
         {name: C, valueFrom: {configMapKeyRef: {name: c, key: k, optional: true}}},
         {name: S, valueFrom: {secretKeyRef: {name: s, key: k}}}],
       envFrom: [{prefix: P_, configMapRef: {name: c, optional: false}}, {secretRef: {name: s}}],
       resources: {requests: {cpu: 100m, memory: 64Mi, example.com/gpu: 1}, limits: {cpu: "1.5", memory: 1Gi,
         example.com/gpu: 1, ephemeral-storage: 1e9}},
       livenessProbe: {httpGet: {path: /live, port: http, scheme: HTTPS, host: h, httpHeaders: [{name: X, value: why}]},
         initialDelaySeconds: 1, timeoutSeconds: 2, periodSeconds: 3, failureThreshold: 4},
       readinessProbe: {tcpSocket: {port: 81}, successThreshold: 2}, startupProbe: {exec: {command: [ls, -l]}},
       lifecycle: {preStop: {exec: {command: [stop]}}, postStart: {httpGet: {path: /, port: 80}}},
       securityContext: {privileged: false, readOnlyRootFilesystem: true, runAsUser: 5, capabilities: {
         add: [NET_ADMIN], drop: [ALL]}},
       terminationMessagePath: /t, terminationMessagePolicy: FallbackToLogsOnError,
       volumeMounts: [{name: data, mountPath: /data, subPath: s, readOnly: true}, {name: all, mountPath: /all}]},
      {name: second, image: x}],
    volumes: [{name: data, persistentVolumeClaim: {claimName: claim, readOnly: true}},
      {name: empty, emptyDir: {medium: Memory, sizeLimit: 10Mi}}, {name: host, hostPath: {path: /h, type: Directory}},
      {name: config, configMap: {name: c, optional: true, defaultMode: 256, items: [{key: k, path: p, mode: 0}]}},
      {name: secret, secret: {secretName: s, optional: false}}, {name: nfs, nfs: {server: node-1, path: /n, readOnly: true}},
      {name: csi, csi: {driver: d.example.com, volumeAttributes: {a: b}, readOnly: true}},
      {name: down, downwardAPI: {items: [{path: l, fieldRef: {fieldPath: metadata.labels}}]}},
      {name: all, projected: {sources: [{secret: {name: s}}, {configMap: {name: c}}, {downwardAPI: {items: [
        {path: node-1, fieldRef: {fieldPath: metadata.name}}]}}, {serviceAccountToken: {path: t, expirationSeconds: 3600}}]}}
    ]}}
  ---
  {apiVersion: v1, kind: Node, metadata: {name: node-\(namespace), labels: {zone: z}},
   spec: {unschedulable: true, podCIDR: 10.1.0.0/24, providerID: "x://1", taints: [
     {key: k, value: v, effect: NoSchedule}]},
   status: {capacity: {cpu: "4", memory: 8Gi, pods: "110"}, allocatable: {cpu: 3900m, memory: 7Gi},
     conditions: [{type: Ready, status: "True", reason: R, message: m, lastHeartbeatTime: "2026-01-01T00:00:00Z"}],
     addresses: [{type: InternalIP, address: 10.0.0.9}], images: [{names: [a, b], sizeBytes: 12345678901}],
     nodeInfo: {kernelVersion: "6.1", osImage: Debian, containerRuntimeVersion: "containerd://1.6",
       kubeletVersion: v1.20.2, kubeProxyVersion: v1.20.2, operatingSystem: linux, architecture: amd64, machineID: m,
       systemUUID: u, bootID: b}}}
  ---
  {apiVersion: v1, kind: Namespace, metadata: {name: other-\(namespace), annotations: {a: b}}}
  ---
  {apiVersion: v1, kind: Event, metadata: {name: old.1}, involvedObject: {kind: Pod, name: p, namespace: \(namespace),
    uid: u, apiVersion: v1, fieldPath: "spec.containers{main}", resourceVersion: "7"}, reason: BackOff, message: m,
   type: Warning, count: 7, firstTimestamp: "2026-01-01T00:00:00Z", lastTimestamp: "2026-01-02T03:04:05Z",
   source: {component: kubelet, host: node-1}}
  ---
  {apiVersion: v1, kind: Event, metadata: {name: new.1}, involvedObject: {kind: Pod, name: p, namespace: \(namespace)},
   reason: FailedScheduling, message: m, type: Warning, eventTime: "2026-01-01T00:00:00.123456Z", action: Scheduling,
   series: {count: 3, lastObservedTime: "2026-01-01T00:00:01.654321Z"}, related: {kind: Node, name: node-1},
   reportingComponent: default-scheduler, reportingInstance: i}
  ---
  {apiVersion: v1, kind: Service, metadata: {name: service}, spec: {type: NodePort, selector: {app: web},
    externalTrafficPolicy: Local, sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP: {timeoutSeconds: 9}},
    externalIPs: [1.2.3.4], publishNotReadyAddresses: true, ports: [{name: http, port: 80, targetPort: http},
      {name: dns, port: 53, targetPort: 5353, protocol: UDP, appProtocol: dns}]}}
  ---
  {apiVersion: v1, kind: Service, metadata: {name: external}, spec: {type: ExternalName, externalName: example.com}}
  ---
  {apiVersion: v1, kind: Endpoints, metadata: {name: endpoints}, subsets: [{addresses: [{ip: 10.0.0.3, nodeName: node-1,
    hostname: h, targetRef: {kind: Pod, name: p, namespace: \(namespace)}}], notReadyAddresses: [{ip: 10.0.0.4}],
    ports: [{name: http, port: 80, protocol: TCP}]}]}
  ---
  {apiVersion: v1, kind: ConfigMap, metadata: {name: config}, immutable: true, data: {a: "1", b: ""},
   binaryData: {c: AAEC}}
  ---
  {apiVersion: v1, kind: Secret, metadata: {name: secret}, type: example.com/x, stringData: {a: "1"}, data: {b: AAEC}}
  ---
  {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: claim}, spec: {accessModes: [ReadWriteOnce],
    storageClassName: storage-\(namespace), volumeMode: Filesystem, resources: {requests: {storage: 1Gi}},
    selector: {matchLabels: {a: b}}, dataSource: {kind: PersistentVolumeClaim, name: from}}}
  ---
  {apiVersion: v1, kind: PersistentVolume, metadata: {name: volume-\(namespace)}, spec: {capacity: {storage: 5Gi},
    accessModes: [ReadWriteMany, ReadOnlyMany], persistentVolumeReclaimPolicy: Retain, mountOptions: [hard],
    storageClassName: other-\(namespace), nfs: {server: node-1, path: /p}, claimRef: {namespace: x, name: why},
    nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: zone, operator: In, values: [z]}]}]}}}}
  ---
  {apiVersion: v1, kind: PersistentVolume, metadata: {name: csi-\(namespace)}, spec: {capacity: {storage: 5Gi},
    accessModes: [ReadWriteOnce], storageClassName: other-\(namespace), volumeMode: Block,
    csi: {driver: d.example.com, volumeHandle: h, fsType: ext4, volumeAttributes: {a: b}}}}
  ---
  {apiVersion: v1, kind: ReplicationController, metadata: {name: controller}, spec: {replicas: 0, minReadySeconds: 3,
    selector: {app: rc}, template: {metadata: {labels: {app: rc}}, spec: {containers: [{name: c, image: x}]}}}}
  ---
  {apiVersion: v1, kind: ResourceQuota, metadata: {name: quota}, spec: {hard: {pods: "100", requests.cpu: "20"},
    scopeSelector: {matchExpressions: [{scopeName: PriorityClass, operator: In, values: [none]}]}}}
  ---
  {apiVersion: v1, kind: LimitRange, metadata: {name: limits}, spec: {limits: [{type: PersistentVolumeClaim,
    max: {storage: 10Gi}, min: {storage: 1Ki}}]}}
  ---
  {apiVersion: apps/v1, kind: Deployment, metadata: {name: deployment, annotations: {kubernetes.io/change-cause: x}},
   spec: {replicas: 2, revisionHistoryLimit: 3, progressDeadlineSeconds: 60, paused: false, minReadySeconds: 5,
    strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 25%, maxUnavailable: 1}}, selector: {matchLabels: {app: d}},
    template: {metadata: {labels: {app: d}}, spec: {schedulerName: nobody, containers: [{name: c, image: x}]}}}}
  ---
  {apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: set}, spec: {replicas: 0, minReadySeconds: 1,
    selector: {matchExpressions: [{key: app, operator: In, values: [r, s]}]},
    template: {metadata: {labels: {app: r}}, spec: {containers: [{name: c, image: x}]}}}}
  ---
  {apiVersion: apps/v1, kind: StatefulSet, metadata: {name: stateful}, spec: {replicas: 1, serviceName: service,
    podManagementPolicy: Parallel, updateStrategy: {type: RollingUpdate, rollingUpdate: {partition: 1}},
    selector: {matchLabels: {app: s}}, template: {metadata: {labels: {app: s}}, spec: {schedulerName: nobody,
      containers: [{name: c, image: x}]}},
    volumeClaimTemplates: [{metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], storageClassName: none,
      resources: {requests: {storage: 1Gi}}}}]}}
  ---
  {apiVersion: apps/v1, kind: DaemonSet, metadata: {name: daemons}, spec: {minReadySeconds: 2, revisionHistoryLimit: 1,
    updateStrategy: {type: RollingUpdate, rollingUpdate: {maxUnavailable: 10%}}, selector: {matchLabels: {app: ds}},
    template: {metadata: {labels: {app: ds}}, spec: {nodeSelector: {none: here}, containers: [{name: c, image: x}]}}}}
  ---
  {apiVersion: apps/v1, kind: ControllerRevision, metadata: {name: revision}, revision: 4, data: {a: {b: c}}}
  ---
  {apiVersion: batch/v1, kind: Job, metadata: {name: job}, spec: {parallelism: 1, completions: 3, backoffLimit: 2,
    activeDeadlineSeconds: 100000, template: {metadata: {labels: {app: j}}, spec: {restartPolicy: Never,
      schedulerName: nobody, containers: [{name: c, image: x}]}}}}
  ---
  {apiVersion: batch/v1beta1, kind: CronJob, metadata: {name: cron}, spec: {schedule: "0 0 1 1 *", suspend: true,
    concurrencyPolicy: Forbid, startingDeadlineSeconds: 60, successfulJobsHistoryLimit: 1, failedJobsHistoryLimit: 2,
    jobTemplate: {metadata: {labels: {a: b}}, spec: {template: {spec: {restartPolicy: OnFailure,
      containers: [{name: c, image: x}]}}}}}}
  ---
  {apiVersion: autoscaling/v2beta2, kind: HorizontalPodAutoscaler, metadata: {name: scaler}, spec: {minReplicas: 1,
    maxReplicas: 4, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: none},
    behavior: {scaleDown: {stabilizationWindowSeconds: 60, selectPolicy: Min, policies: [
      {type: Percent, value: 10, periodSeconds: 60}]}},
    metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}},
      {type: Pods, pods: {metric: {name: q, selector: {matchLabels: {a: b}}}, target: {type: AverageValue,
        averageValue: 1500m}}},
      {type: Object, object: {describedObject: {kind: Service, name: s, apiVersion: v1}, metric: {name: r},
        target: {type: Value, value: "2k"}}},
      {type: External, external: {metric: {name: e}, target: {type: Value, value: "30"}}}]}}
  ---
  {apiVersion: policy/v1beta1, kind: PodDisruptionBudget, metadata: {name: budget}, spec: {maxUnavailable: 30%,
    selector: {matchLabels: {app: d}}}}
  ---
  {apiVersion: policy/v1beta1, kind: PodDisruptionBudget, metadata: {name: fixed}, spec: {minAvailable: 1,
    selector: {matchExpressions: [{key: app, operator: Exists}]}}}
  ---
  {apiVersion: discovery.k8s.io/v1beta1, kind: EndpointSlice, metadata: {name: slice}, addressType: IPv4,
   endpoints: [{addresses: [10.0.0.5], conditions: {ready: false}, hostname: h, targetRef: {kind: Pod, name: p},
     topology: {kubernetes.io/hostname: node-1}}, {addresses: [10.0.0.6]}],
   ports: [{name: http, port: 80, protocol: TCP, appProtocol: http}, {name: ""}]}
  ---
  {apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: ingress}, spec: {ingressClassName: none,
    defaultBackend: {service: {name: s, port: {name: http}}}, tls: [{hosts: [a.example.com], secretName: t}],
    rules: [{host: a.example.com, http: {paths: [
      {path: /x, pathType: Prefix, backend: {service: {name: s, port: {number: 80}}}},
      {path: /y, pathType: Exact, backend: {resource: {apiGroup: example.com, kind: Bucket, name: b}}}]}}]}}
  ---
  {apiVersion: networking.k8s.io/v1, kind: IngressClass, metadata: {name: class-\(namespace)},
   spec: {controller: example.com/c, parameters: {apiGroup: example.com, kind: P, name: p}}}
  ---
  {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: policy}, spec: {podSelector: {matchLabels: {
    app: web}}, policyTypes: [Ingress, Egress], ingress: [{from: [{podSelector: {}}, {namespaceSelector: {matchLabels: {
    a: b}}}, {ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}], ports: [{port: http}, {port: 80, protocol: TCP}]}],
    egress: [{}]}}
  ---
  {apiVersion: node.k8s.io/v1, kind: RuntimeClass, metadata: {name: runtime-\(namespace)}, handler: h,
   overhead: {podFixed: {memory: 120Mi, cpu: 250m}}, scheduling: {nodeSelector: {a: b}, tolerations: [{key: k, operator: Exists}]}}
  ---
  {apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: storage-\(namespace)}, provisioner: example.com/p,
   parameters: {a: b}, reclaimPolicy: Retain, allowVolumeExpansion: true, volumeBindingMode: WaitForFirstConsumer,
   mountOptions: [hard], allowedTopologies: [{matchLabelExpressions: [{key: zone, values: [z]}]}]}
  ---
  {apiVersion: storage.k8s.io/v1, kind: CSINode, metadata: {name: csi-\(namespace)}, spec: {drivers: [
    {name: d.example.com, nodeID: node-1, topologyKeys: [zone], allocatable: {count: 16}}]}}
  ---
  {apiVersion: storage.k8s.io/v1, kind: CSIDriver, metadata: {name: csi-\(namespace)}, spec: {attachRequired: false,
    podInfoOnMount: true, volumeLifecycleModes: [Ephemeral]}}
  ---
  {apiVersion: storage.k8s.io/v1, kind: VolumeAttachment, metadata: {name: attachment-\(namespace)}, spec: {
    attacher: none.example.com, nodeName: node-1, source: {persistentVolumeName: v}}}
  ---
  {apiVersion: coordination.k8s.io/v1, kind: Lease, metadata: {name: lease}, spec: {holderIdentity: me,
    leaseDurationSeconds: 15, acquireTime: "2026-01-01T00:00:00.000001Z", renewTime: "2026-01-01T00:00:09.999999Z",
    leaseTransitions: 2}}
  ---
  {apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: role}, rules: [{apiGroups: [""],
    resources: [pods, pods/log], resourceNames: [p], verbs: [get]}]}
  ---
  {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: "role-\(namespace)"}, rules: [
    {nonResourceURLs: [/healthz], verbs: [get]}], aggregationRule: {clusterRoleSelectors: [{matchLabels: {
    none: here}}]}}
  ---
  {apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: binding}, roleRef: {
    apiGroup: rbac.authorization.k8s.io, kind: Role, name: role}, subjects: [{kind: ServiceAccount, name: account},
    {kind: User, name: u, apiGroup: rbac.authorization.k8s.io}]}
  ---
  {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: "binding-\(namespace)"},
   roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: "role-\(namespace)"}, subjects: [
     {kind: Group, name: g, apiGroup: rbac.authorization.k8s.io}]}
  ---
  {apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingWebhookConfiguration, metadata: {
    name: "\(namespace)"}, webhooks: [{name: a.example.com, sideEffects: None, admissionReviewVersions: [v1, v1beta1],
    failurePolicy: Ignore, matchPolicy: Exact, timeoutSeconds: 3, clientConfig: {service: {name: s, namespace: node-1,
      path: /p, port: 8443}}, namespaceSelector: {matchLabels: {none: here}}, rules: [{apiGroups: [none.example.com],
      apiVersions: [v1], resources: [nothing], operations: [CREATE], scope: Namespaced}]}]}
  ---
  {apiVersion: admissionregistration.k8s.io/v1, kind: MutatingWebhookConfiguration, metadata: {name: "\(namespace)"},
   webhooks: [{name: b.example.com, sideEffects: None, admissionReviewVersions: [v1], failurePolicy: Ignore,
     reinvocationPolicy: IfNeeded, clientConfig: {url: "https://webhook.example.com/x"}, objectSelector: {matchLabels: {
     none: here}}, rules: [{apiGroups: [none.example.com], apiVersions: ["*"], resources: [nothing],
     operations: [DELETE]}]}]}
  ---
  {apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: cars.\(namespace).example.com},
   spec: {group: \(namespace).example.com, scope: Cluster, names: {plural: cars, kind: Car, shortNames: [c2],
     categories: [all]}, versions: [{name: v1, served: true, storage: true, deprecated: true,
     schema: {openAPIV3Schema: {type: object}}, subresources: {status: {}}, additionalPrinterColumns: [
       {name: A, type: string, jsonPath: .a, priority: 1}]}]}}
  """
}
