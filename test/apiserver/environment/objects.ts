import type { Manifest } from '../../../src/mesh/model/manifest.ts';
import type { Desired } from '../../../src/mesh/change/change.ts';
import type { AdminClient, Json } from '../../support/kubernetes/adminClient.ts';
import { nodeName } from './kubelet.ts';

export interface PolicyFields {
  readonly mode?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly spec?: Readonly<Record<string, unknown>>;
}

/** A PeerAuthentication as someone would write it. */
export function peerAuthentication(
  namespace: string,
  name: string,
  { mode = 'STRICT', labels, annotations, spec }: PolicyFields = {},
): Manifest {
  return {
    apiVersion: 'security.istio.io/v1',
    kind: 'PeerAuthentication',
    metadata: {
      name,
      namespace,
      ...(labels !== undefined && { labels }),
      ...(annotations !== undefined && { annotations }),
    },
    spec: spec ?? { mtls: { mode } },
  };
}

/** The wish for an object to be so, or to be gone. */
export function desired(manifest: Manifest, wish: 'present' | 'absent' = 'present'): Desired {
  const { name, namespace = '' } = manifest.metadata;
  return {
    ref: { kind: 'PeerAuthentication', namespace, name },
    apiVersion: manifest.apiVersion,
    after: wish === 'present' ? manifest : undefined,
  };
}

export function policyPath(namespace: string, name = ''): string {
  const collection = `/apis/security.istio.io/v1/namespaces/${namespace}/peerauthentications`;
  return name === '' ? collection : `${collection}/${name}`;
}

export async function createNamespace(admin: AdminClient, name: string): Promise<void> {
  await admin.create('/api/v1/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name },
  });
}

/** Creates a pod on the test cluster's node and reports it as running, as a kubelet would. */
export async function createPod(
  admin: AdminClient,
  namespace: string,
  name: string,
): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/pods`;
  await admin.create(path, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels: { app: name } },
    spec: {
      nodeName,
      containers: [{ name: 'main', image: 'example.com/curl' }],
      terminationGracePeriodSeconds: 0,
    },
  });
  await admin.patch(`${path}/${name}/status`, {
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
  });
}

/** An object without what the server counts and records about it, and without further metadata. */
export function content(object: Json, ...aside: readonly string[]): Json {
  const recorded = ['resourceVersion', 'generation', 'managedFields', ...aside];
  const metadata = without(object['metadata'] as Json, recorded);
  return { ...without(object, ['status']), metadata };
}

function without(object: Json, keys: readonly string[]): Json {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}
