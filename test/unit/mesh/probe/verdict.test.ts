import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Observation } from '../../../../src/mesh/probe/answer.ts';
import { describeVerdict } from '../../../../src/mesh/words/describeVerdict.ts';
import type { Verdict } from '../../../../src/mesh/probe/verdict.ts';
import { verdict } from '../../../../src/mesh/probe/verdict.ts';
import type { NonEmpty } from '../../../../src/mesh/model/reference.ts';
import type { Connection } from '../../../../src/mesh/connection/connection.ts';
import type { Outcome } from '../../../../src/mesh/model/explanation.ts';
import type { DataPlane } from '../../../../src/mesh/model/mode.ts';

const target = { scheme: 'http', host: 'httpbin.foo', port: 8000, path: '/' } as const;
const httpbin = { kind: 'Deployment', namespace: 'foo', name: 'httpbin' } as const;

function connection(outcome: Outcome): Connection {
  const because = [{ kind: 'auto-mtls' }] as const;
  return { outcome, because, workload: httpbin, workloadPort: 80, endpoints: 1, ofEndpoints: 1 };
}

const mutualTls = connection({ kind: 'mutual-tls', transport: 'istio' });
const hbone = connection({ kind: 'mutual-tls', transport: 'hbone' });
const plaintext = connection({ kind: 'plaintext' });
const refusedBare = connection({
  kind: 'refused',
  by: 'server',
  symptom: 'server-resets-plaintext',
});
const refusedProxied = connection({
  kind: 'refused',
  by: 'server',
  symptom: 'server-resets-proxy-plaintext',
});
const toNobody = connection({ kind: 'refused', by: 'client', symptom: 'no-endpoints' });
const unknown = connection({
  kind: 'unknown',
  missing: [{ kind: 'PeerAuthentication', namespace: 'foo', why: 'forbidden' }],
});

const nothing: Observation = {
  exitCode: 0,
  showsRequestHeaders: false,
  proxyFailure: false,
  stderr: '',
};
const ok: Observation = { ...nothing, httpStatus: 200 };
const echo: Observation = { ...ok, showsRequestHeaders: true };
const identified: Observation = { ...echo, peerIdentity: 'spiffe://cluster.local/ns/foo/sa/sleep' };
const proxy503: Observation = { ...nothing, httpStatus: 503, proxyFailure: true };
const exit = (exitCode: number): Observation => ({ ...nothing, exitCode });

interface Row {
  readonly name: string;
  readonly predicted: Connection | NonEmpty<Connection>;
  readonly seen: Observation;
  readonly client?: DataPlane;
  readonly server?: DataPlane;
  /** The server’s sidecar reads no HTTP on the port. */
  readonly bytes?: true;
  /** Kind of verdict, and its proof, contradiction or reason. */
  readonly is: readonly [Verdict['kind'], string?];
}

const rows: readonly Row[] = [
  {
    name: 'mutual TLS is proved by the identity that the server names [R66]',
    predicted: mutualTls,
    seen: identified,
    is: ['as-predicted', 'identity'],
  },
  {
    name: 'mutual TLS is not proved by an answer alone [R196]',
    predicted: mutualTls,
    seen: ok,
    is: ['as-predicted', 'outcome-only'],
  },
  {
    name: 'a sidecar that shows request headers without an identity contradicts mutual TLS [R66]',
    predicted: mutualTls,
    seen: echo,
    is: ['contradicts', 'plaintext-though-mutual-tls-predicted'],
  },
  {
    name: 'ztunnel adds no identity header, so its absence contradicts nothing [R66]',
    predicted: hbone,
    seen: echo,
    client: 'ambient',
    server: 'ambient',
    is: ['as-predicted', 'outcome-only'],
  },
  {
    name: 'plaintext to a sidecar is proved by the absence of an identity [R66]',
    predicted: plaintext,
    seen: echo,
    client: 'none',
    is: ['as-predicted', 'no-identity'],
  },
  {
    name: 'plaintext to a workload without a proxy shows nothing more',
    predicted: plaintext,
    seen: echo,
    server: 'none',
    is: ['as-predicted', 'outcome-only'],
  },
  {
    name: 'an identity contradicts plaintext',
    predicted: plaintext,
    seen: identified,
    is: ['contradicts', 'mutual-tls-though-plaintext-predicted'],
  },
  {
    name: 'a refused client without a proxy ends with curl 56 [R190]',
    predicted: refusedBare,
    seen: exit(56),
    client: 'none',
    is: ['as-predicted', 'outcome-only'],
  },
  {
    name: 'an orderly close of a refused client ends with curl 52 [R190]',
    predicted: refusedBare,
    seen: exit(52),
    client: 'none',
    is: ['as-predicted', 'outcome-only'],
  },
  {
    name: "a refused client with a sidecar sees its own proxy's 503 [R191]",
    predicted: refusedProxied,
    seen: proxy503,
    is: ['as-predicted', 'outcome-only'],
  },
  {
    name: 'an answer contradicts a predicted refusal',
    predicted: refusedBare,
    seen: ok,
    client: 'none',
    is: ['contradicts', 'answered-though-refusal-predicted'],
  },
  {
    name: 'a 404 of the server contradicts a predicted refusal just as well',
    predicted: refusedProxied,
    seen: { ...nothing, httpStatus: 404 },
    is: ['contradicts', 'answered-though-refusal-predicted'],
  },
  {
    name: "a 503 of the application itself is no proxy's refusal",
    predicted: refusedProxied,
    seen: { ...nothing, httpStatus: 503 },
    is: ['contradicts', 'answered-though-refusal-predicted'],
  },
  {
    name: 'a reset contradicts a predicted answer',
    predicted: plaintext,
    seen: exit(56),
    client: 'none',
    is: ['contradicts', 'refused-though-answer-predicted'],
  },
  {
    name: 'a failed TLS handshake contradicts a predicted answer',
    predicted: mutualTls,
    seen: exit(35),
    is: ['contradicts', 'refused-though-answer-predicted'],
  },
  {
    name: "a proxy's 503 where an answer was predicted has other causes too",
    predicted: mutualTls,
    seen: proxy503,
    is: ['inconclusive', 'proxy-could-not-reach-server'],
  },
  {
    name: 'a name that DNS does not know says nothing about TLS (curl 6)',
    predicted: refusedBare,
    seen: exit(6),
    client: 'none',
    is: ['inconclusive', 'name-not-resolved'],
  },
  {
    name: 'a name that DNS does not know needs no prediction (curl 6)',
    predicted: unknown,
    seen: exit(6),
    is: ['inconclusive', 'name-not-resolved'],
  },
  {
    name: 'a closed port needs no prediction (curl 7)',
    predicted: unknown,
    seen: exit(7),
    is: ['inconclusive', 'could-not-connect'],
  },
  {
    name: 'a time-out needs no prediction (curl 28)',
    predicted: unknown,
    seen: exit(28),
    is: ['inconclusive', 'timed-out'],
  },
  {
    name: 'a closed port says nothing about TLS (curl 7)',
    predicted: mutualTls,
    seen: exit(7),
    is: ['inconclusive', 'could-not-connect'],
  },
  {
    name: 'a time-out says nothing about TLS (curl 28)',
    predicted: mutualTls,
    seen: exit(28),
    is: ['inconclusive', 'timed-out'],
  },
  {
    name: 'a curl that is killed with its pod says nothing about TLS (exit 137)',
    predicted: mutualTls,
    seen: exit(137),
    is: ['inconclusive', 'killed'],
  },
  {
    name: 'any other end of curl says nothing about TLS',
    predicted: mutualTls,
    seen: exit(23),
    is: ['inconclusive', 'unexpected-failure'],
  },
  {
    name: 'of endpoints that differ one that fits is enough [R149]',
    predicted: [refusedBare, plaintext],
    seen: ok,
    client: 'none',
    is: ['as-predicted', 'outcome-only'],
  },
  {
    name: 'on a port that is not HTTP nobody is shown who the client is [R66]',
    predicted: mutualTls,
    seen: echo,
    bytes: true,
    is: ['as-predicted', 'outcome-only'],
  },
  {
    name: 'nor does that prove plaintext there [R66]',
    predicted: plaintext,
    seen: echo,
    bytes: true,
    is: ['as-predicted', 'outcome-only'],
  },
  {
    name: 'a client without a proxy cannot connect where nobody is [R149]',
    predicted: toNobody,
    seen: exit(7),
    client: 'none',
    is: ['as-predicted', 'outcome-only'],
  },
  {
    name: 'a sidecar answers for nobody [R149]',
    predicted: toNobody,
    seen: proxy503,
    is: ['as-predicted', 'outcome-only'],
  },
  {
    name: 'that a sidecar’s client cannot connect is no proof of that [R149]',
    predicted: toNobody,
    seen: exit(7),
    is: ['inconclusive', 'could-not-connect'],
  },
  {
    name: 'a route that leads nowhere ends in a 503 without a word [R313]',
    predicted: connection({ kind: 'refused', by: 'client', symptom: 'route-leads-nowhere' }),
    seen: { ...nothing, httpStatus: 503 },
    is: ['as-predicted', 'outcome-only'],
  },
  {
    name: 'what is unknown is not judged',
    predicted: unknown,
    seen: identified,
    is: ['no-prediction'],
  },
];

describe('the verdict on a probe', () => {
  for (const { name, predicted, seen, client = 'sidecar', server = 'sidecar', ...row } of rows) {
    const { is } = row;
    it(name, () => {
      const connections = 'outcome' in predicted ? ([predicted] as const) : predicted;
      const sight = { dataPlane: client, takesFor: 'HTTP', applicationTls: false } as const;
      const judged = verdict(connections, seen, {
        client: sight,
        namesClient: server === 'sidecar' && row.bytes !== true,
      });
      assert.deepEqual([judged.kind, detailOf(judged)].slice(0, is.length), is);
      assert.match(describeVerdict(judged, target), /^[A-Z].*\.$/);
    });
  }
});

function detailOf(judged: Verdict): string | undefined {
  switch (judged.kind) {
    case 'as-predicted':
      return judged.proof;
    case 'contradicts':
      return judged.how;
    case 'inconclusive':
      return judged.why;
    case 'no-prediction':
      return undefined;
    case 'could-not-run':
      return judged.why.kind;
  }
}
