import type { Manifest } from '../../../src/mesh/model/manifest.ts';
import { podMarks, podSpec, podStatus, templateSpec, type Plane, type PodKind } from './podSpec.ts';
import { stored, type OwnerName } from './storedObject.ts';
import { appOf, isAmbient, type Team } from './team.ts';

export const workloadsPerNamespace = 10;
const podsPerWorkload = 2;
const HASH = '5d9c7b';

/** Ten workloads of two pods: every kind of controller, and every way for a pod to be in the mesh or out of it. */
export function* workloadManifests(team: Team): Iterable<Manifest> {
  for (let workload = 0; workload < workloadsPerNamespace; workload++) {
    yield* controllerManifests(team, workload);
    for (let pod = 0; pod < podsPerWorkload; pod++) yield podManifest(team, workload, pod);
  }
}

/** The ReplicaSets between Deployments and pods, of which a cluster is asked for the metadata only. */
export function* replicaSetManifests(team: Team): Iterable<Manifest> {
  for (let workload = 0; workload < workloadsPerNamespace; workload++) {
    const app = appOf(workload);
    if (controllerKind(team, workload) !== 'Deployment') continue;
    yield stored(
      {
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        namespace: team.namespace,
        name: `${app}-${HASH}`,
        age: workload,
        labels: { app, version: 'v1', 'pod-template-hash': HASH },
        annotations: { 'deployment.kubernetes.io/revision': '1' },
        owner: { apiVersion: 'apps/v1', kind: 'Deployment', name: app },
        writer: 'kube-controller-manager',
      },
      {},
    );
  }
}

type ControllerKind = 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'Job' | 'CronJob';

function controllerKind({ index }: Team, workload: number): ControllerKind {
  switch (workload) {
    case 2:
      return 'StatefulSet';
    case 6:
      return 'DaemonSet';
    case 7:
      return index % 2 === 0 ? 'Job' : 'CronJob';
    default:
      return 'Deployment';
  }
}

/** What makes the pods of one workload: for a CronJob that and the Job of its last run. */
function* controllerManifests(team: Team, workload: number): Iterable<Manifest> {
  const { namespace } = team;
  const kind = controllerKind(team, workload);
  const app = appOf(workload);
  const labels = { app, version: 'v1' };
  const apiVersion = kind.endsWith('Job') ? 'batch/v1' : 'apps/v1';
  const header = { apiVersion, kind, namespace, name: app, age: workload, labels };
  const running = podKind(team, workload, 0);
  const template = {
    metadata: {
      labels: { ...labels, ...askedOfInjection(team, workload) },
      annotations: running.annotations,
    },
    spec: templateSpec(running),
  };
  const selector = { matchLabels: { app } };
  switch (kind) {
    case 'Deployment':
    case 'StatefulSet': {
      const status = { replicas: podsPerWorkload, readyReplicas: podsPerWorkload };
      yield stored(header, { spec: { replicas: podsPerWorkload, selector, template }, status });
      return;
    }
    case 'DaemonSet': {
      const status = { desiredNumberScheduled: podsPerWorkload, numberReady: podsPerWorkload };
      yield stored(header, { spec: { selector, template }, status });
      return;
    }
    case 'Job':
      yield stored(header, { spec: { template }, status: { active: podsPerWorkload } });
      return;
    case 'CronJob': {
      const jobTemplate = { spec: { template } };
      yield stored(header, { spec: { schedule: '0 * * * *', jobTemplate }, status: {} });
      const owner = { apiVersion, kind, name: app };
      const run = { ...header, kind: 'Job', name: `${app}-29384760`, owner };
      yield stored(run, { spec: { template }, status: { succeeded: podsPerWorkload } });
    }
  }
}

/** The labels by which a workload asks to be injected, or not to be. */
function askedOfInjection({ kind }: Team, workload: number): Readonly<Record<string, string>> {
  if (workload === 9) return { 'sidecar.istio.io/inject': 'false' };
  return kind === 'opt-in' ? { 'sidecar.istio.io/inject': 'true' } : {};
}

function podKind(team: Team, workload: number, pod: number): PodKind {
  const { index } = team;
  const hostNetwork = workload === 6 && index % 5 === 1;
  return {
    app: appOf(workload),
    plane: hostNetwork ? 'none' : planeOf(team, workload, pod),
    revision: team.kind === 'canary' ? 'canary' : 'default',
    hostNetwork,
    ended: workload === 7 && index % 2 === 1,
    annotations: workload === 5 && index % 3 === 0 ? keptFromProxy(team) : {},
  };
}

function planeOf(team: Team, workload: number, pod: number): Plane {
  if (workload === 9) return 'none';
  if (workload === 8) return 'gateway';
  // Made before its namespace joined the mesh, and not restarted since.
  if (workload === 3 && pod === 1 && team.index % 5 === 3) return 'none';
  if (isAmbient(team)) return 'ambient';
  return workload === 4 ? 'native-sidecar' : 'sidecar';
}

/** The annotation that keeps a port from the sidecar, or a pod's inbound traffic from ztunnel. */
function keptFromProxy(team: Team): Readonly<Record<string, string>> {
  return isAmbient(team)
    ? { 'ambient.istio.io/bypass-inbound-capture': 'true' }
    : { 'traffic.sidecar.istio.io/excludeInboundPorts': '9090' };
}

function podManifest(team: Team, workload: number, pod: number): Manifest {
  const kind = podKind(team, workload, pod);
  const { app } = kind;
  const owned = ownership(team, workload, pod);
  const marks = podMarks(kind);
  return podOf(team, kind, {
    name: owned.name,
    owner: owned.owner,
    age: workload,
    labels: {
      app,
      version: 'v1',
      ...askedOfInjection(team, workload),
      ...owned.labels,
      ...marks.labels,
    },
    annotations: marks.annotations,
    place: workload * podsPerWorkload + pod + 1,
  });
}

interface PodPlace {
  readonly name: string;
  readonly owner: OwnerName;
  readonly age: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Last number of its address. */
  readonly place: number;
}

function podOf({ index, namespace }: Team, kind: PodKind, pod: PodPlace): Manifest {
  const { place, ...header } = pod;
  const podIP = `10.${index % 250}.${Math.floor(index / 250)}.${place}`;
  const injected = kind.plane === 'sidecar' || kind.plane === 'native-sidecar';
  const containers = injected ? [kind.app, 'istio-proxy'] : [kind.app];
  return stored(
    { apiVersion: 'v1', kind: 'Pod', namespace, ...header, writer: 'kube-controller-manager' },
    {
      spec: podSpec(kind, `node-${index % 100}`),
      status: podStatus(kind, containers, podIP),
    },
  );
}

/** How a controller names and labels a pod of its own. */
function ownership(
  team: Team,
  workload: number,
  pod: number,
): Pick<PodPlace, 'name' | 'owner' | 'labels'> {
  const app = appOf(workload);
  const kind = controllerKind(team, workload);
  switch (kind) {
    case 'Deployment': {
      const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `${app}-${HASH}` };
      return { name: `${owner.name}-${pod}`, owner, labels: { 'pod-template-hash': HASH } };
    }
    case 'StatefulSet': {
      const name = `${app}-${pod}`;
      const labels = {
        'controller-revision-hash': `${app}-${HASH}`,
        'statefulset.kubernetes.io/pod-name': name,
        'apps.kubernetes.io/pod-index': String(pod),
      };
      return { name, owner: { apiVersion: 'apps/v1', kind, name: app }, labels };
    }
    case 'DaemonSet': {
      const labels = { 'controller-revision-hash': HASH, 'pod-template-generation': '1' };
      const owner = { apiVersion: 'apps/v1', kind, name: app };
      return { name: `${app}-${pod}`, owner, labels };
    }
    case 'Job':
    case 'CronJob': {
      const name = kind === 'Job' ? app : `${app}-29384760`;
      const labels = { 'job-name': name, 'batch.kubernetes.io/job-name': name };
      return {
        name: `${name}-${pod}`,
        owner: { apiVersion: 'batch/v1', kind: 'Job', name },
        labels,
      };
    }
  }
}

/** A waypoint of the namespace: a Deployment with one pod that the Gateway API controller of Istio makes. */
export function* waypointManifests(team: Team): Iterable<Manifest> {
  const { namespace } = team;
  const labels = {
    'gateway.networking.k8s.io/gateway-name': 'waypoint',
    'gateway.istio.io/managed': 'istio.io-mesh-controller',
  };
  const kind: PodKind = {
    app: 'waypoint',
    plane: 'waypoint',
    revision: 'default',
    hostNetwork: false,
    ended: false,
    annotations: {},
  };
  const template = { metadata: { labels }, spec: templateSpec(kind) };
  yield stored(
    {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'Gateway',
      namespace,
      name: 'waypoint',
      age: 20,
    },
    {
      spec: {
        gatewayClassName: 'istio-waypoint',
        listeners: [{ name: 'mesh', port: 15008, protocol: 'HBONE' }],
      },
      status: { addresses: [{ type: 'Hostname', value: `waypoint.${namespace}.svc` }] },
    },
  );
  yield stored(
    { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name: 'waypoint', age: 20, labels },
    {
      spec: { replicas: 1, selector: { matchLabels: labels }, template },
      status: { replicas: 1, readyReplicas: 1 },
    },
  );
  yield podOf(team, kind, {
    name: `waypoint-${HASH}-0`,
    owner: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `waypoint-${HASH}` },
    age: 20,
    labels: { ...labels, 'pod-template-hash': HASH },
    annotations: {},
    place: 100,
  });
}
