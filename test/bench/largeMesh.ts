import type { Manifest } from '../../src/mesh/model/manifest.ts';
import { manifest } from '../properties/manifests.ts';

const workloadsPerNamespace = 10;
const podsPerWorkload = 2;

/** What one namespace of a large mesh holds: 10 workloads of 2 pods, 3 Services, 3 policies, every data plane. */
export function* namespaceManifests(index: number): Iterable<Manifest> {
  const namespace = namespaceName(index);
  const ambient = index % 5 === 4;
  const labels = ambient
    ? { 'istio.io/dataplane-mode': 'ambient' }
    : { 'istio-injection': 'enabled' };
  yield manifest({ apiVersion: 'v1', kind: 'Namespace', name: namespace, age: index, labels }, {});
  for (let workload = 0; workload < workloadsPerNamespace; workload++) {
    yield deployment(namespace, workload);
    for (let pod = 0; pod < podsPerWorkload; pod++) {
      yield podManifest({ namespace, index, workload, pod, plane: planeOf(ambient, workload) });
    }
  }
  for (let service = 0; service < 3; service++) yield serviceManifest(namespace, service);
  yield* policies(namespace, index);
}

export const podsPerNamespace = workloadsPerNamespace * podsPerWorkload;

/** The objects above all namespaces: the control plane and the mesh-wide policy. */
export function* rootManifests(): Iterable<Manifest> {
  const namespace = 'istio-system';
  yield manifest({ apiVersion: 'v1', kind: 'Namespace', name: namespace, age: 0 }, {});
  yield manifest(
    { apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'istio', age: 0 },
    { data: { mesh: 'rootNamespace: istio-system\n' } },
  );
  yield peerAuthentication(namespace, 'default', 0, { mtls: { mode: 'PERMISSIVE' } });
}

/** All objects of a mesh of so many namespaces. */
export function* largeMesh(namespaces: number): Iterable<Manifest> {
  yield* rootManifests();
  for (let index = 0; index < namespaces; index++) yield* namespaceManifests(index);
}

export function namespaceName(index: number): string {
  return `team-${String(index).padStart(4, '0')}`;
}

type Plane = 'sidecar' | 'ambient' | 'gateway' | 'none';

function planeOf(ambient: boolean, workload: number): Plane {
  if (workload === 9) return 'none';
  if (workload === 8) return 'gateway';
  return ambient ? 'ambient' : 'sidecar';
}

function appOf(workload: number): string {
  return `app-${workload}`;
}

function deployment(namespace: string, workload: number): Manifest {
  const app = appOf(workload);
  const labels = { app, version: 'v1' };
  const template = {
    metadata: { labels },
    spec: { serviceAccountName: app, containers: [application(app)] },
  };
  return manifest(
    { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name: app, age: workload, labels },
    {
      spec: { replicas: podsPerWorkload, selector: { matchLabels: { app } }, template },
      status: { replicas: podsPerWorkload, readyReplicas: podsPerWorkload },
    },
  );
}

/** A container with the fields that make up most of a real pod's JSON and that no engine of modes needs. */
function application(app: string): Readonly<Record<string, unknown>> {
  const probe = {
    httpGet: { path: '/healthz', port: 8080, scheme: 'HTTP' },
    timeoutSeconds: 1,
    periodSeconds: 10,
  };
  return {
    name: app,
    image: `registry.example.com/platform/${app}:1.42.0`,
    ports: [
      { name: 'http', containerPort: 8080, protocol: 'TCP' },
      { name: 'metrics', containerPort: 9090, protocol: 'TCP' },
    ],
    env: Array.from({ length: 8 }, (_, entry) => ({
      name: `SETTING_${entry}`,
      value: `value of setting ${entry}`,
    })),
    resources: {
      limits: { cpu: '1', memory: '512Mi' },
      requests: { cpu: '100m', memory: '128Mi' },
    },
    volumeMounts: [
      { name: 'token', readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' },
    ],
    livenessProbe: probe,
    readinessProbe: probe,
    terminationMessagePath: '/dev/termination-log',
    imagePullPolicy: 'IfNotPresent',
  };
}

interface PodPlace {
  readonly namespace: string;
  readonly index: number;
  readonly workload: number;
  readonly pod: number;
  readonly plane: Plane;
}

function podManifest({ namespace, index, workload, pod, plane }: PodPlace): Manifest {
  const app = appOf(workload);
  const labels: Record<string, string> = { app, version: 'v1', 'pod-template-hash': '5d9c7b' };
  const annotations: Record<string, string> = {};
  if (plane === 'sidecar') {
    labels['security.istio.io/tlsMode'] = 'istio';
    annotations['sidecar.istio.io/status'] = '{"containers":["istio-proxy"],"revision":"default"}';
  }
  if (plane === 'ambient') annotations['ambient.istio.io/redirection'] = 'enabled';
  const role = plane === 'gateway' ? 'router' : 'sidecar';
  const hasProxy = plane === 'sidecar' || plane === 'gateway';
  const proxy = { ...application('istio-proxy'), name: 'istio-proxy', args: ['proxy', role] };
  const containers = hasProxy ? [application(app), proxy] : [application(app)];
  const podIP = `10.${index % 250}.${Math.floor(index / 250)}.${workload * podsPerWorkload + pod + 1}`;
  const owner = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    name: `${app}-5d9c7b`,
    uid: 'owner',
    controller: true,
  };
  const made = manifest(
    {
      apiVersion: 'v1',
      kind: 'Pod',
      namespace,
      name: `${app}-5d9c7b-${pod}`,
      age: workload,
      labels,
      annotations,
    },
    {
      spec: {
        serviceAccountName: app,
        nodeName: `node-${index % 100}`,
        restartPolicy: 'Always',
        containers,
      },
      status: {
        phase: 'Running',
        podIP,
        podIPs: [{ ip: podIP }],
        conditions: [{ type: 'Ready', status: 'True' }],
      },
    },
  );
  return { ...made, metadata: { ...made.metadata, ownerReferences: [owner] } };
}

function serviceManifest(namespace: string, service: number): Manifest {
  const app = appOf(service);
  return manifest(
    { apiVersion: 'v1', kind: 'Service', namespace, name: app, age: service },
    {
      spec: {
        selector: { app },
        clusterIP: service === 2 ? 'None' : `10.96.0.${service + 1}`,
        ports: [
          { name: 'http', port: 80, targetPort: 8080, protocol: 'TCP' },
          { name: 'tcp-metrics', port: 9090, targetPort: 'metrics', protocol: 'TCP' },
        ],
      },
    },
  );
}

function peerAuthentication(
  namespace: string,
  name: string,
  age: number,
  spec: Readonly<Record<string, unknown>>,
): Manifest {
  return manifest(
    { apiVersion: 'security.istio.io/v1', kind: 'PeerAuthentication', namespace, name, age },
    { spec },
  );
}

const modes = ['STRICT', 'PERMISSIVE', 'STRICT', 'UNSET', 'DISABLE'] as const;
const clientModes = ['ISTIO_MUTUAL', 'DISABLE', 'SIMPLE'] as const;

/** A policy for the namespace, one for a workload with an exception for a port, and client settings for a host. */
function* policies(namespace: string, index: number): Iterable<Manifest> {
  yield peerAuthentication(namespace, 'default', 1, {
    mtls: { mode: modes[index % modes.length] },
  });
  yield peerAuthentication(namespace, 'one-workload', 2, {
    selector: { matchLabels: { app: appOf(index % workloadsPerNamespace) } },
    mtls: { mode: modes[(index + 1) % modes.length] },
    portLevelMtls: { 9090: { mode: 'PERMISSIVE' } },
  });
  const tls = { mode: clientModes[index % clientModes.length] };
  yield manifest(
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'DestinationRule',
      namespace,
      name: 'host',
      age: 3,
    },
    {
      spec: {
        host:
          index % 4 === 0
            ? `*.${namespace}.svc.cluster.local`
            : `app-1.${namespace}.svc.cluster.local`,
        trafficPolicy: {
          tls,
          portLevelSettings: [
            { port: { number: 9090 }, connectionPool: { tcp: { maxConnections: 100 } } },
          ],
        },
        subsets: [{ name: 'v1', labels: { version: 'v1' } }],
      },
    },
  );
}
