import { stringify } from 'yaml';
import type { Json, JsonObject } from '../objects/json.ts';
import { resourceTypes } from '../objects/resources.ts';
import type { ResourceType } from '../objects/resources.ts';
import { namespace, service, serviceAccount } from './manifests.ts';

/** The Istio that the demo resembles. */
export const istioVersion = '1.31.0';

const root = 'istio-system';

/** What `istioctl install` leaves behind, as far as a client of the API can tell. */
export function istioSystem(): readonly JsonObject[] {
  return [
    ...resourceTypes.filter((type) => type.custom).map(customResourceDefinition),
    namespace(root),
    meshConfig(),
    sidecarInjector(),
    serviceAccount(root, 'istiod'),
    istiod(),
    service(root, 'istiod', [
      { name: 'grpc-xds', port: 15010 },
      { name: 'https-dns', port: 15012 },
      { name: 'https-webhook', port: 443, targetPort: 15017 },
      { name: 'http-monitoring', port: 15014 },
    ]),
    // Answered by the demo itself: no pod of it would teach anybody anything.
    service(root, 'prometheus', [{ name: 'http', port: 9090 }]),
    serviceAccount(root, 'istio-ingressgateway-service-account'),
    ingressGateway(),
    service(
      root,
      'istio-ingressgateway',
      [
        { name: 'status-port', port: 15021 },
        { name: 'http2', port: 80, targetPort: 8080 },
        { name: 'https', port: 443, targetPort: 8443 },
      ],
      { type: 'LoadBalancer' },
    ),
  ];
}

/** The mesh config as `istioctl install` writes it: everything that decides mutual TLS at its default. */
function meshConfig(): JsonObject {
  const mesh = stringify({
    accessLogFile: '/dev/stdout',
    defaultConfig: { discoveryAddress: `istiod.${root}.svc:15012` },
    enablePrometheusMerge: true,
    rootNamespace: root,
    trustDomain: 'cluster.local',
  });
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: 'istio',
      namespace: root,
      labels: { 'istio.io/rev': 'default', release: 'istio' },
    },
    data: { mesh, meshNetworks: 'networks: {}' },
  };
}

/** The webhooks of a default revision: one row of the injection table (R111) each. */
function sidecarInjector(): JsonObject {
  const notFalse = expression('sidecar.istio.io/inject', 'NotIn', ['false']);
  const absent = (key: string): Json => ({ key, operator: 'DoesNotExist' });
  const webhooks = [
    webhook(
      'rev.namespace',
      [expression('istio.io/rev', 'In', ['default']), absent('istio-injection')],
      [notFalse],
    ),
    webhook(
      'rev.object',
      [absent('istio.io/rev'), absent('istio-injection')],
      [notFalse, expression('istio.io/rev', 'In', ['default'])],
    ),
    webhook('namespace', [expression('istio-injection', 'In', ['enabled'])], [notFalse]),
    webhook(
      'object',
      [absent('istio-injection'), absent('istio.io/rev')],
      [expression('sidecar.istio.io/inject', 'In', ['true']), absent('istio.io/rev')],
    ),
  ];
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: {
      name: 'istio-sidecar-injector',
      labels: { app: 'sidecar-injector', 'istio.io/rev': 'default', release: 'istio' },
    },
    webhooks,
  };
}

function expression(key: string, operator: string, values: readonly string[]): Json {
  return { key, operator, values };
}

function webhook(name: string, namespaces: readonly Json[], objects: readonly Json[]): JsonObject {
  return {
    name: `${name}.sidecar-injector.istio.io`,
    admissionReviewVersions: ['v1'],
    sideEffects: 'None',
    failurePolicy: 'Fail',
    clientConfig: { service: { name: 'istiod', namespace: root, path: '/inject', port: 443 } },
    rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }],
    namespaceSelector: { matchExpressions: namespaces },
    objectSelector: { matchExpressions: objects },
  };
}

function istiod(): JsonObject {
  const labels = { app: 'istiod', istio: 'pilot', 'istio.io/rev': 'default' };
  return infrastructure('istiod', labels, 'istiod', {
    name: 'discovery',
    image: `registry.istio.io/release/pilot:${istioVersion}`,
    args: ['discovery', '--monitoringAddr=:15014', '--domain', 'cluster.local'],
    env: [{ name: 'REVISION', value: 'default' }],
    ports: [8080, 15010, 15012, 15017, 15014].map((containerPort) => ({
      containerPort,
      protocol: 'TCP',
    })),
  });
}

function ingressGateway(): JsonObject {
  const labels = {
    app: 'istio-ingressgateway',
    istio: 'ingressgateway',
    'istio.io/rev': 'default',
  };
  return infrastructure('istio-ingressgateway', labels, 'istio-ingressgateway-service-account', {
    name: 'istio-proxy',
    image: `registry.istio.io/release/proxyv2:${istioVersion}`,
    args: ['proxy', 'router', '--domain', '$(POD_NAMESPACE).svc.cluster.local'],
    ports: [15021, 8080, 8443].map((containerPort) => ({ containerPort, protocol: 'TCP' })),
  });
}

/** A Deployment of Istio itself: never injected. */
function infrastructure(
  name: string,
  labels: Readonly<Record<string, string>>,
  account: string,
  container: JsonObject,
): JsonObject {
  const app = labels['app'] ?? name;
  const template = {
    metadata: { labels: { ...labels, 'sidecar.istio.io/inject': 'false' } },
    spec: { serviceAccountName: account, containers: [container] },
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: root, labels },
    spec: { replicas: 1, selector: { matchLabels: { app } }, template },
  };
}

function customResourceDefinition(type: ResourceType): JsonObject {
  const { group, plural, kind, shortNames } = type;
  const versions = type.versions.map((name, index) => ({
    name,
    served: true,
    storage: index === 0,
  }));
  const condition = (name: string): Json => ({ type: name, status: 'True' });
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural, kind, singular: kind.toLowerCase(), listKind: `${kind}List`, shortNames },
      versions,
    },
    status: { conditions: [condition('NamesAccepted'), condition('Established')] },
  };
}
