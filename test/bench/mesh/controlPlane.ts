import type { Manifest } from '../../../src/mesh/model/manifest.ts';
import { peerAuthentication } from './policies.ts';
import { stored } from './storedObject.ts';

const namespace = 'istio-system';
const REVISIONS = ['default', 'canary'] as const;

type Revision = (typeof REVISIONS)[number];

/** Two revisions of istiod with their mesh configs and injectors, and a policy for the whole mesh. */
export function* controlPlaneManifests(): Iterable<Manifest> {
  yield stored({ apiVersion: 'v1', kind: 'Namespace', name: namespace, age: 0 }, {});
  for (const revision of REVISIONS) {
    yield* configMaps(revision);
    yield istiod(revision);
    yield webhook(revision);
  }
  yield peerAuthentication(
    { namespace },
    { name: 'default', age: 0, spec: { mtls: { mode: 'PERMISSIVE' } } },
  );
}

function suffix(revision: Revision): string {
  return revision === 'default' ? '' : `-${revision}`;
}

function* configMaps(revision: Revision): Iterable<Manifest> {
  const map = (name: string, data: Readonly<Record<string, string>>): Manifest =>
    stored(
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        namespace,
        name: `${name}${suffix(revision)}`,
        age: 0,
      },
      { data },
    );
  yield map('istio', { mesh: 'rootNamespace: istio-system\ntrustDomain: cluster.local\n' });
  yield map('istio-sidecar-injector', {
    config: 'policy: enabled\n',
    values: '{"global":{"proxy":{"includeInboundPorts":"*","excludeInboundPorts":""}}}',
  });
}

function istiod(revision: Revision): Manifest {
  const labels = { app: 'istiod', 'istio.io/rev': revision };
  const container = {
    name: 'discovery',
    image: 'registry.example.com/istio/pilot:1.28.0',
    ports: [{ containerPort: 15012, protocol: 'TCP' }],
    env: [{ name: 'PILOT_ENABLE_AMBIENT', value: 'true' }],
  };
  const name = `istiod${suffix(revision)}`;
  return stored(
    { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name, age: 0, labels },
    {
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels: { ...labels, 'sidecar.istio.io/inject': 'false' } },
          spec: { serviceAccountName: name, containers: [container] },
        },
      },
      status: { replicas: 1, readyReplicas: 1 },
    },
  );
}

/** Namespaces by label, and single pods of namespaces that say nothing, as Istio's charts select them. */
function webhook(revision: Revision): Manifest {
  const inNamespace =
    revision === 'default'
      ? { matchLabels: { 'istio-injection': 'enabled' } }
      : { matchLabels: { 'istio.io/rev': revision } };
  const notOptedOut = {
    matchExpressions: [{ key: 'sidecar.istio.io/inject', operator: 'NotIn', values: ['false'] }],
  };
  const silent = {
    matchExpressions: [
      { key: 'istio-injection', operator: 'DoesNotExist' },
      { key: 'istio.io/rev', operator: 'DoesNotExist' },
    ],
  };
  const optedIn = { matchLabels: { 'sidecar.istio.io/inject': 'true' } };
  const byObject = {
    name: 'object.sidecar-injector.istio.io',
    namespaceSelector: silent,
    objectSelector: optedIn,
  };
  const byNamespace = {
    name: 'namespace.sidecar-injector.istio.io',
    namespaceSelector: inNamespace,
    objectSelector: notOptedOut,
  };
  return stored(
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingWebhookConfiguration',
      name: `istio-sidecar-injector${suffix(revision)}`,
      age: 0,
      labels: { app: 'sidecar-injector', 'istio.io/rev': revision },
    },
    { webhooks: revision === 'default' ? [byNamespace, byObject] : [byNamespace] },
  );
}
