import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { predict } from '../../../../src/mesh/probe/prediction.ts';
import { curlProbe } from '../../../../src/mesh/probe/probe.ts';
import { verdict, type Verdict } from '../../../../src/mesh/probe/verdict.ts';
import type { DataPlane } from '../../../../src/mesh/model/mode.ts';
import type { Reason } from '../../../../src/mesh/model/explanation.ts';
import {
  meshOf,
  peerAuthentications,
  pod,
  service,
  type PodKind,
} from '../../../support/meshNotation.ts';
import { rows, type Row } from '../../../support/meshRules.ts';

/** curl's exit code for a reset connection. */
const RESET = 56;

interface ProbeRow extends Row {
  readonly client: PodKind;
  readonly container: string;
  readonly carriedBy: DataPlane;
  readonly because: Reason['kind'];
  /** The verdict on a reset. */
  readonly reset: Verdict['kind'];
}

const table: readonly ProbeRow[] = [
  {
    says: 'the application beside a sidecar is let in by STRICT, so a reset contradicts',
    rules: ['R182'],
    client: 'sidecar',
    container: 'app',
    carriedBy: 'sidecar',
    because: 'data-plane',
    reset: 'contradicts',
  },
  {
    says: 'the container of the sidecar itself is refused by STRICT, as a reset shows',
    rules: ['R142', 'R190'],
    client: 'sidecar',
    container: 'istio-proxy',
    carriedBy: 'none',
    because: 'proxy-container',
    reset: 'as-predicted',
  },
  {
    says: 'a curl in a gateway is refused by STRICT, although what the gateway forwards is not',
    rules: ['R142', 'R190'],
    client: 'gateway',
    container: 'istio-proxy',
    carriedBy: 'none',
    because: 'proxy-container',
    reset: 'as-predicted',
  },
  {
    says: 'a container that is only called istio-proxy, in a pod without a proxy',
    rules: ['R141', 'R190'],
    client: 'none',
    container: 'istio-proxy',
    carriedBy: 'none',
    because: 'no-proxy',
    reset: 'as-predicted',
  },
];

describe('a probe of a STRICT server is predicted for the container that it runs in', () => {
  rows(table, ({ client, container, carriedBy, because, reset }) => {
    const mesh = meshOf([
      pod('web/client', client),
      pod('shop/server', 'sidecar'),
      service('shop/server', { ports: ['http 8080:8080'] }),
      ...peerAuthentications(['shop/default STRICT']),
    ]);
    const workload = { kind: 'Pod', namespace: 'web', name: 'client' } as const;
    const from = { namespace: 'web', pod: 'client', container };
    const target = { scheme: 'http', host: 'server.shop', port: 8080, path: '/' } as const;
    const { connections, ends } = predict(mesh, curlProbe(from, workload, target, 10));
    assert.equal(ends.client.dataPlane, carriedBy);
    assert.equal(connections[0].because[0].kind, because);
    const seen = { exitCode: RESET, showsRequestHeaders: false, proxyFailure: false, stderr: '' };
    assert.equal(verdict(connections, seen, ends).kind, reset);
  });
});
