import type { Manifest } from '../model/manifest.ts';
import type { ClientTlsMode, MutualTlsMode } from '../model/mode.ts';

/** The versions that every Istio since 1.22 serves (R212); older ones serve `v1beta1` only. */
export const SECURITY_API_VERSION = 'security.istio.io/v1';
export const NETWORKING_API_VERSION = 'networking.istio.io/v1';

/** What a new PeerAuthentication is to govern. `namespace` of a mesh policy is the root namespace. */
export type PolicyTarget =
  | { readonly scope: 'mesh'; readonly namespace: string }
  | { readonly scope: 'namespace'; readonly namespace: string }
  | ({ readonly scope: 'workload' } & SelectedWorkload)
  | ({
      readonly scope: 'port';
      /** A workload port (R17). */
      readonly port: number;
      /** What the other ports keep: always written, because an ambient data plane composes an unset mode differently (R94 to R96). */
      readonly otherPorts: MutualTlsMode;
    } & SelectedWorkload);

/** A workload as a policy selects it: by labels of its pods (R7). */
export interface SelectedWorkload {
  readonly namespace: string;
  /** Becomes the policy's name, which carries no meaning (R18). */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * The PeerAuthentication that gives the target a mode, alone in its scope: without a selector field
 * for a mesh or a namespace (R92), with the explicit mode of all other ports for one port.
 */
export function peerAuthenticationFor(
  target: PolicyTarget,
  mode: MutualTlsMode,
  apiVersion: string = SECURITY_API_VERSION,
): Manifest {
  const { name, namespace } = { name: 'default', ...target };
  return {
    apiVersion,
    kind: 'PeerAuthentication',
    metadata: { name, namespace },
    spec: spec(target, mode),
  };
}

/** The policy that keeps one workload, or one port of it, open to clients without a proxy. */
export function exceptionFor(
  target: Extract<PolicyTarget, { scope: 'workload' | 'port' }>,
  apiVersion: string = SECURITY_API_VERSION,
): Manifest {
  return peerAuthenticationFor(target, 'PERMISSIVE', apiVersion);
}

/** The server that a new DestinationRule speaks about. */
export interface RuleTarget {
  /** Namespace of the Service, so that every client finds the rule (R152). */
  readonly namespace: string;
  /** Name of the Service. */
  readonly service: string;
  /** DNS suffix of the cluster, `cluster.local` unless the cluster says otherwise. */
  readonly clusterDomain?: string;
  /** A Service port (R161); absent for all ports. */
  readonly port?: number;
}

/** The DestinationRule that makes proxied clients use one TLS mode towards a Service (R167). */
export function destinationRuleFor(
  target: RuleTarget,
  mode: ClientTlsMode,
  apiVersion: string = NETWORKING_API_VERSION,
): Manifest {
  const { namespace, service, clusterDomain = 'cluster.local', port } = target;
  const tls = { mode };
  return {
    apiVersion,
    kind: 'DestinationRule',
    metadata: { name: service, namespace },
    spec: {
      host: `${service}.${namespace}.svc.${clusterDomain}`,
      trafficPolicy:
        port === undefined ? { tls } : { portLevelSettings: [{ port: { number: port }, tls }] },
    },
  };
}

/**
 * The labels to select a workload by: those of its pods that outlive a roll-out and an upgrade. The
 * version is among them only where without it one of `neighbours`, the pod labels of the namespace's
 * other workloads, would be selected too. Empty when no label is fit for it.
 */
export function selectorLabels(
  podLabels: Readonly<Record<string, string>>,
  neighbours: readonly Readonly<Record<string, string>>[] = [],
): Readonly<Record<string, string>> {
  const stable = Object.entries(podLabels).filter(([key]) => !isVolatile(key));
  const lasting = stable.filter(([key]) => !versionLabels.has(key));
  const selectsNeighbour = neighbours.some((labels) =>
    lasting.every(([key, value]) => labels[key] === value),
  );
  return Object.fromEntries(selectsNeighbour || lasting.length === 0 ? stable : lasting);
}

/** Labels that tell apart versions of one application. */
const versionLabels: ReadonlySet<string> = new Set(['version', 'app.kubernetes.io/version']);

/** Labels that controllers, injection and package managers set, and change, on their own. */
const volatileLabels: ReadonlySet<string> = new Set([
  'pod-template-hash',
  'pod-template-generation',
  'controller-revision-hash',
  'controller-uid',
  'job-name',
  'helm.sh/chart',
  'app.kubernetes.io/managed-by',
]);

const volatileDomains = [
  'istio.io/',
  'statefulset.kubernetes.io/',
  'apps.kubernetes.io/',
  'batch.kubernetes.io/',
];

/** Whether a label may be another one tomorrow, so that nobody should select by it. */
export function isVolatile(key: string): boolean {
  if (volatileLabels.has(key)) return true;
  return volatileDomains.some((domain) => key.startsWith(domain) || key.includes(`.${domain}`));
}

function spec(target: PolicyTarget, mode: MutualTlsMode): Readonly<Record<string, unknown>> {
  switch (target.scope) {
    case 'mesh':
    case 'namespace':
      return { mtls: { mode } };
    case 'workload':
      return { selector: { matchLabels: target.labels }, mtls: { mode } };
    case 'port':
      return {
        selector: { matchLabels: target.labels },
        mtls: { mode: target.otherPorts },
        portLevelMtls: { [target.port]: { mode } },
      };
  }
}
