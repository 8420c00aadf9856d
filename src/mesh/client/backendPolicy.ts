import type { Revision } from '../snapshot/controlPlane.ts';
import { memoPair } from '../model/kept.ts';
import { objectsIn, type Mesh } from '../snapshot/mesh.ts';
import type { NamespaceObjects } from '../snapshot/namespaceObjects.ts';
import type { BackendPolicy, BackendTarget, DestinationRule } from '../model/objects.ts';
import type { ClientTlsSettings, PortTrafficPolicy } from '../model/trafficPolicy.ts';
import type { MissingFact } from '../model/explanation.ts';
import { missingFact, missingIstiod } from '../known/missing.ts';
import { isDiscovered } from '../policy/peerAuthentication.ts';

/** A DestinationRule, or the one that istiod makes of backend policies of the Gateway API (R160). */
export interface Rule extends Omit<DestinationRule, 'kind'> {
  readonly kind: DestinationRule['kind'] | BackendPolicy['kind'];
  /** Made of backend policies: it fills what users’ rules for the same host leave out. */
  readonly fillsGaps?: boolean;
}

/** Rules by any key that is theirs alone. */
export type Rules = ReadonlyMap<string, Rule>;

/** The rules of a namespace as a control plane sees them, those that it makes of backend policies among them (R160). */
export function rulesIn(mesh: Mesh, namespace: string, revision: Revision): Rules {
  if (!isDiscovered(mesh, namespace, revision.config)) return NO_RULES; // R3
  const objects = objectsIn(mesh, namespace);
  return objects.backendPolicies.size === 0
    ? objects.destinationRules
    : withGenerated(objects, revision);
}

const NO_RULES: Rules = new Map();

const withGenerated = memoPair((objects: NamespaceObjects, revision: Revision): Rules => {
  const applied = [...objects.backendPolicies.values()]
    .filter((policy) => isRead(policy, revision))
    .sort(byPrecedence);
  const byHost = new Map<string, Attached[]>();
  for (const policy of applied) {
    for (const attached of attachments(policy, objects)) {
      const { host, target } = attached;
      const key = `${target.kind}/${target.name}/${host}`;
      byHost.set(key, [...(byHost.get(key) ?? []), attached]);
    }
  }
  const rules = new Map<string, Rule>(objects.destinationRules);
  for (const [key, [first, ...rest]] of byHost) {
    if (first !== undefined) rules.set(key, ruleOf(first, rest, mergesFields(revision)));
  }
  return rules;
});

/** Minor version of Istio from which BackendTLSPolicy is read without being asked for. */
const READ_BY_DEFAULT = 28;
/** Minor version of Istio from which backend policies are read at all. */
const READ_AT_ALL = 26;
/** Minor version of Istio from which a user’s rule goes before them, field by field. */
const FIELD_BY_FIELD = 31;

/** A control plane whose version is not told is taken for a current one. */
function isRead({ kind, annotations }: BackendPolicy, { env, minorVersion }: Revision): boolean {
  if (annotations['istio.io/ignore-policy-attachment']?.toLowerCase() === 'true') return false;
  if (env?.['PILOT_ENABLE_GATEWAY_API'] === 'false') return false;
  const version = minorVersion ?? FIELD_BY_FIELD;
  if (kind === 'BackendTLSPolicy' && version >= READ_BY_DEFAULT) return true;
  return version >= READ_AT_ALL && env?.['PILOT_ENABLE_ALPHA_GATEWAY_API'] === 'true';
}

function mergesFields({ minorVersion }: Revision): boolean {
  return (minorVersion ?? FIELD_BY_FIELD) >= FIELD_BY_FIELD;
}

/** Older first, then by name. */
function byPrecedence(left: BackendPolicy, right: BackendPolicy): number {
  const leftAge = left.createdAt ?? Number.POSITIVE_INFINITY;
  const rightAge = right.createdAt ?? Number.POSITIVE_INFINITY;
  if (leftAge !== rightAge) return leftAge < rightAge ? -1 : 1;
  return left.name < right.name ? -1 : 1;
}

/** One host that a policy is attached to. */
interface Attached {
  readonly policy: BackendPolicy;
  readonly target: BackendTarget;
  readonly host: string;
  /** The one port that is meant; undefined for all. */
  readonly port: number | undefined;
}

/** The hosts of a policy’s targets; a target or a port that does not exist has none. */
function attachments(policy: BackendPolicy, objects: NamespaceObjects): readonly Attached[] {
  return policy.targets.flatMap((target): readonly Attached[] => {
    const { kind, name, sectionName } = target;
    const targets = kind === 'Service' ? objects.services : objects.serviceEntries;
    const object = targets.get(name);
    const port = object?.ports.find((candidate) => candidate.name === sectionName)?.port;
    if (object === undefined || (sectionName !== undefined && port === undefined)) return [];
    const hosts =
      object.kind === 'Service' ? [`${name}.${objects.name}.svc.cluster.local`] : object.hosts;
    return hosts.map((host) => ({ policy, target, host, port }));
  });
}

/** The rule that istiod makes of all policies for one host: of each setting the first counts. */
function ruleOf(first: Attached, rest: readonly Attached[], fillsGaps: boolean): Rule {
  const { policy, host } = first;
  let tls: ClientTlsSettings | undefined;
  const ports = new Map<number, PortTrafficPolicy>();
  for (const attached of [first, ...rest]) {
    const settings = tlsOf(attached.policy);
    if (settings === undefined) continue;
    const { port } = attached;
    if (port === undefined) tls ??= settings;
    else if (!ports.has(port)) ports.set(port, { port, tls: settings, passthrough: false });
  }
  return {
    kind: policy.kind,
    namespace: policy.namespace,
    name: policy.name,
    uid: '',
    labels: {},
    annotations: {},
    createdAt: 0, // Istio gives it no time, which is before all others.
    origin: policy.origin,
    host,
    exportTo: [],
    workloadSelector: undefined,
    trafficPolicy: { tls, ports: [...ports.values()], passthrough: false },
    subsets: [],
    fillsGaps,
  };
}

function tlsOf({ kind, namespace, name, tls }: BackendPolicy): ClientTlsSettings | undefined {
  return tls && { ...tls, from: { object: { kind, namespace, name }, field: 'spec.validation' } };
}

/**
 * What keeps the backend policies of a namespace for a host from being certain: the policies
 * themselves, and istiod, which says whether it reads them.
 */
export function missingBackendPolicies(
  mesh: Mesh,
  { namespace, host }: { readonly namespace: string; readonly host: string },
  revision: Revision,
): readonly MissingFact[] {
  if (mesh.missing.length === 0) return NOTHING;
  const { backendPolicies } = objectsIn(mesh, namespace);
  if (!mayOwn(mesh, namespace, host)) return NOTHING;
  const tls = missingFact(mesh, 'BackendTLSPolicy', namespace);
  const traffic = missingFact(mesh, 'XBackendTrafficPolicy', namespace);
  const istiod = missingIstiod(mesh, revision);
  const readsTraffic = revision.env?.['PILOT_ENABLE_ALPHA_GATEWAY_API'] === 'true';
  const mayMatter = backendPolicies.size > 0 || tls !== undefined || traffic !== undefined;
  const facts = [
    tls,
    readsTraffic || istiod !== undefined ? traffic : undefined,
    mayMatter ? istiod : undefined,
  ];
  return facts.filter((fact) => fact !== undefined);
}

const NOTHING: readonly MissingFact[] = Object.freeze([]);

/** Whether the host may be one of a Service or ServiceEntry of the namespace: policies target no others. */
function mayOwn(mesh: Mesh, namespace: string, host: string): boolean {
  if (host.endsWith(`.${namespace}.svc.cluster.local`)) return true;
  if (missingFact(mesh, 'ServiceEntry', namespace) !== undefined) return true;
  const { serviceEntries } = objectsIn(mesh, namespace);
  return [...serviceEntries.values()].some(({ hosts }) =>
    hosts.some((own) => own === host || (own.startsWith('*') && host.endsWith(own.slice(1)))),
  );
}
