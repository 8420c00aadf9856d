type Json = Readonly<Record<string, unknown>>;
type Strings = Readonly<Record<string, string>>;

/** What carries a pod's traffic, and how it came there. */
export type Plane = 'sidecar' | 'native-sidecar' | 'ambient' | 'gateway' | 'waypoint' | 'none';

/** A pod that is to be described. */
export interface PodKind {
  readonly app: string;
  readonly plane: Plane;
  /** Of the control plane that injects it. */
  readonly revision: string;
  readonly hostNetwork: boolean;
  /** Its work is done: a pod of a Job. */
  readonly ended: boolean;
  readonly annotations: Strings;
}

/** What a template says: the application alone, with whatever it asks of the injector. */
export function templateSpec({ app, plane, hostNetwork }: PodKind): Json {
  const probed = { path: '/healthz', port: 8080, scheme: 'HTTP' };
  const containers = hasOwnProxy(plane) ? [proxyContainer(plane)] : [application(app, probed)];
  return { ...podDefaults(app, hostNetwork), containers };
}

/** What a running pod says: its template with what injection has added. */
export function podSpec(kind: PodKind, nodeName: string): Json {
  const { app, plane, hostNetwork } = kind;
  const fields = { ...podDefaults(app, hostNetwork), nodeName };
  const rewritten = { path: `/app-health/${app}/livez`, port: 15020, scheme: 'HTTP' };
  switch (plane) {
    case 'sidecar':
      return {
        ...fields,
        initContainers: [istioInit],
        containers: [application(app, rewritten), proxyContainer(plane)],
      };
    case 'native-sidecar':
      return {
        ...fields,
        initContainers: [istioInit, { ...proxyContainer(plane), restartPolicy: 'Always' }],
        containers: [application(app, rewritten)],
      };
    case 'gateway':
    case 'waypoint':
    case 'ambient':
    case 'none':
      return { ...templateSpec(kind), nodeName };
  }
}

/** The labels and annotations that injection and the ambient agent add to a pod. */
export function podMarks(kind: PodKind): {
  readonly labels: Strings;
  readonly annotations: Strings;
} {
  const { app, plane, revision, annotations } = kind;
  switch (plane) {
    case 'sidecar':
    case 'native-sidecar':
      return {
        labels: {
          'security.istio.io/tlsMode': 'istio',
          'service.istio.io/canonical-name': app,
          'service.istio.io/canonical-revision': 'v1',
        },
        annotations: {
          ...annotations,
          'istio.io/rev': revision,
          'kubectl.kubernetes.io/default-container': app,
          'prometheus.io/path': '/stats/prometheus',
          'prometheus.io/port': '15020',
          'prometheus.io/scrape': 'true',
          'sidecar.istio.io/status': sidecarStatus(revision),
        },
      };
    case 'ambient':
      return {
        labels: {},
        annotations: { ...annotations, 'ambient.istio.io/redirection': 'enabled' },
      };
    case 'gateway':
    case 'waypoint':
    case 'none':
      return { labels: {}, annotations };
  }
}

function sidecarStatus(revision: string): string {
  return JSON.stringify({
    initContainers: ['istio-init'],
    containers: ['istio-proxy'],
    volumes: ['workload-socket', 'istio-envoy', 'istio-data', 'istio-podinfo', 'istio-token'],
    imagePullSecrets: null,
    revision,
  });
}

function hasOwnProxy(plane: Plane): boolean {
  return plane === 'gateway' || plane === 'waypoint';
}

function podDefaults(app: string, hostNetwork: boolean): Json {
  return {
    serviceAccountName: app,
    serviceAccount: app,
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    schedulerName: 'default-scheduler',
    securityContext: {},
    ...(hostNetwork ? { hostNetwork } : {}),
  };
}

const tokenMount = {
  name: 'token',
  readOnly: true,
  mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
};

function application(app: string, httpGet: Json): Json {
  const probe = { httpGet, timeoutSeconds: 1, periodSeconds: 10, failureThreshold: 3 };
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
    volumeMounts: [tokenMount],
    livenessProbe: probe,
    readinessProbe: probe,
    terminationMessagePath: '/dev/termination-log',
    imagePullPolicy: 'IfNotPresent',
  };
}

/** `istio-proxy` in the role that its arguments give it. */
function proxyContainer(plane: Plane): Json {
  const role = plane === 'gateway' ? 'router' : plane === 'waypoint' ? 'waypoint' : 'sidecar';
  return {
    name: 'istio-proxy',
    image: 'registry.example.com/istio/proxyv2:1.28.0',
    args: [
      'proxy',
      role,
      '--domain',
      '$(POD_NAMESPACE).svc.cluster.local',
      '--log_output_level=default:info',
    ],
    ports: [{ name: 'http-envoy-prom', containerPort: 15090, protocol: 'TCP' }],
    env: ['PILOT_CERT_PROVIDER', 'CA_ADDR', 'POD_NAME', 'POD_NAMESPACE'].map((name) => ({
      name,
      value: 'istiod',
    })),
    resources: { requests: { cpu: '10m', memory: '40Mi' } },
    volumeMounts: [tokenMount],
    securityContext: { runAsUser: 1337, runAsNonRoot: true },
    terminationMessagePath: '/dev/termination-log',
    imagePullPolicy: 'IfNotPresent',
  };
}

const istioInit: Json = {
  name: 'istio-init',
  image: 'registry.example.com/istio/proxyv2:1.28.0',
  args: [
    'istio-iptables',
    '-p',
    '15001',
    '-z',
    '15006',
    '-u',
    '1337',
    '-m',
    'REDIRECT',
    '-i',
    '*',
    '-b',
    '*',
    '-d',
    '15090,15021,15020',
  ],
  resources: { requests: { cpu: '10m', memory: '40Mi' } },
  terminationMessagePath: '/dev/termination-log',
  imagePullPolicy: 'IfNotPresent',
};

/** What the kubelet says of a pod. */
export function podStatus({ ended }: PodKind, containers: readonly string[], podIP: string): Json {
  const ready = ended ? 'False' : 'True';
  const since = '2026-01-01T00:00:10Z';
  return {
    phase: ended ? 'Succeeded' : 'Running',
    hostIP: '10.0.0.7',
    podIP,
    podIPs: [{ ip: podIP }],
    startTime: since,
    qosClass: 'Burstable',
    conditions: ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => ({
      type,
      status: ready,
      lastTransitionTime: since,
    })),
    containerStatuses: containers.map((name) => ({
      name,
      image: `registry.example.com/platform/${name}:1.42.0`,
      ready: !ended,
      restartCount: 0,
      started: !ended,
    })),
  };
}
