import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';

import { awaitReport } from '../../../src/actions/awaitReport.ts';
import type { Step } from '../../../src/actions/step.ts';
import type { Manifest } from '../../../src/mesh/model/manifest.ts';
import { KUBE_RESOURCES } from '../../../src/sources/cluster/kubeResource.ts';
import type { KubeResponse, KubeTransport } from '../../../src/sources/transport/transport.ts';

const ref = { kind: 'PeerAuthentication', namespace: 'foo', name: 'default' } as const;

function policy(uid: string, resourceVersion: string, mode: string, more: object = {}): Manifest {
  return {
    apiVersion: 'security.istio.io/v1',
    kind: ref.kind,
    metadata: { name: ref.name, namespace: ref.namespace, uid, resourceVersion, ...more },
    spec: { mtls: { mode } },
  };
}

const gone: KubeResponse = {
  kind: 'status',
  status: 404,
  reason: 'NotFound',
  message: 'not found',
  causes: [],
};
const there = (body: Manifest): KubeResponse => ({ kind: 'ok', status: 200, body });
const before = policy('u1', '10', 'PERMISSIVE');

interface Row {
  readonly name: string;
  readonly before?: Manifest;
  /** Absent for a deletion. */
  readonly written?: Manifest;
  /** What reading answers, one after the other; the last one again and again. */
  readonly answers: readonly KubeResponse[];
  /** How often it has to be read; undefined when it is never reported. */
  readonly reads?: number;
  readonly says?: RegExp;
}

const rows: readonly Row[] = [
  {
    name: 'a changed object is reported in the version that was written',
    before,
    written: policy('u1', '11', 'STRICT'),
    answers: [there(policy('u1', '11', 'STRICT'))],
    reads: 1,
  },
  {
    name: 'a stale answer from before the change does not count, although it is the same object',
    before,
    written: policy('u1', '11', 'STRICT'),
    answers: [there(before), there(before), there(policy('u1', '11', 'STRICT'))],
    reads: 3,
  },
  {
    name: 'a later version with the same content counts',
    before,
    written: policy('u1', '11', 'STRICT'),
    answers: [there(policy('u1', '9', 'STRICT', { generation: 4 }))],
    reads: 1,
  },
  {
    name: 'a created object is reported once it is there',
    written: policy('u2', '11', 'STRICT'),
    answers: [gone, there(policy('u2', '11', 'STRICT'))],
    reads: 2,
  },
  {
    name: 'another object of the same name is not the one that was created',
    written: policy('u2', '11', 'STRICT'),
    answers: [there(policy('u3', '12', 'STRICT'))],
    says: /reports another state of the object/,
  },
  {
    name: 'what somebody changed again at once is not called done',
    before,
    written: policy('u1', '11', 'STRICT'),
    answers: [there(policy('u1', '12', 'DISABLE'))],
    says: /reports another state of the object/,
  },
  {
    name: 'a deleted object is gone after a stale answer',
    before,
    answers: [there(before), gone],
    reads: 2,
  },
  {
    name: 'a deleted object that a finalizer holds is going',
    before,
    answers: [there(policy('u1', '11', 'PERMISSIVE', { deletionTimestamp: 'now' }))],
    reads: 1,
  },
  {
    name: 'a deleted object may have been made anew by somebody',
    before,
    answers: [there(policy('u9', '12', 'PERMISSIVE'))],
    reads: 1,
  },
  {
    name: 'a deleted object that stays is said not to be reported',
    before,
    answers: [there(before)],
    says: /took the change but does not report it/,
  },
  {
    name: 'a server that cannot be reached any more reports nothing',
    before,
    written: policy('u1', '11', 'STRICT'),
    answers: [{ kind: 'unreachable', cause: 'reset' }],
    says: /took the change but does not report it/,
  },
];

describe('a write counts as done when the cluster reports it:', () => {
  for (const row of rows) {
    it(row.name, async () => {
      const limit = new AbortController();
      const timeout = mock.method(AbortSignal, 'timeout', () => limit.signal);
      let reads = 0;
      const request = (): Promise<KubeResponse> => {
        const answer = row.answers[Math.min(reads, row.answers.length - 1)] ?? gone;
        reads += 1;
        if (reads === row.answers.length + 1) limit.abort();
        return Promise.resolve(answer);
      };
      const refusal = await awaitReport(
        { request } as unknown as KubeTransport,
        stepOf(row),
        row.written,
        new AbortController().signal,
      );
      timeout.mock.restore();
      if (row.says === undefined) assert.deepEqual([refusal, reads], [undefined, row.reads]);
      else assert.match(refusal?.kind === 'failed' ? refusal.cause : '', row.says);
    });
  }
});

function stepOf(row: Row): Step {
  const resource = KUBE_RESOURCES.find(({ kind }) => kind === ref.kind);
  assert.ok(resource);
  const apiVersion = 'security.istio.io/v1';
  return {
    kind: 'step',
    target: { kind: 'target', ref, resource, apiVersion, path: '/policy' },
    change: { ref, before: row.before, after: row.written },
    live: row.before,
    configuration: row.written,
    managedBy: undefined,
    serverWarnings: [],
  };
}
