import { peerAuthenticationFor, SECURITY_API_VERSION } from '../change/scaffold.ts';
import { hasNoLabels, matchesLabels } from '../model/labels.ts';
import type { Manifest } from '../model/manifest.ts';
import {
  destinationRulesIn,
  namespacesOf,
  objectsIn,
  peerAuthenticationsIn,
  revisionOf,
  type Mesh,
} from '../snapshot/mesh.ts';
import type { Labels, PeerAuthentication } from '../model/objects.ts';
import type { NonEmpty, ObjectRef } from '../model/reference.ts';
import type { MutualTlsMode } from '../model/mode.ts';
import { policyRef } from '../policy/peerAuthentication.ts';
import type { ConversionNote } from './conversionNote.ts';
import { isWhole, refOf, type LegacyPolicy, type LegacyRef } from '../decode/legacyPolicy.ts';
import { targetedWorkloads } from './legacyTargets.ts';
import { requestAuthentications } from './requestAuthentications.ts';

/** PeerAuthentications that do what legacy policies did, and everything that they cannot do. */
export interface Conversion {
  readonly manifests: readonly Manifest[];
  /** What they said about tokens, which a PeerAuthentication cannot say (R210). */
  readonly requestAuthentications: readonly Manifest[];
  readonly notes: readonly ConversionNote[];
}

/** A policy for the pods of one Service, before those for the same pods are put together. */
interface Draft {
  readonly from: LegacyRef;
  readonly name: string;
  readonly namespace: string;
  readonly selector: Labels;
  /** Absent where only ports were named: wider policies go on deciding the rest (R201). */
  readonly mode: MutualTlsMode | undefined;
  readonly ports: ReadonlyMap<number, MutualTlsMode>;
}

/**
 * Maps Policy and MeshPolicy to PeerAuthentication (R207). The mesh supplies what the old objects only
 * name: Services and their pods. Modes are written out, because the old API inherited nothing (R201).
 */
export function convertLegacyPolicies(
  mesh: Mesh,
  policies: readonly LegacyPolicy[],
  apiVersion: string = SECURITY_API_VERSION,
): Conversion {
  const notes: ConversionNote[] = [];
  const manifests: Manifest[] = [];
  const drafts: Draft[] = [];
  const aboutTokens: Manifest[] = [];
  for (const policy of policies) {
    const made = requestAuthentications(mesh, policy, apiVersion);
    aboutTokens.push(...made);
    notes.push(...remarks(policy, made.length > 0));
    const by = replacedBy(mesh, policy);
    if (by !== undefined) {
      notes.push({ kind: 'already-replaced', policy: refOf(policy), by });
    } else if (isWhole(policy)) {
      manifests.push(wholePolicy(mesh, policy, apiVersion));
    } else if (policy.kind === 'MeshPolicy' || policy.targets.length === 0) {
      notes.push({ kind: 'no-effect', policy: refOf(policy) });
    } else {
      drafts.push(...draftsOf(mesh, policy, notes));
    }
  }
  const merged = mergeAlike(drafts, notes);
  notes.push(...overlaps(mesh, merged), ...superfluousRules(mesh, policies));
  return {
    manifests: [...manifests, ...merged.map((one) => manifestOf(one, apiVersion))],
    requestAuthentications: aboutTokens,
    notes,
  };
}

/** What no PeerAuthentication says, and what its author may not have meant (R204, R207, R210). */
function remarks(policy: LegacyPolicy, tokensConverted: boolean): readonly ConversionNote[] {
  const ref = refOf(policy);
  const [field, ...fields] = policy.aboutUsers;
  const notes: ConversionNote[] = policy.lenient.map((lenient) => ({
    kind: 'review-leniency',
    policy: ref,
    field: lenient,
  }));
  if (policy.namespaceIsAssumed) notes.push({ kind: 'namespace-assumed', policy: ref });
  if (policy.modeFrom === 'nothing') notes.push({ kind: 'disable-by-silence', policy: ref });
  if (field !== undefined) {
    const all: NonEmpty<string> = [field, ...fields];
    const { spec } = policy;
    notes.push({ kind: 'to-do-by-hand', policy: ref, fields: all, spec, tokensConverted });
  }
  return notes;
}

/** Since 1.5 a legacy policy is ignored wherever a PeerAuthentication applies, even a mesh-wide one (R206). */
function replacedBy(mesh: Mesh, { kind, namespace }: LegacyPolicy): ObjectRef | undefined {
  const { rootNamespace } = mesh;
  const namespaces = kind === 'MeshPolicy' ? [rootNamespace] : [namespace, rootNamespace];
  const isWide = ({ selector }: PeerAuthentication): boolean =>
    selector === undefined || hasNoLabels(selector);
  const found = namespaces
    .flatMap((policyNamespace) => peerAuthenticationsIn(mesh, policyNamespace))
    .find(isWide);
  return found === undefined ? undefined : policyRef(found);
}

function wholePolicy(mesh: Mesh, policy: LegacyPolicy, apiVersion: string): Manifest {
  const scope = policy.kind === 'MeshPolicy' ? 'mesh' : 'namespace';
  const namespace = scope === 'mesh' ? mesh.rootNamespace : policy.namespace;
  return peerAuthenticationFor({ scope, namespace }, policy.mode, apiVersion);
}

/** One policy for each target, as far as its Service leads to pods (R207). */
function draftsOf(mesh: Mesh, policy: LegacyPolicy, notes: ConversionNote[]): readonly Draft[] {
  return policy.targets.flatMap((target): readonly Draft[] => {
    const found = targetedWorkloads(mesh, policy, target);
    notes.push(...found.notes);
    const { selector, ports } = found;
    const isForPorts = target.ports.length > 0;
    if (selector === undefined || (isForPorts && ports.length === 0)) return [];
    const { namespace, mode } = policy;
    const several = policy.targets.length > 1;
    return [
      {
        from: refOf(policy),
        name: several ? `${policy.name}-${target.service}` : policy.name,
        namespace,
        selector,
        mode: isForPorts ? undefined : mode,
        ports: new Map(ports.map((port) => [port, mode])),
      },
    ];
  });
}

/** Policies with the same selector become one, because of several only the oldest would count (R11). */
function mergeAlike(drafts: readonly Draft[], notes: ConversionNote[]): readonly Draft[] {
  const merged: Draft[] = [];
  for (const draft of drafts) {
    const at = merged.findIndex(
      (known) => known.namespace === draft.namespace && isSame(known.selector, draft.selector),
    );
    const known = merged[at];
    if (known === undefined) {
      merged.push(draft);
      continue;
    }
    if (contradict(known, draft)) {
      notes.push({ kind: 'contradiction', policies: [known.from, draft.from] });
    }
    const ports = new Map([...draft.ports, ...known.ports]);
    merged[at] = { ...known, mode: known.mode ?? draft.mode, ports };
  }
  return merged;
}

function isSame(left: Labels, right: Labels): boolean {
  return matchesLabels(left, right) && matchesLabels(right, left);
}

function contradict(left: Draft, right: Draft): boolean {
  if (left.mode !== undefined && right.mode !== undefined && left.mode !== right.mode) return true;
  return [...left.ports].some(([port, mode]) => (right.ports.get(port) ?? mode) !== mode);
}

/** Different selectors over the same pods cannot both count: someone must put them together (R11, R207, R209). */
function overlaps(mesh: Mesh, drafts: readonly Draft[]): readonly ConversionNote[] {
  const notes: ConversionNote[] = [];
  for (const [index, left] of drafts.entries()) {
    for (const right of drafts.slice(index + 1)) {
      if (left.namespace === right.namespace && sharePods(mesh, left, right)) {
        notes.push({ kind: 'merge-by-hand', policies: [left.from, right.from] });
      }
    }
  }
  return notes;
}

function sharePods(mesh: Mesh, left: Draft, right: Draft): boolean {
  const both = (labels: Labels): boolean =>
    matchesLabels(left.selector, labels) && matchesLabels(right.selector, labels);
  const { pods, controllers } = objectsIn(mesh, left.namespace);
  return (
    [...pods.values()].some(({ labels }) => both(labels)) ||
    [...controllers.values()].some(({ template }) => both(template.labels))
  );
}

/** With auto mTLS on, rules that legacy installs needed only harm pods without a proxy (R183, R211). */
function superfluousRules(
  mesh: Mesh,
  policies: readonly LegacyPolicy[],
): readonly ConversionNote[] {
  if (policies.length === 0 || !revisionOf(mesh, undefined).config.enableAutoMtls) return [];
  return namespacesOf(mesh).flatMap(({ name }) =>
    destinationRulesIn(mesh, name).flatMap((rule): readonly ConversionNote[] => {
      if (rule.trafficPolicy?.tls?.mode !== 'ISTIO_MUTUAL') return [];
      const ref = { kind: 'DestinationRule', namespace: name, name: rule.name } as const;
      return [{ kind: 'superfluous-rule', rule: ref }];
    }),
  );
}

function manifestOf({ name, namespace, selector, mode, ports }: Draft, version: string): Manifest {
  const byPort = [...ports].sort(([left], [right]) => left - right);
  const portLevelMtls = Object.fromEntries(byPort.map(([port, each]) => [port, { mode: each }]));
  const spec = {
    selector: { matchLabels: selector },
    ...(mode === undefined ? {} : { mtls: { mode } }),
    ...(byPort.length === 0 ? {} : { portLevelMtls }),
  };
  return { apiVersion: version, kind: 'PeerAuthentication', metadata: { name, namespace }, spec };
}
