import type { Manifest, ObjectRef } from '../mesh/index.ts';
import type { KubeFailure } from '../sources/transport/kubeFailure.ts';
import type { KubeResource } from '../sources/cluster/kubeResource.ts';
import { apiVersionOf, objectPath, resourceOf } from '../sources/cluster/kubeResource.ts';
import { servedVersion } from '../sources/cluster/servedVersions.ts';
import type { KubeTransport } from '../sources/transport/transport.ts';
import { asManifest } from './manifestContent.ts';

/** Where one object is read and written, in the version that the server serves. */
export interface WriteTarget {
  readonly kind: 'target';
  readonly ref: ObjectRef;
  readonly resource: KubeResource;
  readonly apiVersion: string;
  readonly path: string;
}

export type Located =
  WriteTarget | { readonly kind: 'not-installed'; readonly ref: ObjectRef } | KubeFailure;

/** Finds the path of an object; `not-installed` when the server does not serve its kind at all. */
export async function locate(
  transport: KubeTransport,
  ref: ObjectRef,
  signal: AbortSignal,
): Promise<Located> {
  const resource = resourceOf(ref.kind);
  if (resource === undefined) return { kind: 'not-installed', ref };
  const served = await servedVersion(transport, resource, signal);
  if (served.kind === 'not-served') return { kind: 'not-installed', ref };
  if (served.kind !== 'served') return served;
  return {
    kind: 'target',
    ref,
    resource,
    apiVersion: apiVersionOf(resource, served.version),
    path: objectPath(resource, served.version, ref),
  };
}

/** The object as the cluster has it now. */
export type Live =
  | { readonly kind: 'present'; readonly manifest: Manifest }
  | { readonly kind: 'absent' }
  | KubeFailure;

export async function readLive(
  transport: KubeTransport,
  path: string,
  signal: AbortSignal,
): Promise<Live> {
  const answer = await transport.request({ method: 'GET', path, signal });
  if (answer.kind === 'ok') {
    const manifest = asManifest(answer.body);
    if (manifest !== undefined) return { kind: 'present', manifest };
    return { kind: 'malformed', cause: 'what came back is not an object' };
  }
  return answer.kind === 'status' && answer.status === 404 ? { kind: 'absent' } : answer;
}
