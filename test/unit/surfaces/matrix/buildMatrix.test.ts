import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { finish } from '../../../../src/mesh/connection/steps.ts';
import { matrixSteps, type MatrixQuestion } from '../../../../src/surfaces/matrix/buildMatrix.ts';
import { policy, tutorialMesh } from '../tree/tutorialMesh.ts';

const sleep = (namespace: string): MatrixQuestion['clients'][number] => ({
  name: `${namespace}/sleep`,
  namespace,
  client: { kind: 'workload', workload: { kind: 'Deployment', namespace, name: 'sleep' } },
});

const question: MatrixQuestion = {
  title: 'Connections',
  clients: [sleep('foo'), sleep('legacy')],
  servers: [
    {
      name: 'httpbin.foo:8000',
      namespace: 'foo',
      to: { host: 'httpbin.foo.svc.cluster.local', port: 8000 },
    },
  ],
};

const strict = policy('foo/default', '{ mtls: { mode: STRICT } }');

function symbols(of: readonly number[], data: { readonly fates: readonly { symbol: string }[] }) {
  return of.map((number) => data.fates[number]?.symbol);
}

describe('a matrix of a mesh', () => {
  it('tells what is predicted of each pair, and of each after a change', () => {
    const data = finish(
      matrixSteps(tutorialMesh(), { ...question, changed: tutorialMesh(strict) }),
    );
    assert.deepEqual(symbols(data.predicted, data), ['M', 'P']);
    assert.deepEqual(symbols(data.after ?? [], data), ['M', 'X']);
  });

  it('puts what was observed beside it, and marks what is not as predicted', () => {
    const window = { from: 0, to: 1 };
    const call = (namespace: string, wire: 'mutual-tls' | 'plaintext') =>
      ({
        caller: { kind: 'workload', workload: { kind: 'Deployment', namespace, name: 'sleep' } },
        server: { kind: 'Deployment', namespace: 'foo', name: 'httpbin' },
        wire,
        count: 12,
        unit: 'requests',
        source: 'prometheus',
      }) as const;
    const data = finish(
      matrixSteps(tutorialMesh(), {
        ...question,
        evidence: {
          asked: window,
          sources: [
            { kind: 'prometheus', where: 'here', window, blindSpots: [], heard: new Map() },
          ],
          absent: [],
          calls: [call('foo', 'plaintext'), call('legacy', 'plaintext')],
        },
      }),
    );
    assert.deepEqual(
      data.observed.map(([pair, { fate, unlike }]) => [pair, fate.words, unlike]),
      [
        [0, 'plaintext, 12 times', true],
        [1, 'plaintext, 12 times', false],
      ],
    );
    assert.equal(data.unobserved, '');
  });

  it('says that nothing was observed where nobody asked', () => {
    const { observed, unobserved } = finish(matrixSteps(tutorialMesh(), question));
    assert.deepEqual(observed, []);
    assert.equal(unobserved, 'Nothing was asked about observed traffic.');
  });
});
