import type { MatrixData } from '../../../../src/surfaces/matrix/matrixData.ts';

/** Three clients of two servers, of which one refuses plaintext. */
export const exampleMatrix: MatrixData = {
  title: 'Connections of demo',
  clients: [
    { name: 'foo/sleep', namespace: 'foo' },
    { name: 'legacy/sleep', namespace: 'legacy' },
    { name: 'outside', namespace: '' },
  ],
  servers: [
    { name: 'httpbin.bar:8000', namespace: 'bar' },
    { name: 'httpbin.foo:8000', namespace: 'foo' },
  ],
  fates: [
    { symbol: 'M', words: 'mutual TLS', tone: 'safe' },
    { symbol: 'P', words: 'plaintext', tone: 'plain' },
    { symbol: 'X', words: 'refused', tone: 'refused' },
  ],
  predicted: [0, 0, 1, 2, 1, 2],
  observed: [],
  probed: [],
  unobserved: 'Nothing was asked about observed traffic.',
};

export const noneSeen = { observed: new Map(), probed: new Map() };
