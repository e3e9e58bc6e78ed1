/// The names by which playbooks, the command line and the journal call remedies; stable across versions.
public enum RemedyName: String, Sendable, CaseIterable {
  // Workloads
  case setResources = "set-resources"
  case setImage = "set-image"
  case setProbe = "set-probe"
  case setEnvReference = "set-env-reference"
  case setPullSecret = "set-pull-secret"
  case addToleration = "add-toleration"
  case setRolloutBounds = "set-rollout-bounds"
  case rolloutRestart = "rollout-restart"
  case rolloutUndo = "rollout-undo"
  case rolloutPause = "rollout-pause"
  case rolloutResume = "rollout-resume"
  case setPartition = "set-partition"
  case scale
  case setAutoscalerBounds = "set-autoscaler-bounds"
  // Jobs
  case suspendJob = "suspend-job"
  case resumeJob = "resume-job"
  case recreateJob = "recreate-job"
  case suspendCronJob = "suspend-cronjob"
  case resumeCronJob = "resume-cronjob"
  case triggerCronJob = "trigger-cronjob"
  // Pods
  case deletePod = "delete-pod"
  case forceDelete = "force-delete"
  case deleteFailedPods = "delete-failed-pods"
  case removeSchedulingGate = "remove-scheduling-gate"
  // Nodes
  case cordon, uncordon
  case removeTaint = "remove-taint"
  case outOfService = "out-of-service"
  case labelNode = "label-node"
  // Storage
  case expandClaim = "expand-pvc"
  case lowerClaim = "lower-pvc-request"
  case clearSelectedNode = "clear-selected-node"
  case allowVolumeExpansion = "allow-volume-expansion"
  case clearClaimReference = "clear-claim-ref"
  // Network
  case patchServiceSelector = "patch-service-selector"
  case setTargetPort = "set-target-port"
  case setIngressClass = "set-ingress-class"
  // Policies
  case patchBudget = "patch-pdb"
  case raiseQuota = "raise-quota"
  case webhookFailurePolicy = "webhook-failure-policy"
  // Anything
  case removeFinalizer = "remove-finalizer"
  case deleteObject = "delete-object"
  /// Takes a remedy back: writes the earlier values of the fields that it changed. Made by podmedic only.
  case undo
}
