import type { ValueType } from './valueType.ts';

const fields = (of: Readonly<Record<string, ValueType>>): ValueType => ({ fields: of });
const listOf = (of: Readonly<Record<string, ValueType>>): ValueType => ({ items: fields(of) });

const container = {
  name: 'text',
  args: 'texts',
  ports: listOf({ containerPort: 'number', name: 'text', protocol: 'text' }),
  securityContext: fields({ runAsUser: 'number' }),
  restartPolicy: 'text',
} as const;

/** What the spec of each kind holds, as far as the engine reads it. */
export const POD_SPEC = fields({
  containers: listOf(container),
  initContainers: listOf(container),
  hostNetwork: 'flag',
  serviceAccountName: 'text',
  securityContext: fields({ runAsUser: 'number' }),
});

/** The metadata of an object, and of a pod template. */
export const METADATA: ValueType = fields({
  name: 'text',
  namespace: 'text',
  labels: 'labels',
  annotations: 'labels',
});

const template = fields({ metadata: METADATA, spec: POD_SPEC });
export const CONTROLLER_SPEC = fields({ selector: fields({ matchLabels: 'labels' }), template });

const port = { number: 'number', name: 'text', protocol: 'text' } as const;
const tls = fields({ mode: 'text' });
const trafficPolicy = fields({
  tls,
  portLevelSettings: listOf({ port: fields({ number: 'number' }), tls }),
});
const endpoint = {
  address: 'text',
  labels: 'labels',
  serviceAccount: 'text',
  ports: 'map',
} as const;
export const BACKEND_POLICY_SPEC = fields({
  targetRefs: listOf({ group: 'text', kind: 'text', name: 'text', sectionName: 'text' }),
});

export const REPLICATION_CONTROLLER_SPEC: ValueType = fields({ selector: 'labels', template });

export const JOB_SPEC: ValueType = fields({ template });

export const CRON_JOB_SPEC: ValueType = fields({
  jobTemplate: fields({ spec: fields({ template }) }),
});

export const SERVICE_SPEC: ValueType = fields({
  selector: 'labels',
  type: 'text',
  clusterIP: 'text',
  clusterIPs: 'texts',
  externalName: 'text',
  ports: listOf({
    port: 'number',
    name: 'text',
    protocol: 'text',
    appProtocol: 'text',
    targetPort: 'text or number',
  }),
});

export const DESTINATION_RULE_SPEC: ValueType = fields({
  host: 'text',
  exportTo: 'texts',
  workloadSelector: fields({ matchLabels: 'labels' }),
  trafficPolicy,
  subsets: listOf({ name: 'text', labels: 'labels', trafficPolicy }),
});

export const SIDECAR_SPEC: ValueType = fields({
  workloadSelector: fields({ labels: 'labels' }),
  egress: listOf({ port: fields(port), hosts: 'texts' }),
  ingress: listOf({ port: fields(port), tls }),
  outboundTrafficPolicy: fields({ mode: 'text' }),
});

export const SERVICE_ENTRY_SPEC: ValueType = fields({
  hosts: 'texts',
  addresses: 'texts',
  location: 'text',
  resolution: 'text',
  exportTo: 'texts',
  ports: listOf({ ...port, targetPort: 'number' }),
  endpoints: listOf(endpoint),
  workloadSelector: fields({ labels: 'labels' }),
});

export const WORKLOAD_ENTRY_SPEC: ValueType = fields(endpoint);

const routeTarget = {
  destination: fields({ host: 'text', subset: 'text', port: fields({ number: 'number' }) }),
  weight: 'number',
} as const;
const routeMatch = {
  port: 'number',
  sourceLabels: 'labels',
  sourceNamespace: 'text',
  gateways: 'texts',
} as const;
const route = { match: listOf(routeMatch), route: listOf(routeTarget) } as const;

export const VIRTUAL_SERVICE_SPEC: ValueType = fields({
  hosts: 'texts',
  gateways: 'texts',
  exportTo: 'texts',
  http: listOf({ ...route, delegate: fields({ name: 'text', namespace: 'text' }) }),
  tls: listOf({ ...route, match: listOf({ ...routeMatch, sniHosts: 'texts' }) }),
  tcp: listOf(route),
});

export const KUBERNETES_GATEWAY_SPEC: ValueType = fields({
  gatewayClassName: 'text',
  listeners: listOf({
    name: 'text',
    port: 'number',
    protocol: 'text',
    hostname: 'text',
    allowedRoutes: fields({ namespaces: fields({ from: 'text' }) }),
  }),
});

export const GATEWAY_SPEC: ValueType = fields({
  selector: 'labels',
  servers: listOf({ port: fields(port), tls }),
});

const texts = (names: readonly string[]): ValueType =>
  fields(Object.fromEntries(names.map((name) => [name, 'texts'] as const)));

/** The fields of a source and of an operation, of which each has a counterpart that says `not`. */
export const AUTHORIZATION_SOURCES = [
  'principals',
  'requestPrincipals',
  'namespaces',
  'serviceAccounts',
  'trustDomains',
  'ipBlocks',
  'remoteIpBlocks',
] as const;
export const AUTHORIZATION_OPERATIONS = ['hosts', 'ports', 'methods', 'paths'] as const;

/** The field that excludes what a field of a source or an operation includes: `notPrincipals`. */
export function excluding(field: string): string {
  return `not${field.charAt(0).toUpperCase()}${field.slice(1)}`;
}

const withExclusions = (names: readonly string[]): ValueType =>
  texts([...names, ...names.map(excluding)]);

export const AUTHORIZATION_POLICY_SPEC: ValueType = fields({
  action: 'text',
  selector: fields({ matchLabels: 'labels' }),
  targetRef: fields({ kind: 'text', name: 'text' }),
  targetRefs: listOf({ kind: 'text', name: 'text' }),
  rules: listOf({
    from: listOf({ source: withExclusions(AUTHORIZATION_SOURCES) }),
    to: listOf({ operation: withExclusions(AUTHORIZATION_OPERATIONS) }),
    when: listOf({ key: 'text', values: 'texts', notValues: 'texts' }),
  }),
});
