import type { Change, Desired, Manifest } from '../mesh/index.ts';
import { describeFailure } from '../sources/transport/kubeFailure.ts';
import type { KubeTransport } from '../sources/transport/transport.ts';
import { applyConfiguration } from './applyConfiguration.ts';
import { othersOwning } from './fieldOwnership.ts';
import type { ManagedBy } from './managedBy.ts';
import { managedBy } from './managedBy.ts';
import type { FieldPath } from './manifestContent.ts';
import { fieldText, kept, sameContent, unmet, visible, writable } from './manifestContent.ts';
import { may } from './permissions.ts';
import type { FieldOwner, WriteRefusal } from './refusal.ts';
import { ownersOf, refusalOf } from './refusal.ts';
import type { Written } from './write.ts';
import { applyObject, deleteObject, preconditionOf } from './write.ts';
import type { WriteTarget } from './writeTarget.ts';
import { locate, readLive } from './writeTarget.ts';

/** One object's write, checked against the cluster. */
export interface Step {
  readonly kind: 'step';
  readonly target: WriteTarget;
  readonly change: Change;
  /** The object when it was checked, complete; absent when it did not exist. */
  readonly live: Manifest | undefined;
  /** What to apply; absent asks for a deletion. */
  readonly configuration: Manifest | undefined;
  readonly managedBy: ManagedBy | undefined;
  /** What the server warned of in the dry run. */
  readonly serverWarnings: readonly string[];
}

/** Checks one wish: permissions, the live object, a dry run, and that the dry run gave what was wished for. */
export async function prepareStep(
  transport: KubeTransport,
  desired: Desired,
  signal: AbortSignal,
): Promise<Step | { readonly kind: 'unchanged' } | WriteRefusal> {
  const { ref } = desired;
  const target = await locate(transport, ref, signal);
  if (target.kind === 'not-installed') return target;
  if (target.kind !== 'target') return { kind: 'failed', ref, cause: describeFailure(target) };
  const live = await readLive(transport, target.path, signal);
  if (live.kind !== 'present' && live.kind !== 'absent') return refusalOf(live, target, 'get');
  const before = live.kind === 'present' ? live.manifest : undefined;
  const after = desired.after && completed(desired.after, before, target.apiVersion);
  if (isSame(before, after)) return { kind: 'unchanged' };
  const denied = await firstDenied(transport, target, { before, after }, signal);
  return denied ?? rehearse(transport, target, { before, after }, signal);
}

/** A wish speaks of labels and annotations only if it names them: those that are there stay. */
function completed(after: Manifest, before: Manifest | undefined, apiVersion: string): Manifest {
  const metadata = { ...(before && writable(before).metadata), ...after.metadata };
  return { ...after, apiVersion, metadata };
}

interface States {
  readonly before: Manifest | undefined;
  readonly after: Manifest | undefined;
}

function isSame(before: Manifest | undefined, after: Manifest | undefined): boolean {
  if (before === undefined || after === undefined) return before === after;
  return sameContent(before, after);
}

/** Server-side apply needs `patch`, and `create` for an object that is not there yet. */
async function firstDenied(
  transport: KubeTransport,
  { resource, ref }: WriteTarget,
  { before, after }: States,
  signal: AbortSignal,
): Promise<WriteRefusal | undefined> {
  const verbs =
    after === undefined ? ['delete'] : before === undefined ? ['create', 'patch'] : ['patch'];
  for (const verb of verbs) {
    const access = {
      verb,
      group: resource.group,
      resource: resource.plural,
      namespace: ref.namespace,
      name: ref.name,
    };
    if ((await may(transport, access, signal)) === 'no') {
      return { kind: 'denied', verb, resource: resource.plural, namespace: ref.namespace };
    }
  }
  return undefined;
}

async function rehearse(
  transport: KubeTransport,
  target: WriteTarget,
  { before, after }: States,
  signal: AbortSignal,
): Promise<Step | WriteRefusal> {
  const configuration = after === undefined ? undefined : applyConfiguration(before, after);
  const only = before === undefined ? undefined : preconditionOf(before);
  const rehearsed = await dryRun(transport, target, { configuration, only }, signal);
  if (rehearsed.kind !== 'written') return rehearsed;
  const { manifest } = rehearsed;
  if (after !== undefined && manifest !== undefined) {
    const astray = strayed({ before, after }, manifest, target);
    if (astray !== undefined) return astray;
  }
  const change: Change = {
    ref: target.ref,
    before: before === undefined ? undefined : visible(before),
    after: manifest === undefined ? undefined : visible(manifest),
  };
  const by = before === undefined ? undefined : managedBy(before);
  const { warnings: serverWarnings = [] } = rehearsed;
  const found = { live: before, configuration, managedBy: by, serverWarnings };
  return { kind: 'step', target, change, ...found };
}

function dryRun(
  transport: KubeTransport,
  target: WriteTarget,
  write: {
    configuration: Manifest | undefined;
    only: ReturnType<typeof preconditionOf> | undefined;
  },
  signal: AbortSignal,
): Promise<Written> {
  const { configuration, only } = write;
  if (configuration !== undefined) {
    return applyObject(transport, target, configuration, {
      dryRun: true,
      signal,
      ...(only !== undefined && { only }),
    });
  }
  if (only === undefined)
    return Promise.resolve({ kind: 'written', manifest: undefined, created: false });
  return deleteObject(transport, target, { dryRun: true, signal, only });
}

/** Fields that we wanted gone stay when others own them too; fields that we set may be changed by a webhook. */
function strayed(
  { before, after }: States,
  got: Manifest,
  { ref }: WriteTarget,
): WriteRefusal | undefined {
  const [wanted, result] = [after && writable(after), writable(got)];
  const stays = before === undefined ? [] : kept(writable(before), wanted, result);
  if (stays.length > 0) return { kind: 'conflict', ref, managers: keepersOf(got, stays) };
  const [first] = unmet(wanted, result).filter((path) => path.length > 0);
  if (first === undefined) return undefined;
  return {
    kind: 'failed',
    ref,
    cause: `The API server would store something else than planned at ${fieldText(first)}.`,
  };
}

function keepersOf(manifest: Manifest, paths: readonly FieldPath[]): readonly FieldOwner[] {
  const fields = new Map<string, string[]>();
  for (const path of paths) {
    const managers = othersOwning(manifest, path);
    for (const manager of managers.length > 0 ? managers : ['an unknown manager']) {
      fields.set(manager, [...(fields.get(manager) ?? []), fieldText(path)]);
    }
  }
  return ownersOf(fields);
}
