import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { planEnforcement, type EnforceTarget } from '../../../../src/mesh/change/enforce.ts';
import { allWorkloads, findWorkload } from '../../../../src/mesh/snapshot/mesh.ts';
import { workloadMtls } from '../../../../src/mesh/server/workloadMtls.ts';
import {
  meshOf,
  namespace,
  peerAuthentications,
  pod,
  type Json,
  type PodKind,
} from '../../../support/meshNotation.ts';
import { rows, type Row } from '../../../support/meshRules.ts';

interface WarningRow extends Row {
  readonly given: readonly Json[];
  readonly target?: EnforceTarget;
  /** `kind port port`, or nothing. */
  readonly warns: readonly string[];
}

const http = (port: number | string, path = '/healthz'): Json => ({ httpGet: { port, path } });

/** A pod with one container that is probed. */
function probed(
  kind: PodKind,
  probes: Json,
  annotations: Readonly<Record<string, string>> = {},
): Json {
  const plain = pod('shop/cart', kind, { annotations });
  const spec = plain['spec'] as { readonly containers: readonly Json[] };
  const [app, ...others] = spec.containers;
  return { ...plain, spec: { ...spec, containers: [{ ...app, ...probes }, ...others] } };
}

/** The same pod as the template of a Deployment without pods. */
function template(annotations: Readonly<Record<string, string>>): readonly Json[] {
  const { metadata, spec } = probed('none', { livenessProbe: http(8080) }, annotations);
  const labels = { app: 'cart' };
  const apiVersion = 'apps/v1';
  const named = { namespace: 'shop', name: 'cart' };
  const made = { spec: { template: { metadata: { ...(metadata as Json), labels }, spec } } };
  return [
    namespace('shop', 'istio-injection=enabled'),
    { apiVersion, kind: 'Deployment', metadata: named, ...made },
  ];
}

const probes = {
  livenessProbe: http(8080),
  readinessProbe: { tcpSocket: { port: 'p-8080' } },
  startupProbe: { grpc: { port: 9090 } },
};
const workload: EnforceTarget = {
  scope: 'workload',
  workload: { kind: 'Pod', namespace: 'shop', name: 'cart' },
};

const table: readonly WarningRow[] = [
  {
    says: 'probes that injection left as they were',
    rules: ['R58'],
    given: [probed('sidecar', probes)],
    warns: ['probes-refused 8080 9090'],
  },
  {
    says: 'nothing where injection rewrote them',
    rules: ['R58'],
    given: [probed('sidecar', { livenessProbe: http(15020, '/app-health/app/livez') })],
    warns: [],
  },
  {
    says: 'nothing for probes that run a command',
    rules: ['R58'],
    given: [probed('sidecar', { livenessProbe: { exec: { command: ['true'] } } })],
    warns: [],
  },
  {
    says: 'nothing in ambient, where the kubelet passes ztunnel by',
    rules: ['R84'],
    given: [probed('ambient', probes)],
    warns: [],
  },
  {
    says: 'nothing for a template, whose probes injection will rewrite',
    rules: ['R58'],
    given: template({}),
    target: { scope: 'namespace', namespace: 'shop' },
    warns: [],
  },
  {
    says: 'a template that forbids to rewrite them',
    rules: ['R58'],
    given: template({ 'sidecar.istio.io/rewriteAppHTTPProbers': 'false' }),
    target: { scope: 'namespace', namespace: 'shop' },
    warns: ['probes-refused 8080'],
  },
  {
    says: 'probes anywhere in the mesh',
    rules: ['R58'],
    given: [probed('sidecar', probes)],
    target: { scope: 'mesh' },
    warns: ['probes-refused 8080 9090'],
  },
  {
    says: 'nothing on a port that has an exception, or is excluded',
    rules: ['R15', 'R54', 'R58'],
    given: [
      probed('sidecar', probes, { 'traffic.sidecar.istio.io/excludeInboundPorts': '9090' }),
      ...peerAuthentications(['shop/c app=cart PERMISSIVE 8080:PERMISSIVE']),
    ],
    warns: [],
  },
  {
    says: 'nothing on a port whose own entry goes before the namespace',
    rules: ['R12', 'R58'],
    given: [probed('sidecar', probes), ...peerAuthentications(['shop/c app=cart PERMISSIVE'])],
    target: { scope: 'namespace', namespace: 'shop' },
    warns: [],
  },
  {
    says: 'only the port that becomes STRICT',
    rules: ['R58'],
    given: [probed('sidecar', probes)],
    target: { ...workload, scope: 'port', port: 9090 },
    warns: ['probes-refused 9090'],
  },
  {
    says: 'interfaces that the sidecar does not see',
    rules: ['R57'],
    given: [
      pod('shop/cart', 'sidecar', {
        annotations: { 'traffic.sidecar.istio.io/excludeInterfaces': 'net1' },
      }),
    ],
    warns: ['interfaces-not-captured net1'],
  },
];

describe('STRICT warns of', () => {
  rows(table, ({ given, target, warns }) => {
    const plan = planEnforcement(meshOf(given), target ?? workload, 'STRICT');
    assert.ok(plan.kind === 'plan', plan.kind);
    const shown = plan.warnings.flatMap((warning) => {
      if (warning.kind === 'probes-refused') return [`${warning.kind} ${warning.ports.join(' ')}`];
      if (warning.kind === 'interfaces-not-captured')
        return [`${warning.kind} ${warning.interfaces}`];
      return [];
    });
    assert.deepEqual(shown, warns);
  });
});

interface OutsideRow extends Row {
  readonly manifest: Json;
}

const udp = pod('shop/cart', 'sidecar');
const outside: readonly OutsideRow[] = [
  {
    says: 'UDP ports are not listed, because no proxy sees them',
    rules: ['R57'],
    manifest: {
      ...udp,
      spec: { containers: [{ name: 'dns', ports: [{ containerPort: 53, protocol: 'UDP' }] }] },
    },
  },
];

describe('what has no mode', () => {
  rows(outside, ({ manifest }) => {
    const mesh = meshOf([manifest]);
    const found = findWorkload(mesh, { kind: 'Pod', namespace: 'shop', name: 'cart' });
    assert.ok(found);
    assert.deepEqual(workloadMtls(mesh, found).ports, []);
    assert.equal([...allWorkloads(mesh)].length, 1);
  });
});
