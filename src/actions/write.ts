import type { Manifest } from '../mesh/index.ts';
import type { KubeFailure } from '../sources/transport/kubeFailure.ts';
import type { KubeResponse, KubeTransport } from '../sources/transport/transport.ts';
import { FIELD_MANAGER } from './fieldOwnership.ts';
import { asManifest } from './manifestContent.ts';
import type { WriteRefusal } from './refusal.ts';
import { refusalOf, unansweredBy } from './refusal.ts';
import type { WriteTarget } from './writeTarget.ts';

/** The state of an object that a write is meant for; the server refuses when it has moved on. */
export interface Precondition {
  readonly uid: string;
  readonly resourceVersion: string;
}

/** How one write is sent. */
export interface WriteOptions {
  readonly dryRun: boolean;
  /** Absent for an object that is to be created. */
  readonly only?: Precondition;
  readonly signal: AbortSignal;
}

/** What the server made of it; `manifest` is absent after a deletion. `created` when it did not exist before. */
export type Written =
  | {
      readonly kind: 'written';
      readonly manifest: Manifest | undefined;
      readonly created: boolean;
      /** What the server warns of, itself or for an admission webhook; absent when of nothing. */
      readonly warnings?: readonly string[];
    }
  | WriteRefusal;

/**
 * Server-side apply under our own field manager, never forced: what others own stays theirs.
 * Source: kubernetes.io/docs/reference/using-api/server-side-apply.
 */
export async function applyObject(
  transport: KubeTransport,
  target: WriteTarget,
  configuration: Manifest,
  options: WriteOptions,
): Promise<Written> {
  const answer = await transport.request({
    method: 'PATCH',
    path: target.path,
    repeatable: options.dryRun,
    query: { fieldManager: FIELD_MANAGER, force: false, dryRun: dryRun(options) },
    headers: { 'content-type': 'application/apply-patch+yaml' },
    body: guarded({ ...configuration, apiVersion: target.apiVersion }, options.only),
    signal: options.signal,
  });
  return written(answer, target, options, options.only === undefined ? 'create' : 'patch');
}

/** A JSON merge patch guarded by the resource version: used only to take back a change of our own. */
export async function mergeIntoObject(
  transport: KubeTransport,
  target: WriteTarget,
  patch: Manifest,
  options: WriteOptions,
): Promise<Written> {
  const answer = await transport.request({
    method: 'PATCH',
    path: target.path,
    repeatable: options.dryRun,
    query: { fieldManager: FIELD_MANAGER, dryRun: dryRun(options) },
    headers: { 'content-type': 'application/merge-patch+json' },
    body: guarded(patch, options.only),
    signal: options.signal,
  });
  return written(answer, target, options, 'patch');
}

/** Deletes exactly the object that was looked at, by uid and resource version. */
export async function deleteObject(
  transport: KubeTransport,
  target: WriteTarget,
  options: WriteOptions & { readonly only: Precondition },
): Promise<Written> {
  const answer = await transport.request({
    method: 'DELETE',
    path: target.path,
    repeatable: options.dryRun,
    body: {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      preconditions: options.only,
      propagationPolicy: 'Background',
      // In the body, since the server ignores the options of the query when there is a body.
      ...(options.dryRun && { dryRun: ['All'] }),
    },
    signal: options.signal,
  });
  if (answer.kind !== 'ok') return failed(answer, target, options, 'delete');
  return { kind: 'written', manifest: undefined, created: false, ...warningsOf(answer) };
}

/** The uid and version that a live object stands at. */
export function preconditionOf(live: Manifest): Precondition {
  return { uid: live.metadata.uid ?? '', resourceVersion: live.metadata.resourceVersion ?? '' };
}

function guarded(manifest: Manifest, only: Precondition | undefined): Manifest {
  if (only === undefined) return manifest;
  return { ...manifest, metadata: { ...manifest.metadata, ...only } };
}

function dryRun(options: WriteOptions): string | undefined {
  return options.dryRun ? 'All' : undefined;
}

function written(
  answer: KubeResponse,
  target: WriteTarget,
  options: WriteOptions,
  verb: string,
): Written {
  if (answer.kind !== 'ok') return failed(answer, target, options, verb);
  const manifest = asManifest(answer.body);
  if (manifest === undefined) {
    const cause = 'The API server did not say what it wrote.';
    return { kind: options.dryRun ? 'failed' : 'unanswered', ref: target.ref, cause };
  }
  return { kind: 'written', manifest, created: answer.status === 201, ...warningsOf(answer) };
}

/** A dry run that nobody answered has written nothing, whatever became of it. */
function failed(
  failure: KubeFailure,
  target: WriteTarget,
  { dryRun: isRehearsal }: WriteOptions,
  verb: string,
): WriteRefusal {
  const unanswered = isRehearsal ? undefined : unansweredBy(failure, target);
  return unanswered ?? refusalOf(failure, target, verb);
}

function warningsOf({ warnings }: Extract<KubeResponse, { kind: 'ok' }>): {
  readonly warnings?: readonly string[];
} {
  return warnings === undefined ? {} : { warnings };
}
