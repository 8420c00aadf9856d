/**
 * The public face of the engine: what the rest of the product may know of it. Every other module in here is its own.
 */

// model/
export type {
  EffectiveMode,
  Enforcement,
  IgnoredPolicy,
  IgnoredReason,
  MissingFact,
  ModeSource,
  Outcome,
  PortMtls,
  Reason,
} from './model/explanation.ts';
export { asObject } from './model/json.ts';
export type { Json } from './model/json.ts';
export type { KindEntry } from './model/kinds.ts';
export { ALL_KINDS, kindEntry, kindsDeciding, writtenKind } from './model/kinds.ts';
export { hasNoLabels, matchesLabels } from './model/labels.ts';
export type { Manifest } from './model/manifest.ts';
export type {
  Accepts,
  ClientTlsMode,
  DataPlane,
  MutualTlsMode,
  PolicyMode,
  PolicyScope,
} from './model/mode.ts';
export type {
  DestinationRule,
  Labels,
  MeshObject,
  PeerAuthentication,
  Pod,
  Service,
  ServicePort,
  WorkloadController,
} from './model/objects.ts';
export { isWorkloadController } from './model/objects.ts';
export type { NonEmpty, ObjectKind, ObjectRef, Origin, WorkloadRef } from './model/reference.ts';
export { refKey, sameRef } from './model/reference.ts';
export { visibleLine, visibleText } from './words/visibleText.ts';

// config/
export { isNamespace } from './config/fieldType.ts';
export { meshConfigFieldNames, wrongMeshConfigField } from './config/meshConfig.ts';
export type { ParsedYaml, ParseYaml } from './config/parseYaml.ts';

// decode/
export type { Decoded, Problem } from './decode/decode.ts';
export { decode } from './decode/decode.ts';
export type { LegacyPolicy } from './decode/legacyPolicy.ts';
export { decodeLegacyPolicy } from './decode/legacyPolicy.ts';

// snapshot/
export type { MeshInput, MeshUpdate } from './snapshot/buildMesh.ts';
export { buildMesh, updateMesh } from './snapshot/buildMesh.ts';
export type { Overrides } from './snapshot/controlPlane.ts';
export { findObject } from './snapshot/findObject.ts';
export { fqdnOf } from './snapshot/host.ts';
export type { Injection } from './snapshot/injection.ts';
export { calledRevision } from './snapshot/injection.ts';
export type { Mesh, NamespaceEntry } from './snapshot/mesh.ts';
export {
  allWorkloads,
  destinationRulesIn,
  findWorkload,
  namespaceLabels,
  namespacesOf,
  objectsIn,
  peerAuthenticationsIn,
  servicesIn,
  servicesSelecting,
  workloadOfPod,
  workloadsBehind,
  workloadsIn,
  workloadsWithLabels,
} from './snapshot/mesh.ts';
export type { NamespaceObjects } from './snapshot/namespaceObjects.ts';
export { targetPortOf } from './snapshot/targetPort.ts';
export type { Workload } from './snapshot/workload.ts';
export { hasPodsOutside } from './snapshot/workload.ts';

// known/
export {
  MAX_WATCHED_NAMESPACES,
  hidesObjects,
  missingFact,
  missingForecast,
} from './known/missing.ts';
export type { AssumedInjected } from './known/undeclaredNamespaces.ts';
export {
  assumeInjected,
  namespacesInDoubt,
  withUndeclaredUnknown,
} from './known/undeclaredNamespaces.ts';

// policy/
export { policiesActingOn } from './policy/actingPolicies.ts';
export { policyRef } from './policy/peerAuthentication.ts';
export { effectiveMode } from './policy/serverMode.ts';

// server/
export { contradictingPolicies, hasContradictions } from './server/contradictions.ts';
export type { MeshMtls, NamespaceMtls, OverallMode } from './server/namespaceMtls.ts';
export { meshMtls, namespaceMtls, overallMode } from './server/namespaceMtls.ts';
export type { WorkloadMtls } from './server/workloadMtls.ts';
export { workloadMtls } from './server/workloadMtls.ts';

// connection/
export type { Client, Connection, HostPort } from './connection/connection.ts';
export { connect } from './connection/connection.ts';
export { hostPortsIn } from './connection/hostPorts.ts';
export { finish, type Steps } from './connection/steps.ts';
export { seenAs } from './connection/symptom.ts';
export type { ClientSight } from './connection/clientSight.ts';
export { clientSight } from './connection/clientSight.ts';

// change/
export type { Change, Desired } from './change/change.ts';
export { inverse, takenBack, withDesired, withRestarted } from './change/change.ts';
export { effectOf } from './change/effect.ts';
export type { DesiredMode, EnforceTarget, EnforcementRefusal } from './change/enforce.ts';
export { planEnforcement } from './change/enforce.ts';
export type { PolicyChange } from './change/policyChange.ts';
export { ownModeOf, planPolicyChange, workloadsOfPolicy } from './change/policyChange.ts';
export type { Preflight } from './change/preflight.ts';
export { preflight, preflightSteps } from './change/preflight.ts';
export type { Remainder } from './change/remainder.ts';
export { remainderOf } from './change/remainder.ts';
export { destinationRuleFor } from './change/scaffold.ts';
export { shows } from './change/shows.ts';
export type { WorkloadPods } from './change/workloadPods.ts';
export { otherPods, podsOf } from './change/workloadPods.ts';

// evidence/
export type {
  AbsentSource,
  BlindSpot,
  Caller,
  Evidence,
  EvidenceKind,
  EvidenceSource,
  ObservedCalls,
  TimeWindow,
} from './evidence/evidence.ts';
export { evidenceLimits, joinEvidence, readEvidenceWindow } from './evidence/evidence.ts';
export type { MetricGrowth, MetricReading } from './evidence/istioMetrics.ts';
export { callMetrics, callsOfMetrics, refusalMetric } from './evidence/istioMetrics.ts';
export { callsOfLogs } from './evidence/loggedCalls.ts';
export type { CounterSamples } from './evidence/proxyCounters.ts';
export { growthsOfProxy } from './evidence/proxyCounters.ts';
export type { ServingProxy } from './evidence/servingProxies.ts';
export { servingProxies } from './evidence/servingProxies.ts';
export type { PrometheusAddress } from './evidence/prometheusService.ts';
export {
  prometheusBesideControlPlane,
  readPrometheusAddress,
} from './evidence/prometheusService.ts';
export type { ObservedCaller, RankedRefusals } from './evidence/rankedRefusals.ts';
export { rankRefusals, refusingWorkloads } from './evidence/rankedRefusals.ts';

// words/
export { outcomeWords } from './words/outcomeWords.ts';
export type { FoldedGrid, GridRow } from './words/connectionGrid.ts';
export { foldGrid, gridLegend, gridLines, gridSymbol } from './words/connectionGrid.ts';
export { listed } from './words/modeWords.ts';
export {
  describeEnforcement,
  describeIgnored,
  describeMissing,
  describeModeSource,
  describeUnlike,
  describeOutcome,
  describeReason,
  describeRef,
} from './words/describe.ts';
export {
  policyChangeButton,
  policyChangedSentence,
  policyChangeQuestion,
  policyChangeTitle,
  policyModeWords,
} from './words/policyChangeText.ts';
export { describeConversionNote } from './words/describeConversion.ts';
export { describeVerdict, shortResult } from './words/describeVerdict.ts';
export { dataPlaneLabel } from './words/dataPlaneWords.ts';
export { counted } from './words/modeWords.ts';
export { missingWords, originWords } from './words/describeWords.ts';
export {
  acceptsSentence,
  invalidSentences,
  podsSentence,
  restartSentence,
} from './words/workloadSentences.ts';
export {
  doneSentence,
  movedSentence,
  nothingToDoSentence,
  otherPodsSentence,
} from './words/doneText.ts';
export {
  actionWords,
  describeChange,
  describeRefusal,
  enforcedWords,
  exceptWords,
  movedWords,
  subjectWords,
  targetWords,
} from './words/enforcementText.ts';
export { consequences } from './words/impact/confirmation.ts';
export { refusedSections } from './words/impact/refusedLines.ts';
export { callerWords, evidenceLines } from './words/impact/evidenceWords.ts';
export type { Impact } from './words/impact/impact.ts';
export { impactDocument } from './words/impact/impactDocument.ts';

export { overallModeWords } from './words/modeWords.ts';

// legacy/
export type { ConversionNote } from './legacy/conversionNote.ts';
export type { Conversion } from './legacy/convertLegacy.ts';
export { convertLegacyPolicies } from './legacy/convertLegacy.ts';
export type { ConvertedPort } from './legacy/convertedPorts.ts';
export { convertedPorts } from './legacy/convertedPorts.ts';

// probe/
export type { Observation, ProbeAnswer } from './probe/answer.ts';
export { readAnswer } from './probe/answer.ts';
export { predict } from './probe/prediction.ts';
export type { PodContainer, Probe, ProbeTarget } from './probe/probe.ts';
export { clientRank, commandLine, curlProbe, probePods, urlOf } from './probe/probe.ts';
export type { Verdict } from './probe/verdict.ts';
export { verdict } from './probe/verdict.ts';

// rollout/
export type { Board, BoardRow, NamespaceState } from './rollout/board.ts';
export { boardCounts, boardSteps } from './rollout/board.ts';
export {
  boardCells,
  boardSentence,
  rolloutJson,
  rolloutMarkdown,
  stageLine,
} from './rollout/boardReport.ts';
export { guardrail } from './rollout/guardrail.ts';
export type { RolloutPlan, RolloutStage } from './rollout/plan.ts';
export { planRollout } from './rollout/plan.ts';

// topic/
export type { Block, Inline, Line } from './topic/blocks.ts';
export { list, paragraph, plainText } from './topic/blocks.ts';
export { undeclaredPortLine } from './topic/portOrigin.ts';
export type { Topic } from './topic/topic.ts';
export { topicText } from './topic/topic.ts';

// findings/
export type { FindingScope } from './findings/findingsIn.ts';
export { findingsAdded } from './findings/findingsAdded.ts';
export { findingsIn, objectNamed } from './findings/findingsIn.ts';
export { fixOfProblem } from './findings/manifest/fixOfProblem.ts';
export { ruleOfProblem, UNREADABLE } from './findings/manifest/manifestRules.ts';
export type {
  Finding,
  FieldPath,
  Fix,
  FixStep,
  Related,
  Severity,
} from './findings/model/finding.ts';
export type { Rule } from './findings/model/rule.ts';
export { FINDING_RULES, findingRule } from './findings/rules.ts';
export { codesOf, isSuppressed } from './findings/suppression.ts';

// authoring/
export { changeSummary } from './authoring/changeSummary.ts';
export { decidesOtherwise } from './authoring/decided.ts';
export type { FieldDifference } from './authoring/drift.ts';
export { manifestDrift } from './authoring/drift.ts';
export type { KnownHost } from './authoring/hosts.ts';
export { knownHosts, knownSubsets, selectorsBehind, serverModes } from './authoring/hosts.ts';
export {
  destinationRuleSummary,
  peerAuthenticationSummary,
  workloadsInScope,
} from './authoring/policySummary.ts';
export type { SelectableLabel, SelectablePort } from './authoring/selectable.ts';
export { selectableKeys, selectablePorts, selectableValues } from './authoring/selectable.ts';

// proxy/, words/proxy/
export * from './proxyFace.ts';

// history/, words/history/
export * from './historyFace.ts';
