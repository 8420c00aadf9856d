import { describe } from 'node:test';
import { destinationRule, meshConfig, namespace } from '../../../support/meshNotation.ts';
import { rows } from '../../../support/meshRules.ts';
import { checkCall, server, sidecarObject, strict, type CallRow } from '../client/callRow.ts';

const table: readonly CallRow[] = [
  {
    says: 'a namespace that discoverySelectors leave out has no services for clients, nor policies',
    rules: ['R3', 'R144'],
    given: [
      meshConfig('discoverySelectors:\n- matchLabels:\n    mesh: "on"\n'),
      namespace('web', 'mesh=on'),
      namespace('shop'),
      ...server,
      ...strict,
    ],
    outcomes: ['plaintext'],
    because: ['host-not-discovered'],
  },
  {
    says: 'nor does its own rule count for clients there',
    rules: ['R3', 'R152'],
    given: [
      meshConfig('discoverySelectors:\n- matchLabels:\n    mesh: "on"\n'),
      namespace('web'),
      namespace('shop', 'mesh=on'),
      ...server,
      destinationRule('web/server', { tls: 'DISABLE' }),
    ],
    outcomes: ['mutual-tls'],
  },
  {
    says: 'nor its Sidecar',
    rules: ['R3', 'R144'],
    given: [
      meshConfig('discoverySelectors:\n- matchLabels:\n    mesh: "on"\n'),
      namespace('web'),
      namespace('shop', 'mesh=on'),
      ...server,
      sidecarObject('web/default', ['./*']),
    ],
    outcomes: ['mutual-tls'],
  },
  {
    says: 'an egress listener for another port imports nothing for this one',
    rules: ['R144'],
    given: [
      ...server,
      sidecarObject('web/default', [], {
        egress: [{ port: { number: 9090 }, hosts: ['*/*'] }, { hosts: ['./*'] }],
      }),
    ],
    outcomes: ['plaintext'],
    because: ['host-not-imported'],
  },
  {
    says: 'a Sidecar that selects the client goes before that of its namespace',
    rules: ['R144'],
    given: [
      ...server,
      sidecarObject('web/default', ['./*']),
      sidecarObject('web/own', ['*/*'], { workloadSelector: { labels: { app: 'client' } } }),
    ],
    outcomes: ['mutual-tls'],
  },
];

describe('what a client’s proxy knows', () => {
  rows(table, checkCall);
});
