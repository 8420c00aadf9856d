import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decode } from '../../../../src/mesh/decode/decode.ts';
import { rows, type Row } from '../../../support/meshRules.ts';

const origin = { kind: 'cluster' } as const;

interface ProblemRow extends Row {
  readonly spec: unknown;
  readonly kind?: 'DestinationRule';
  /** `path: message`, the message only as far as it matters. */
  readonly problems: readonly string[];
}

const selector = { matchLabels: { app: 'cart' } };

const table: readonly ProblemRow[] = [
  { says: 'a policy without anything is fine', rules: ['R280'], spec: {}, problems: [] },
  {
    says: 'every mode of the API is fine',
    rules: ['R12'],
    spec: { selector, mtls: { mode: 'UNSET' }, portLevelMtls: { 80: { mode: 'DISABLE' } } },
    problems: [],
  },
  {
    says: 'an unknown mode is refused',
    rules: ['R281'],
    spec: { mtls: { mode: 'strict' } },
    problems: ['spec.mtls.mode: "strict" is not a mode'],
  },
  {
    says: 'an unknown mode of a port is refused',
    rules: ['R281'],
    spec: { selector, portLevelMtls: { 80: { mode: 'ON' } } },
    problems: ['spec.portLevelMtls.80.mode: "ON" is not a mode'],
  },
  {
    says: 'a port outside the range is refused',
    rules: ['R281'],
    spec: { selector, portLevelMtls: { 70000: { mode: 'STRICT' } } },
    problems: ['spec.portLevelMtls.70000: "70000" is not a port'],
  },
  {
    says: 'ports without a selector are refused',
    rules: ['R14', 'R281'],
    spec: { portLevelMtls: { 80: { mode: 'STRICT' } } },
    problems: ['spec.portLevelMtls: portLevelMtls needs a selector'],
  },
  {
    says: 'an empty list of ports is refused',
    rules: ['R281'],
    spec: { selector, portLevelMtls: {} },
    problems: ['spec.portLevelMtls: portLevelMtls is empty'],
  },
  {
    says: 'a selector without labels is only pointed out',
    rules: ['R5', 'R280'],
    spec: { selector: {} },
    problems: ['spec.selector.matchLabels: The selector has no labels'],
  },
  {
    says: 'a wildcard in a selector is refused',
    rules: ['R7', 'R281'],
    spec: { selector: { matchLabels: { app: 'c*' } } },
    problems: ['spec.selector.matchLabels.app: A selector value cannot contain a wildcard'],
  },
  {
    says: 'a rule needs a host',
    rules: ['R282'],
    kind: 'DestinationRule',
    spec: {},
    problems: ['spec.host: A DestinationRule needs a host'],
  },
  {
    says: 'an unknown TLS mode is refused',
    rules: ['R282'],
    kind: 'DestinationRule',
    spec: { host: 'a', trafficPolicy: { tls: { mode: 'STRICT' } } },
    problems: ['spec.trafficPolicy.tls.mode: "STRICT" is not a TLS mode'],
  },
  {
    says: 'a port entry needs a port',
    rules: ['R282'],
    kind: 'DestinationRule',
    spec: { host: 'a', trafficPolicy: { portLevelSettings: [{ tls: {} }] } },
    problems: ['spec.trafficPolicy.portLevelSettings.0.port.number: A port-level setting needs'],
  },
  {
    says: 'a subset needs a name',
    rules: ['R282'],
    kind: 'DestinationRule',
    spec: { host: 'a', subsets: [{}] },
    problems: ['spec.subsets.0.name: A subset needs a name'],
  },
];

describe('reading objects', () => {
  rows(table, ({ spec, kind, problems }) => {
    const group = kind === undefined ? 'security.istio.io/v1' : 'networking.istio.io/v1';
    const manifest = {
      apiVersion: group,
      kind: kind ?? 'PeerAuthentication',
      metadata: { name: 'x' },
      spec,
    };
    const found = decode(manifest, origin).problems.map(
      ({ path, message }) => `${path.join('.')}: ${message}`,
    );
    assert.equal(found.length, problems.length, found.join('\n'));
    for (const [index, expected] of problems.entries())
      assert.ok(found[index]?.startsWith(expected), found[index]);
  });

  it('takes a kind of the same name in another group for another kind', () => {
    const manifest = {
      apiVersion: 'serving.knative.dev/v1',
      kind: 'Service',
      metadata: { name: 'x' },
    };
    assert.deepEqual(decode(manifest, origin), { object: undefined, problems: [] });
  });

  it('says that an object without a name cannot be read', () => {
    const { object, problems } = decode({ apiVersion: 'v1', kind: 'Pod' }, origin);
    assert.equal(object, undefined);
    assert.equal(problems[0]?.message, 'The object has no name.');
  });

  it('keeps what the engine reads of a pod and drops the rest', () => {
    const annotations = {
      'istio.io/rev': 'canary',
      'kubectl.kubernetes.io/last-applied-configuration': '{}',
    };
    const { object } = decode(
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x', annotations, managedFields: [{}] } },
      origin,
    );
    assert.deepEqual(object?.annotations, { 'istio.io/rev': 'canary' });
    assert.equal(JSON.stringify(object).includes('managedFields'), false);
  });

  it('leaves out probes that injection rewrote [R58]', () => {
    const port = 15020;
    const containers = [
      { name: 'app', livenessProbe: { httpGet: { port, path: '/app-health/app/livez' } } },
      { name: 'api', readinessProbe: { tcpSocket: { port: 'api' } } },
      { name: 'istio-proxy', readinessProbe: { httpGet: { port: 15021, path: '/healthz' } } },
    ];
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, spec: { containers } };
    const { object } = decode(pod, origin);
    assert.deepEqual(object?.kind === 'Pod' && object.probedPorts, ['api']);
  });

  it('reads the revision that injected a pod from its status annotation [R121]', () => {
    const annotations = {
      'sidecar.istio.io/status': '{"containers":["istio-proxy"],"revision":"canary"}',
    };
    const { object } = decode(
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x', annotations } },
      origin,
    );
    assert.equal(object?.kind === 'Pod' && object.injectedBy, 'canary');
  });

  it('never throws, whatever JSON it is given', () => {
    const kinds = [
      'Pod',
      'Deployment',
      'CronJob',
      'Service',
      'PeerAuthentication',
      'DestinationRule',
      'Sidecar',
      'ServiceEntry',
      'WorkloadEntry',
      'ConfigMap',
      'MutatingWebhookConfiguration',
      'Gateway',
      'EndpointSlice',
      'Namespace',
    ];
    const fields = [
      'selector',
      'mtls',
      'portLevelMtls',
      'trafficPolicy',
      'subsets',
      'template',
      'containers',
      'ports',
      'hosts',
      'egress',
      'endpoints',
      'servers',
    ];
    const groups = [
      'v1',
      'apps/v1',
      'batch/v1',
      'security.istio.io/v1',
      'networking.istio.io/v1',
      'discovery.k8s.io/v1',
      'admissionregistration.k8s.io/v1',
    ];
    const anything = fc.jsonValue();
    const spec = fc.dictionary(fc.constantFrom(...fields), anything);
    const objects = fc.record({
      apiVersion: fc.constantFrom(...groups),
      kind: fc.constantFrom(...kinds),
      metadata: fc.oneof(fc.constant({ name: 'x' }), anything),
      spec: fc.oneof(spec, anything),
      webhooks: anything,
      data: anything,
      status: anything,
    });
    fc.assert(
      fc.property(fc.oneof(objects, anything), (value) => {
        decode(value, origin);
      }),
      { numRuns: 500 },
    );
  });
});
