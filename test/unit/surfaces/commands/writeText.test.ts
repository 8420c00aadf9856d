import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ClusterStatus } from '../../../../src/sources/cluster/clusterStatus.ts';
import type { KeepingTool } from '../../../../src/actions/managedBy.ts';
import {
  describeApplyWarning,
  describeWayOn,
  describeWriteRefusal,
  staleSentence,
} from '../../../../src/surfaces/commands/writeText.ts';

const since = Date.UTC(2026, 0, 1, 10, 20, 30);

const rows: readonly (readonly [status: ClusterStatus, sentence: RegExp | undefined])[] = [
  [{ kind: 'synced' }, undefined],
  [
    { kind: 'stale', since, cause: 'The connection was lost.' },
    /^The mesh below is not up to date since \S*20[:.]30.*: The connection was lost\.$/,
  ],
  [
    { kind: 'paused', since },
    /^The mesh below is as it was at \S*20[:.]30.*: the cluster is being read again\.$/,
  ],
  [
    { kind: 'failed', cause: 'The server refused the token.' },
    /^The mesh below is not up to date, because the cluster cannot be read: The server refused the token\.$/,
  ],
];

describe('before a write, a mesh that is not followed any more is called out of date', () => {
  for (const [status, sentence] of rows) {
    it(`while the cluster is ${status.kind}`, () => {
      const said = staleSentence(status);
      if (sentence === undefined) assert.equal(said, undefined);
      else assert.match(said ?? '', sentence);
    });
  }
});

const ref = { kind: 'PeerAuthentication', namespace: 'foo', name: 'default' } as const;

describe('before a write, who will take it back is named, and when', () => {
  const named: readonly (readonly [tool: KeepingTool, name: string | undefined, said: RegExp])[] = [
    ['argo-cd', 'shop', /^PeerAuthentication foo\/default is kept by Argo CD \(shop\).*heals/],
    ['argo-cd', undefined, /is kept by Argo CD, which will call it out of sync/],
    ['flux', 'infra', /is kept by Flux \(infra\).*when it reconciles next/],
    ['helm', 'mesh', /belongs to a Helm release \(mesh\), whose next upgrade/],
    ['istio-install', undefined, /belongs to the installation of Istio/],
    ['terraform', undefined, /is kept by Terraform, whose next run/],
    ['kubectl', undefined, /was applied from a file with kubectl/],
  ];
  for (const [tool, name, said] of named) {
    it(`${tool}${name === undefined ? '' : ` with a name`}`, () => {
      const by = { tool, ...(name !== undefined && { name }) };
      assert.match(describeApplyWarning({ kind: 'managed-by', ref, by }), said);
    });
  }
});

describe('a write that the server warns about', () => {
  it('is told in the words of the server', () => {
    const text = 'v1beta1 is deprecated';
    const said = describeApplyWarning({ kind: 'server', ref, text });
    assert.match(said, /^The API server warns about .+: v1beta1 is deprecated$/);
  });
});

describe('a write that others would have to make', () => {
  const conflict = {
    kind: 'conflict',
    ref,
    managers: [
      { manager: 'argocd-controller', tool: 'argo-cd', fields: ['spec.mtls.mode'] },
      { manager: 'platform-bot', fields: ['spec.selector', 'spec.mtls.mode'] },
    ],
  } as const;

  it('names who holds which field', () => {
    assert.equal(
      describeWriteRefusal(conflict),
      'PeerAuthentication foo/default is owned by "argocd-controller", that is Argo CD (spec.mtls.mode) and ' +
        '"platform-bot" (spec.selector, spec.mtls.mode), so nothing was written. Change it where it is kept.',
    );
  });

  it('says how each of them is brought to make it', () => {
    assert.equal(
      describeWayOn(conflict),
      'Commit it to the repository that Argo CD follows. Apply it with the program that writes as "platform-bot".',
    );
  });
});
