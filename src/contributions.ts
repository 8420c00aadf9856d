import type { ManifestPlace } from './surfaces/nodes/manifestPlace.ts';
import type { ObjectInContext, TreeNode } from './surfaces/nodes/treeNode.ts';

/**
 * Every command and its arguments. A row of the tree hands itself over; from the palette there are
 * no arguments and the command asks. `test/unit/manifest.test.ts` compares this with package.json.
 */
export interface CommandArguments {
  'istioMtls.selectContext': [];
  'istioMtls.openWalkthrough': [];
  'istioMtls.startDemo': [];
  'istioMtls.openContext': [];
  'istioMtls.useContext': [node?: TreeNode];
  'istioMtls.closeContext': [node?: TreeNode];
  'istioMtls.switchContext': [];
  'istioMtls.keepContext': [];
  'istioMtls.disconnect': [];
  'istioMtls.reconnect': [node?: TreeNode];
  'istioMtls.showLog': [];
  'istioMtls.showMoreNamespaces': [node?: TreeNode];
  'istioMtls.showMissingRole': [node?: TreeNode];
  'istioMtls.nameNamespaces': [];
  'istioMtls.filterNamespaces': [];
  'istioMtls.filterDiffering': [];
  'istioMtls.clearFilter': [];
  'istioMtls.enforceStrict': [node?: TreeNode];
  'istioMtls.enforcePermissive': [node?: TreeNode];
  'istioMtls.enforceDisable': [node?: TreeNode];
  'istioMtls.inheritMode': [node?: TreeNode];
  'istioMtls.enforceStrictWithExceptions': [node?: TreeNode];
  'istioMtls.bringIntoMesh': [node?: TreeNode];
  'istioMtls.takeOutOfMesh': [node?: TreeNode];
  'istioMtls.showStrictImpact': [node?: TreeNode];
  'istioMtls.showProxy': [node?: TreeNode];
  'istioMtls.setPrometheusCredentials': [];
  'istioMtls.applyReview': [];
  'istioMtls.discardReview': [];
  'istioMtls.undo': [entryId?: string];
  'istioMtls.probe': [];
  'istioMtls.probeFrom': [node?: TreeNode];
  'istioMtls.probeTo': [node?: TreeNode];
  'istioMtls.repeatProbe': [];
  'istioMtls.probeMatrix': [];
  'istioMtls.predictMatrix': [];
  'istioMtls.showStrictMatrix': [node?: TreeNode];
  'istioMtls.showProbes': [];
  'istioMtls.scaffoldPolicy': [node?: TreeNode];
  'istioMtls.changePolicyMode': [node?: TreeNode];
  'istioMtls.deletePolicy': [node?: TreeNode];
  'istioMtls.showPolicyWorkloads': [node?: TreeNode];
  'istioMtls.revealPolicy': [node?: TreeNode];
  'istioMtls.openManifest': [target?: TreeNode | ObjectInContext];
  'istioMtls.showManifestImpact': [place?: ManifestPlace];
  'istioMtls.diffWithCluster': [place?: ManifestPlace];
  'istioMtls.applyManifest': [place?: ManifestPlace];
  'istioMtls.showFinding': [code?: string];
}

export type CommandId = keyof CommandArguments;

/** Where a command is offered: in the palette too, or only where the tree or another surface calls it. */
export const commands = {
  'istioMtls.selectContext': 'palette',
  'istioMtls.openWalkthrough': 'palette',
  'istioMtls.startDemo': 'palette',
  'istioMtls.openContext': 'palette',
  'istioMtls.useContext': 'tree',
  'istioMtls.closeContext': 'palette',
  'istioMtls.switchContext': 'tree',
  'istioMtls.keepContext': 'tree',
  'istioMtls.disconnect': 'palette',
  'istioMtls.reconnect': 'palette',
  'istioMtls.showLog': 'palette',
  'istioMtls.showMoreNamespaces': 'tree',
  'istioMtls.showMissingRole': 'tree',
  'istioMtls.nameNamespaces': 'palette',
  'istioMtls.filterNamespaces': 'palette',
  'istioMtls.filterDiffering': 'palette',
  'istioMtls.clearFilter': 'palette',
  'istioMtls.enforceStrict': 'palette',
  'istioMtls.enforcePermissive': 'palette',
  'istioMtls.enforceDisable': 'palette',
  'istioMtls.inheritMode': 'palette',
  'istioMtls.enforceStrictWithExceptions': 'palette',
  'istioMtls.bringIntoMesh': 'palette',
  'istioMtls.takeOutOfMesh': 'palette',
  'istioMtls.showStrictImpact': 'palette',
  'istioMtls.showProxy': 'palette',
  'istioMtls.setPrometheusCredentials': 'palette',
  'istioMtls.applyReview': 'tree',
  'istioMtls.discardReview': 'tree',
  'istioMtls.undo': 'palette',
  'istioMtls.probe': 'palette',
  'istioMtls.probeFrom': 'tree',
  'istioMtls.probeTo': 'tree',
  'istioMtls.repeatProbe': 'palette',
  'istioMtls.probeMatrix': 'palette',
  'istioMtls.predictMatrix': 'palette',
  'istioMtls.showStrictMatrix': 'palette',
  'istioMtls.showProbes': 'palette',
  'istioMtls.scaffoldPolicy': 'palette',
  'istioMtls.changePolicyMode': 'tree',
  'istioMtls.deletePolicy': 'tree',
  'istioMtls.showPolicyWorkloads': 'tree',
  'istioMtls.revealPolicy': 'tree',
  'istioMtls.openManifest': 'tree',
  'istioMtls.showManifestImpact': 'palette',
  'istioMtls.diffWithCluster': 'palette',
  'istioMtls.applyManifest': 'palette',
  'istioMtls.showFinding': 'tree',
} as const satisfies Readonly<Record<CommandId, 'palette' | 'tree'>>;

/** What can be done with a row; a row's `contextValue` is `;action;action;` so that menus match whole words. */
export const rowActions = [
  'enforce',
  'is-strict',
  'is-permissive',
  'is-disable',
  'inherit',
  'enforce-with-exceptions',
  'bring-into-mesh',
  'take-out-of-mesh',
  'probe-from',
  'probe-to',
  'show-proxy',
  'scaffold',
  'open-manifest',
  'change-policy',
  'show-workloads',
  'reveal-policy',
  'reconnect',
  'use-context',
  'close-context',
  'switch-context',
  'show-missing-role',
  'name-namespaces',
  'filter-differing',
] as const;

export type RowAction = (typeof rowActions)[number];

/** Every setting with the type of its value. */
export interface Settings {
  /** Path of a kubeconfig file; empty for KUBECONFIG or ~/.kube/config as kubectl does. */
  'istioMtls.kubeconfig': string;
  /** Context to connect to; empty for the one chosen in this workspace, else the current one. */
  'istioMtls.context': string;
  /** What happens when another program switches the kubeconfig's current context. */
  'istioMtls.followCurrentContext': 'offer' | 'follow' | 'ignore';
  /** Whether the kubeconfig of the Kubernetes extension is used while that extension is active. */
  'istioMtls.kubernetesExtension': 'off' | 'follow';
  /** Namespaces to read one by one, besides the context's own, where they may not be listed. */
  'istioMtls.namespaces': readonly string[];
  /** Root namespace of the mesh; empty to read it from the mesh config. */
  'istioMtls.rootNamespace': string;
  /** Istio's MeshConfig to go by instead of the cluster's; empty to read that. */
  'istioMtls.meshConfig': Readonly<Record<string, unknown>>;
  /** Namespaces of manifests to take as injected where no Namespace is declared; `*` for all. */
  'istioMtls.assumeInjected': readonly string[];
  /** How grave findings are shown, by their codes: error, warning, information, hint or off. */
  'istioMtls.findings.severity': Readonly<Record<string, unknown>>;
  /** A Prometheus: `NAMESPACE/SERVICE`, `NAMESPACE/SERVICE:PORT` or an address; empty for the one beside the control plane. */
  'istioMtls.prometheus': string;
  /** How far back observed traffic is read, from `1h` to `30d`. */
  'istioMtls.evidenceWindow': string;
  /** Time limit of one probe, in seconds. */
  'istioMtls.probe.timeoutSeconds': number;
  /** Time limit for restarted pods to become ready, in seconds. */
  'istioMtls.rollout.timeoutSeconds': number;
  /** Whether lenses stand above manifests. */
  'istioMtls.codeLens': boolean;
  /** When the YAML extension is offered the schemas of Istio's kinds. */
  'istioMtls.schemas': 'auto' | 'always' | 'off';
  /** Whether the Service ports that lead to it stand beside a key of `portLevelMtls`. */
  'istioMtls.inlayHints.servicePorts': boolean;
  /** Whether the number of pods stands beside a selector. */
  'istioMtls.inlayHints.selectedPods': boolean;
  /** Whether the mode of the servers stands beside the host of a DestinationRule. */
  'istioMtls.inlayHints.serverMode': boolean;
}

export const settingDefaults: Readonly<Settings> = {
  'istioMtls.kubeconfig': '',
  'istioMtls.context': '',
  'istioMtls.followCurrentContext': 'offer',
  'istioMtls.kubernetesExtension': 'off',
  'istioMtls.namespaces': [],
  'istioMtls.rootNamespace': '',
  'istioMtls.meshConfig': {},
  'istioMtls.assumeInjected': [],
  'istioMtls.findings.severity': {},
  'istioMtls.prometheus': '',
  'istioMtls.evidenceWindow': '24h',
  'istioMtls.probe.timeoutSeconds': 10,
  'istioMtls.rollout.timeoutSeconds': 120,
  'istioMtls.codeLens': true,
  'istioMtls.schemas': 'auto',
  'istioMtls.inlayHints.servicePorts': true,
  'istioMtls.inlayHints.selectedPods': true,
  'istioMtls.inlayHints.serverMode': true,
};

/** Settings that choose a cluster or decide answers: a workspace may set them only when it is trusted. */
export const restrictedSettings = [
  'istioMtls.kubeconfig',
  'istioMtls.context',
  'istioMtls.followCurrentContext',
  'istioMtls.kubernetesExtension',
  'istioMtls.namespaces',
  'istioMtls.rootNamespace',
  'istioMtls.meshConfig',
  'istioMtls.assumeInjected',
  'istioMtls.prometheus',
  'istioMtls.evidenceWindow',
] as const;

/** Keys for `when` clauses, with their values. */
export interface ContextKeys {
  'istioMtls.connection': 'none' | 'no-kubeconfig' | 'connecting' | 'connected' | 'failed';
  'istioMtls.istioMissing': boolean;
  'istioMtls.severalContexts': boolean;
  'istioMtls.filtered': boolean;
  /** Whether a change is being reviewed, and whether the mesh is still as it was read. */
  'istioMtls.review': 'none' | 'valid' | 'outdated';
}

export const contextKeys = [
  'istioMtls.connection',
  'istioMtls.istioMissing',
  'istioMtls.severalContexts',
  'istioMtls.filtered',
  'istioMtls.review',
] as const satisfies readonly (keyof ContextKeys)[];

export const viewContainer = 'istioMtls';
export const meshView = 'istioMtls.mesh';

/** The walkthrough by which VS Code opens it: the extension's id, then its own. */
export const walkthrough = 'istio-mtls.istio-mtls#getStarted';

/** Schemes of our URIs: read-only objects of a cluster, proposals beside them, and what these would do. */
export const schemes = {
  manifest: 'istio-mtls',
  change: 'istio-mtls-change',
  impact: 'istio-mtls-impact',
  finding: 'istio-mtls-finding',
} as const;
