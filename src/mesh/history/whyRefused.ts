import { withDesired, type Desired } from '../change/change.ts';
import { preflight } from '../change/preflight.ts';
import { connect, type Client } from '../connection/connection.ts';
import type { HostPort } from '../connection/hostPorts.ts';
import type { Manifest } from '../model/manifest.ts';
import { asObject } from '../model/json.ts';
import { refKey, type FieldRef, type WorkloadRef } from '../model/reference.ts';
import type { Mesh } from '../snapshot/mesh.ts';
import { lastWriteOf, valueAt, withValueAt, type FieldWrite } from './fieldWrite.ts';
import { lastPodOf, type Refusal } from './refusal.ts';

/** One connection by both of its ends. */
export interface Pair {
  readonly client: Client;
  readonly to: HostPort;
}

/** A change of one field after which the connection is not refused any more. */
export interface Remedy {
  readonly field: FieldRef;
  readonly value: string;
  /** What would be written, once the person has agreed. */
  readonly desired: Desired;
}

/** A field that decided that a connection is refused. */
export interface Culprit {
  readonly field: FieldRef;
  /** What it says; undefined where the object could not be read, or says nothing there. */
  readonly value: string | undefined;
  /** Who wrote it last; undefined where nothing tells. */
  readonly write: FieldWrite | undefined;
  /** It was written within the time that was asked about. */
  readonly isRecent: boolean;
  /** All connections that are refused and would not be if the object were not there. */
  readonly refuses: readonly Pair[];
  readonly remedy: Remedy | undefined;
}

/** A workload without a proxy, with pods that were made within the time that was asked about. */
export interface RecentPods {
  readonly workload: WorkloadRef;
  /** Milliseconds since 1970. */
  readonly made: number;
}

/** Why a connection is refused, by what was written and when. */
export interface WhyRefused {
  readonly refusal: Refusal;
  /** The latest first. */
  readonly culprits: readonly Culprit[];
  readonly recentPods: readonly RecentPods[];
}

/** What is known besides the mesh: the objects that decided, as the cluster has them, and since when is asked. */
export interface History {
  /** By `refKey`. */
  readonly manifests: ReadonlyMap<string, Manifest>;
  /** Milliseconds since 1970. */
  readonly since: number;
}

/** Which change made a connection be refused: the object, the field, who wrote it and when, and what would undo it. */
export function whyRefused(mesh: Mesh, refusal: Refusal, history: History): WhyRefused {
  const culprits = refusal.fields.map((field) => culpritOf(mesh, refusal, { field, history }));
  const recentPods = refusal.withoutProxy.flatMap((workload): readonly RecentPods[] => {
    const made = lastPodOf(mesh, workload);
    return made !== undefined && made >= history.since ? [{ workload, made }] : [];
  });
  return { refusal, culprits: culprits.sort(latestFirst), recentPods };
}

function latestFirst(left: Culprit, right: Culprit): number {
  const [first, second] = [left.write?.time ?? '', right.write?.time ?? ''];
  return first === second ? 0 : first < second ? 1 : -1;
}

function culpritOf(
  mesh: Mesh,
  refusal: Refusal,
  { field, history }: { readonly field: FieldRef; readonly history: History },
): Culprit {
  const manifest = history.manifests.get(refKey(field.object));
  const value = manifest === undefined ? undefined : valueAt({ ...manifest }, field.field);
  const metadata = asObject(manifest?.metadata) ?? {};
  const write = lastWriteOf(metadata, field.field);
  return {
    field,
    value: typeof value === 'string' ? value : undefined,
    write,
    isRecent: write !== undefined && Date.parse(write.time) >= history.since,
    refuses: refusedBy(mesh, field),
    remedy: manifest === undefined ? undefined : remedyFor(mesh, refusal, { field, manifest }),
  };
}

/** What would not be refused if the object were not there. */
function refusedBy(mesh: Mesh, { object }: FieldRef): readonly Pair[] {
  const without = withDesired(mesh, [{ ref: object, apiVersion: '', after: undefined }]);
  return preflight(without, mesh)
    .connections.filter(({ effect }) => effect === 'newly-refused')
    .map(({ client, server }) => ({ client, to: server }));
}

/** The values to try, by the kind of the object: those that keep the most of the protection first. */
const remedies: Readonly<Record<string, readonly string[]>> = {
  DestinationRule: ['ISTIO_MUTUAL', 'DISABLE'],
  PeerAuthentication: ['PERMISSIVE'],
};

/** The first value of the field under which the connection is refused no more. */
function remedyFor(
  mesh: Mesh,
  { client, to }: Refusal,
  { field, manifest }: { readonly field: FieldRef; readonly manifest: Manifest },
): Remedy | undefined {
  if (!field.field.endsWith('.mode')) return undefined;
  for (const value of remedies[field.object.kind] ?? []) {
    const after = withValueAt({ ...manifest }, field.field, value);
    if (after === undefined) continue;
    const { apiVersion } = manifest;
    const desired: Desired = { ref: field.object, apiVersion, after: { ...manifest, ...after } };
    const answered = connect(withDesired(mesh, [desired]), client, to);
    if (answered.every(({ outcome }) => !['refused', 'unknown'].includes(outcome.kind)))
      return { field, value, desired };
  }
  return undefined;
}
