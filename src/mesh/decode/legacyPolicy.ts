import { asObject, objectAt, objectsAt, stringAt, type Json } from '../model/json.ts';
import { problem, quoted, type Problem } from '../model/problem.ts';
import type { MutualTlsMode } from '../model/mode.ts';

/** Names one object of authentication.istio.io/v1alpha1; `namespace` is empty for a MeshPolicy. */
export interface LegacyRef {
  readonly kind: 'Policy' | 'MeshPolicy';
  readonly namespace: string;
  readonly name: string;
}

/** A Service of the policy's own namespace, and its Service ports by number or name; none means all (R202). */
export interface LegacyTarget {
  readonly service: string;
  readonly ports: readonly (number | string)[];
}

/** Where a legacy policy's mode comes from; `nothing` is the trap of a policy that only speaks of end users (R203). */
export type LegacyModeSource = 'mtls' | 'nothing';

/** A policy of the API that Istio read up to 1.5 and that is gone since 1.6 (R200). */
export interface LegacyPolicy extends LegacyRef {
  /** A Policy that names no namespace lands wherever it is applied; `default` is only assumed. */
  readonly namespaceIsAssumed: boolean;
  readonly targets: readonly LegacyTarget[];
  readonly mode: MutualTlsMode;
  readonly modeFrom: LegacyModeSource;
  /** Fields that ask for leniency and that no Istio obeyed (R204). */
  readonly lenient: readonly ('mtls.allowTls' | 'peerIsOptional')[];
  /** Fields about end users, which a PeerAuthentication has no place for (R210). */
  readonly aboutUsers: readonly string[];
  /** As written, for what must be done by hand. */
  readonly spec: unknown;
}

const GROUP = 'authentication.istio.io/';

/**
 * Reads a Policy or MeshPolicy of authentication.istio.io. Never throws; anything else gives neither
 * a policy nor a problem.
 */
export function decodeLegacyPolicy(value: unknown): {
  readonly policy: LegacyPolicy | undefined;
  readonly problems: readonly Problem[];
} {
  const object = asObject(value) ?? {};
  const kind = stringAt(object, 'kind');
  const isLegacy = stringAt(object, 'apiVersion')?.startsWith(GROUP) === true;
  if (!isLegacy || (kind !== 'Policy' && kind !== 'MeshPolicy')) {
    return { policy: undefined, problems: [] };
  }
  const metadata = objectAt(object, 'metadata');
  const name = stringAt(metadata, 'name') ?? '';
  if (name === '') {
    const problems = [problem(['metadata', 'name'], 'The object has no name.')];
    return { policy: undefined, problems };
  }
  const written = stringAt(metadata, 'namespace');
  const namespace = kind === 'Policy' ? (written ?? 'default') : '';
  const namespaceIsAssumed = kind === 'Policy' && written === undefined;
  const problems: Problem[] = [];
  const spec = objectAt(object, 'spec');
  const read = readSpec(spec, problems);
  const named = { kind, namespace, namespaceIsAssumed, name } as const;
  const policy: LegacyPolicy = { ...named, ...read, spec: object['spec'] };
  return { policy, problems };
}

function readSpec(
  spec: Json,
  problems: Problem[],
): Omit<LegacyPolicy, 'kind' | 'namespace' | 'namespaceIsAssumed' | 'name' | 'spec'> {
  const peers = objectsAt(spec, 'peers');
  const settings = peers.flatMap((peer, index): readonly (readonly [number, unknown])[] =>
    'mtls' in peer ? [[index, peer['mtls']]] : [],
  );
  const [first] = settings;
  const lenient: LegacyPolicy['lenient'][number][] = [];
  if (settings.some(([, mtls]) => asObject(mtls)?.['allowTls'] === true)) {
    lenient.push('mtls.allowTls');
  }
  if (spec['peerIsOptional'] === true) lenient.push('peerIsOptional');
  return {
    targets: objectsAt(spec, 'targets').map((target, index) => readTarget(target, index, problems)),
    mode: first === undefined ? 'DISABLE' : readMode(first, problems), // R203
    modeFrom: first === undefined ? 'nothing' : 'mtls',
    lenient,
    aboutUsers: aboutUsers(spec, peers),
  };
}

function readTarget(target: Json, index: number, problems: Problem[]): LegacyTarget {
  const service = stringAt(target, 'name') ?? '';
  const path = ['spec', 'targets', index];
  if (service === '') problems.push(problem([...path, 'name'], 'A target needs a Service name.'));
  const ports = objectsAt(target, 'ports').flatMap((port): readonly (number | string)[] => {
    const named = port['number'] ?? port['name'];
    return typeof named === 'number' || typeof named === 'string' ? [named] : [];
  });
  return { service, ports };
}

/** `mtls: null` and `mtls: {}` are STRICT, the first value of the old enumeration (R203). */
function readMode([index, mtls]: readonly [number, unknown], problems: Problem[]): MutualTlsMode {
  const mode = asObject(mtls)?.['mode'];
  if (mode === 'PERMISSIVE') return 'PERMISSIVE';
  if (mode !== undefined && mode !== null && mode !== 'STRICT') {
    const text = `${quoted(mode)} is not a mode of this API: it knows STRICT and PERMISSIVE.`;
    problems.push(problem(['spec', 'peers', index, 'mtls', 'mode'], text));
  }
  return 'STRICT';
}

const USER_FIELDS = ['origins', 'originIsOptional', 'principalBinding'] as const;

function aboutUsers(spec: Json, peers: readonly Json[]): readonly string[] {
  const fields: string[] = USER_FIELDS.filter((field) => spec[field] !== undefined);
  if (peers.some((peer) => 'jwt' in peer)) fields.push('peers[].jwt');
  const jwts = [...objectsAt(spec, 'origins'), ...peers].map((method) => objectAt(method, 'jwt'));
  if (jwts.some((jwt) => jwt['triggerRules'] !== undefined || jwt['trigger_rules'] !== undefined)) {
    fields.push('jwt.triggerRules');
  }
  return fields;
}

/** A namespace or the mesh as a whole: no targets and the name `default` (R200, R201). */
export function isWhole({ kind, name, targets: list }: LegacyPolicy): boolean {
  return name === 'default' && (kind === 'MeshPolicy' || list.length === 0);
}

/** The name of a legacy policy, without the policy. */
export function refOf({ kind, namespace, name }: LegacyRef): LegacyRef {
  return { kind, namespace, name };
}
