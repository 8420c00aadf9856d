import type { Json, JsonObject, KubeObject } from '../objects/json.ts';
import { isObject, listAt, objectAt, textAt, textMapAt } from '../objects/json.ts';
import type { ResourceType } from '../objects/resources.ts';
import { mutatingWebhookConfigurations, namespaces, pods } from '../objects/resources.ts';
import { matchesLabelSelector } from '../objects/selectors.ts';
import type { Storage } from '../objects/storage.ts';
import { istioVersion } from '../meshes/istioSystem.ts';

const never = ['kube-system', 'kube-public', 'kube-node-lease', 'local-path-storage'];

/** What `sidecar.istio.io/status` lists besides the containers. */
const volumes = ['workload-socket', 'workload-certs', 'istio-envoy', 'istio-data', 'istio-token'];

/** Adds Istio's sidecar to a new pod that a stored webhook selects (R111) and R112 admits. */
export function injectSidecar(
  storage: Storage,
  type: ResourceType,
  object: KubeObject,
): KubeObject {
  if (type !== pods) return object;
  return isSelected(storage, object) && isAdmitted(object) ? withSidecar(object) : object;
}

/** Gate 1: the labels of namespace and pod against the webhooks in storage. */
function isSelected(storage: Storage, pod: KubeObject): boolean {
  const namespace = storage.get(namespaces, undefined, pod.metadata.namespace ?? '');
  const namespaceLabels = textMapAt(namespace, 'metadata', 'labels');
  const podLabels = textMapAt(pod, 'metadata', 'labels');
  return storage
    .list(mutatingWebhookConfigurations)
    .filter(
      (configuration) => textAt(configuration, 'metadata', 'labels', 'app') === 'sidecar-injector',
    )
    .flatMap((configuration) => listAt(configuration, 'webhooks'))
    .some(
      (webhook) =>
        matchesLabelSelector(objectAt(webhook, 'namespaceSelector'), namespaceLabels) &&
        matchesLabelSelector(objectAt(webhook, 'objectSelector'), podLabels),
    );
}

/** Gate 2: the decision inside the webhook, with the default policy "enabled". */
function isAdmitted(pod: KubeObject): boolean {
  if (objectAt(pod, 'spec')['hostNetwork'] === true) return false;
  if (never.includes(pod.metadata.namespace ?? '')) return false;
  const key = 'sidecar.istio.io/inject';
  const wish =
    textAt(pod, 'metadata', 'labels', key) ?? textAt(pod, 'metadata', 'annotations', key);
  return wish !== 'false';
}

/** The pod with a native sidecar, as Istio injects since 1.27 (R116), and its labels (R117, R119). */
function withSidecar(pod: KubeObject): KubeObject {
  const spec = objectAt(pod, 'spec');
  const labels = textMapAt(pod, 'metadata', 'labels');
  const name = labels['app'] ?? pod.metadata.name;
  const status = {
    initContainers: ['istio-init', 'istio-proxy'],
    containers: null,
    volumes,
    imagePullSecrets: null,
    revision: 'default',
  };
  const metadata = {
    ...pod.metadata,
    labels: {
      'security.istio.io/tlsMode': 'istio',
      'service.istio.io/canonical-name': name,
      'service.istio.io/canonical-revision': labels['version'] ?? 'latest',
      ...labels,
    },
    annotations: {
      ...textMapAt(pod, 'metadata', 'annotations'),
      'istio.io/rev': 'default',
      'kubectl.kubernetes.io/default-container': firstContainer(spec),
      'sidecar.istio.io/status': JSON.stringify(status),
    },
  };
  const initContainers = [istioInit, istioProxy, ...listAt(spec, 'initContainers')];
  return { ...pod, metadata, spec: { ...spec, initContainers } };
}

function firstContainer(spec: JsonObject): string {
  const [first] = listAt(spec, 'containers');
  return isObject(first) ? (textAt(first, 'name') ?? '') : '';
}

const image = `registry.istio.io/release/proxyv2:${istioVersion}`;

const istioInit: Json = {
  name: 'istio-init',
  image,
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
    '-x',
    '',
    '-b',
    '*',
    '-d',
    '15090,15021,15020',
  ],
};

const istioProxy: Json = {
  name: 'istio-proxy',
  image,
  restartPolicy: 'Always',
  args: ['proxy', 'sidecar', '--domain', '$(POD_NAMESPACE).svc.cluster.local'],
  ports: [{ name: 'http-envoy-prom', containerPort: 15090, protocol: 'TCP' }],
};
