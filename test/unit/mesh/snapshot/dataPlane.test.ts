import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { findWorkload } from '../../../../src/mesh/snapshot/mesh.ts';
import { connect } from '../../../../src/mesh/connection/connection.ts';
import { workloadMtls } from '../../../../src/mesh/server/workloadMtls.ts';
import {
  meshOf,
  namespace,
  peerAuthentications,
  pod,
  service,
  type Json,
} from '../../../support/meshNotation.ts';
import { rows, type Row } from '../../../support/meshRules.ts';

interface PodRow extends Row {
  readonly given: Json;
  readonly dataPlane: string;
  readonly enforced: string;
  readonly accepts: string;
}

function bare(fields: { metadata?: Json; spec?: Json; status?: Json }): Json {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'shop', name: 'cart', ...fields.metadata },
    spec: { containers: [{ name: 'app' }], ...fields.spec },
    status: { phase: 'Running', ...fields.status },
  };
}

const proxy = { name: 'istio-proxy', args: ['proxy', 'sidecar'] };
const app = { name: 'app', ports: [{ containerPort: 8080 }] };

const table: readonly PodRow[] = [
  {
    says: 'a container istio-proxy is a sidecar',
    rules: ['R116', 'R120', 'R24'],
    given: pod('shop/cart', 'sidecar'),
    dataPlane: 'sidecar',
    enforced: 'enforced',
    accepts: 'mutual-tls',
  },
  {
    says: 'an init container istio-proxy that always restarts is a sidecar too',
    rules: ['R64', 'R116'],
    given: bare({
      spec: { containers: [app], initContainers: [{ ...proxy, restartPolicy: 'Always' }] },
    }),
    dataPlane: 'sidecar',
    enforced: 'enforced',
    accepts: 'mutual-tls',
  },
  {
    says: 'an init container istio-proxy that ends is none',
    rules: ['R116'],
    given: bare({ spec: { containers: [app], initContainers: [proxy] } }),
    dataPlane: 'none',
    enforced: 'no-proxy',
    accepts: 'plaintext',
  },
  {
    says: 'the status annotation alone proves no sidecar',
    rules: ['R117'],
    given: bare({ metadata: { annotations: { 'sidecar.istio.io/status': '{"revision":"x"}' } } }),
    dataPlane: 'none',
    enforced: 'no-proxy',
    accepts: 'plaintext',
  },
  {
    says: 'proxy router is a gateway, which no PeerAuthentication governs',
    rules: ['R24', 'R61', 'R118'],
    given: pod('shop/cart', 'gateway'),
    dataPlane: 'gateway',
    enforced: 'gateway',
    accepts: 'mutual-tls tls plaintext',
  },
  {
    says: 'a pod of the gateway template is a gateway, whatever its proxy is told',
    rules: ['R118'],
    given: pod('shop/cart', 'sidecar', { annotations: { 'inject.istio.io/templates': 'gateway' } }),
    dataPlane: 'gateway',
    enforced: 'gateway',
    accepts: 'mutual-tls tls plaintext',
  },
  {
    says: 'on the host’s network an annotation of ambient means nothing',
    rules: ['R62', 'R120'],
    given: pod('shop/cart', 'host-network', {
      annotations: { 'ambient.istio.io/redirection': 'enabled' },
    }),
    dataPlane: 'none',
    enforced: 'host-network',
    accepts: 'plaintext',
  },
  {
    says: 'proxy waypoint is a waypoint, which ignores PeerAuthentication',
    rules: ['R24', 'R97', 'R118'],
    given: pod('shop/cart', 'waypoint'),
    dataPlane: 'waypoint',
    enforced: 'waypoint',
    accepts: 'mutual-tls',
  },
  {
    says: 'a redirected pod is in ambient',
    rules: ['R81', 'R120', 'R24'],
    given: pod('shop/cart', 'ambient'),
    dataPlane: 'ambient',
    enforced: 'enforced',
    accepts: 'mutual-tls',
  },
  {
    says: 'a pod that is only labelled for ambient is not in it yet',
    rules: ['R81'],
    given: bare({ metadata: { labels: { 'istio.io/dataplane-mode': 'ambient' } } }),
    dataPlane: 'none',
    enforced: 'no-proxy',
    accepts: 'plaintext',
  },
  {
    says: 'a pending redirection is not in ambient yet',
    rules: ['R81'],
    given: bare({ metadata: { annotations: { 'ambient.istio.io/redirection': 'pending' } } }),
    dataPlane: 'none',
    enforced: 'no-proxy',
    accepts: 'plaintext',
  },
  {
    says: 'the host’s network leaves no data plane',
    rules: ['R24', 'R62', 'R120'],
    given: pod('shop/cart', 'host-network'),
    dataPlane: 'none',
    enforced: 'host-network',
    accepts: 'plaintext',
  },
  {
    says: 'a pod that bypasses ztunnel is not enforced',
    rules: ['R83'],
    given: pod('shop/cart', 'ambient', {
      annotations: { 'ambient.istio.io/bypass-inbound-capture': 'true' },
    }),
    dataPlane: 'ambient',
    enforced: 'inbound-not-captured',
    accepts: 'plaintext',
  },
  {
    says: 'a sidecar that captures no port enforces nothing',
    rules: ['R40', 'R54'],
    given: pod('shop/cart', 'sidecar', {
      annotations: { 'traffic.sidecar.istio.io/includeInboundPorts': '' },
    }),
    dataPlane: 'sidecar',
    enforced: 'inbound-not-captured',
    accepts: 'plaintext',
  },
  {
    says: 'interception mode NONE captures nothing',
    rules: ['R48'],
    given: pod('shop/cart', 'sidecar', {
      annotations: { 'sidecar.istio.io/interceptionMode': 'NONE' },
    }),
    dataPlane: 'sidecar',
    enforced: 'inbound-not-captured',
    accepts: 'plaintext',
  },
  {
    says: 'an excluded port takes plaintext under STRICT',
    rules: ['R54', 'R56'],
    given: pod('shop/cart', 'sidecar', {
      annotations: { 'traffic.sidecar.istio.io/excludeInboundPorts': '7070, 8080' },
    }),
    dataPlane: 'sidecar',
    enforced: 'enforced',
    accepts: 'plaintext',
  },
  {
    says: 'exclusion counts only while all ports are included',
    rules: ['R54'],
    given: pod('shop/cart', 'sidecar', {
      annotations: {
        'traffic.sidecar.istio.io/includeInboundPorts': '8080',
        'traffic.sidecar.istio.io/excludeInboundPorts': '8080',
      },
    }),
    dataPlane: 'sidecar',
    enforced: 'enforced',
    accepts: 'mutual-tls',
  },
  {
    says: 'the arguments of istio-init tell what is captured',
    rules: ['R54'],
    given: bare({
      spec: {
        containers: [app, proxy],
        initContainers: [{ name: 'istio-init', args: ['istio-iptables', '-b', '*', '-d', '8080'] }],
      },
    }),
    dataPlane: 'sidecar',
    enforced: 'enforced',
    accepts: 'plaintext',
  },
  {
    says: 'the proxy’s own metrics port is never captured',
    rules: ['R55', 'R59'],
    given: pod('shop/cart', 'sidecar', { ports: [15090] }),
    dataPlane: 'sidecar',
    enforced: 'enforced',
    accepts: 'plaintext',
  },
  {
    says: 'a status port that is switched off takes nothing from ports that nobody lists',
    rules: ['R55'],
    given: pod('shop/cart', 'sidecar', {
      ports: [],
      annotations: { 'status.sidecar.istio.io/port': '0' },
    }),
    dataPlane: 'sidecar',
    enforced: 'enforced',
    accepts: 'mutual-tls',
  },
  {
    says: 'a status port that an annotation moves is never captured',
    rules: ['R55'],
    given: pod('shop/cart', 'sidecar', {
      ports: [8080],
      annotations: { 'status.sidecar.istio.io/port': '8080' },
    }),
    dataPlane: 'sidecar',
    enforced: 'enforced',
    accepts: 'plaintext',
  },
  {
    says: 'an empty list of inbound ports captures none, listed by anybody or not',
    rules: ['R54'],
    given: pod('shop/cart', 'sidecar', {
      ports: [],
      annotations: { 'traffic.sidecar.istio.io/includeInboundPorts': '' },
    }),
    dataPlane: 'sidecar',
    enforced: 'inbound-not-captured',
    accepts: 'plaintext',
  },
];

describe('what a running pod is, and what enforces STRICT on it', () => {
  rows(table, ({ given, dataPlane, enforced, accepts }) => {
    const policies = peerAuthentications(['shop/default STRICT']);
    const mesh = meshOf([namespace('shop'), given, ...policies]);
    const workload = findWorkload(mesh, { kind: 'Pod', namespace: 'shop', name: 'cart' });
    assert.ok(workload);
    assert.equal(workload.dataPlane, dataPlane);
    const mtls = workloadMtls(mesh, workload);
    assert.equal(mtls.mode, 'STRICT');
    const { enforcement } = mtls;
    assert.equal(
      enforcement.kind === 'not-enforced' ? enforcement.why : enforcement.kind,
      enforced,
    );
    assert.equal((mtls.ports[0] ?? mtls).accepts.join(' '), accepts);
  });
});

interface WrittenRow extends Row {
  readonly namespaceLabels: string;
  readonly labels?: Json;
  readonly annotations?: Json;
  readonly spec?: Json;
  readonly status?: Json;
  readonly outcome: string;
}

const written: readonly WrittenRow[] = [
  {
    says: 'in a namespace that is injected gets a sidecar and the label that clients look at',
    rules: ['R111', 'R114', 'R119'],
    namespaceLabels: 'istio-injection=enabled',
    outcome: 'sidecar, sent mutual-tls',
  },
  {
    says: 'in a namespace of ambient joins it',
    rules: ['R80', 'R114'],
    namespaceLabels: 'istio.io/dataplane-mode=ambient',
    outcome: 'ambient, sent mutual-tls',
  },
  {
    says: 'with the mark of injection stays out of ambient',
    rules: ['R80', 'R82'],
    namespaceLabels: 'istio.io/dataplane-mode=ambient',
    annotations: { 'sidecar.istio.io/status': '{}' },
    outcome: 'none, sent plaintext',
  },
  {
    says: 'that opts out gets none',
    rules: ['R112', 'R114'],
    namespaceLabels: 'istio-injection=enabled',
    labels: { app: 'cart', 'sidecar.istio.io/inject': 'false' },
    outcome: 'none, sent plaintext',
  },
  {
    says: 'on the host’s network gets none',
    rules: ['R62', 'R112'],
    namespaceLabels: 'istio-injection=enabled',
    spec: { hostNetwork: true },
    outcome: 'none, sent plaintext',
  },
  {
    says: 'that brings its proxy along has it, injected namespace or not',
    rules: ['R116'],
    namespaceLabels: '',
    labels: { app: 'cart', 'security.istio.io/tlsMode': 'istio' },
    spec: { containers: [app, proxy] },
    outcome: 'sidecar, sent mutual-tls',
  },
  {
    says: 'but once a cluster has it, it is what it is',
    rules: ['R114', 'R120'],
    namespaceLabels: 'istio-injection=enabled',
    status: { phase: 'Pending' },
    outcome: 'none, sent plaintext',
  },
];

describe('a Pod that is only written', () => {
  rows(
    written,
    ({ namespaceLabels, labels = { app: 'cart' }, annotations = {}, spec, status, outcome }) => {
      const manifest = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { namespace: 'shop', name: 'cart', labels, annotations },
        spec: { containers: [app], ...spec },
        ...(status === undefined ? {} : { status }),
      };
      const mesh = meshOf([
        namespace('shop', namespaceLabels),
        manifest,
        service('shop/cart'),
        pod('web/client', 'sidecar'),
      ]);
      const ref = { kind: 'Pod', namespace: 'shop', name: 'cart' } as const;
      const client = { kind: 'Pod', namespace: 'web', name: 'client' } as const;
      const [connection] = connect(
        mesh,
        { kind: 'workload', workload: client },
        { host: 'cart.shop', port: 8080 },
      );
      const dataPlane = findWorkload(mesh, ref)?.dataPlane ?? '';
      assert.equal(`${dataPlane}, sent ${connection.outcome.kind}`, outcome);
    },
  );
});
