import fc from 'fast-check';

const kinds = [
  ...['Namespace', 'Pod', 'Service', 'ConfigMap', 'ReplicationController', 'EndpointSlice'],
  ...['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job', 'CronJob'],
  ...[
    'PeerAuthentication',
    'DestinationRule',
    'Sidecar',
    'ServiceEntry',
    'WorkloadEntry',
    'Gateway',
  ],
  'MutatingWebhookConfiguration',
] as const;

const apiVersions = [
  'v1',
  'apps/v1',
  'batch/v1',
  'discovery.k8s.io/v1',
  'security.istio.io/v1',
  'networking.istio.io/v1',
] as const;

/** Ports that are none. */
const absurdPorts: readonly unknown[] = [0, -1, 1.5, 65_536, 1e308, Number.NaN, 'abc', '', null];

/** Names that objects of JavaScript have anyway, and one that no API server would take. */
export const oddNames = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'n'.repeat(10_000),
] as const;

/** Values that break careless readers: wrong types, absurd numbers, prototype names, very long names. */
export const oddValue = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom<unknown>(...absurdPorts, ...oddNames, null, [], {}),
);

const fieldNames = fc.constantFrom(
  ...['selector', 'matchLabels', 'mtls', 'mode', 'portLevelMtls', 'workloadSelector', 'labels'],
  ...['host', 'hosts', 'trafficPolicy', 'tls', 'subsets', 'portLevelSettings', 'loadBalancer'],
  ...['ports', 'port', 'number', 'targetPort', 'protocol', 'name', 'containerPort', 'servers'],
  ...['template', 'spec', 'containers', 'initContainers', 'metadata', 'exportTo', 'annotations'],
  ...['egress', 'ingress', 'outboundTrafficPolicy', 'endpoints', 'address', 'addresses'],
  ...['resolution', 'location', 'externalName', 'type', 'clusterIP', 'serviceAccount'],
  ...['data', 'mesh', 'webhooks', 'namespaceSelector', 'status', 'podIP', '__proto__'],
);

/** Fields within fields, a few levels deep. */
const { oddSpec } = fc.letrec<{ oddSpec: unknown }>((tie) => ({
  oddSpec: fc.oneof(
    { depthSize: 'small' },
    oddValue,
    fc.array(tie('oddSpec'), { maxLength: 2 }),
    fc.dictionary(fieldNames, tie('oddSpec'), { maxKeys: 4 }),
  ),
}));

/** An object of any kind whose fields may be anything. */
export const oddObject = fc.record({
  apiVersion: fc.constantFrom(...apiVersions),
  kind: fc.constantFrom(...kinds),
  metadata: fc.oneof(
    oddValue,
    fc.record({
      name: oddValue,
      namespace: oddValue,
      labels: oddValue,
      annotations: oddValue,
      ownerReferences: oddValue,
      creationTimestamp: oddValue,
    }),
  ),
  spec: oddSpec,
  ...{ data: oddSpec, webhooks: oddSpec, endpoints: oddSpec, ports: oddSpec, status: oddSpec },
});
