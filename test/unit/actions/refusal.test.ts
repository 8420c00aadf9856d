import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import type { WriteRefusal } from '../../../src/actions/refusal.ts';
import { refusalOf } from '../../../src/actions/refusal.ts';
import type { KubeFailure } from '../../../src/sources/transport/kubeFailure.ts';
import { KUBE_RESOURCES } from '../../../src/sources/cluster/kubeResource.ts';

const ref = { kind: 'PeerAuthentication', namespace: 'foo', name: 'default' } as const;
const resource = KUBE_RESOURCES.find(({ kind }) => kind === ref.kind);
assert.ok(resource);
const apiVersion = 'security.istio.io/v1';
const target = { kind: 'target', ref, resource, apiVersion, path: '/p' } as const;

type Status = Extract<KubeFailure, { kind: 'status' }>;

function status(code: number, message: string, causes: Status['causes'] = []): Status {
  return { kind: 'status', status: code, reason: '', message, causes };
}

const conflictWith = (manager: string, field: string): Status['causes'][number] => ({
  reason: 'FieldManagerConflict',
  message: `conflict with ${JSON.stringify(manager)} using security.istio.io/v1`,
  field,
});

const skippedRules = {
  reason: 'FieldValueInvalid',
  message: 'Invalid value: null: some validation rules were not checked',
  field: '<nil>',
};

interface Row {
  readonly name: string;
  readonly failure: KubeFailure;
  readonly expected: Partial<WriteRefusal>;
}

const rows: readonly Row[] = [
  {
    name: 'what a webhook says is cut, on one line, and hides no character',
    failure: status(
      403,
      `admission webhook "w" denied the request: \u001b[31mno\u202e\n${'x'.repeat(2_000)}`,
    ),
    expected: {
      kind: 'invalid',
      ref,
      causes: [
        `${`admission webhook "w" denied the request: \ufffd[31mno\ufffd ${'x'.repeat(300)}`.slice(0, 300)}…`,
      ],
    },
  },
  {
    name: 'of many causes the first are named, and the rest counted',
    failure: status(
      422,
      'invalid',
      Array.from({ length: 8 }, (_, at) => ({
        reason: 'FieldValueInvalid',
        message: `wrong\u0007`,
        field: `spec.f${at}`,
      })),
    ),
    expected: {
      kind: 'invalid',
      ref,
      causes: [0, 1, 2, 3, 4].map((at) => `spec.f${at}: wrong\ufffd`).concat('and 3 more'),
    },
  },
  {
    name: 'missing permissions are denied',
    failure: status(403, 'peerauthentications is forbidden: User "x" cannot patch resource'),
    expected: { kind: 'denied', verb: 'patch', resource: 'peerauthentications', namespace: 'foo' },
  },
  {
    name: 'a namespace that is going is no question of permissions',
    failure: status(403, 'forbidden: unable to create new content in namespace foo', [
      {
        reason: 'NamespaceTerminating',
        message: 'is being terminated',
        field: 'metadata.namespace',
      },
    ]),
    expected: { kind: 'failed', ref, cause: 'namespace foo is being deleted.' },
  },
  {
    name: 'a webhook is quoted, whatever its status',
    failure: status(
      403,
      'admission webhook "policy.example.com" denied the request: no STRICT on Fridays',
    ),
    expected: {
      kind: 'invalid',
      ref,
      causes: ['admission webhook "policy.example.com" denied the request: no STRICT on Fridays'],
    },
  },
  {
    name: 'a field that others hold is a conflict with each of them, and the program is known',
    failure: status(409, 'Apply failed with 3 conflicts', [
      conflictWith('argocd-controller', '.spec.mtls.mode'),
      conflictWith('argocd-controller', '.spec.selector'),
      conflictWith('platform-bot', '.spec.mtls.mode'),
    ]),
    expected: {
      kind: 'conflict',
      ref,
      managers: [
        {
          manager: 'argocd-controller',
          tool: 'argo-cd',
          fields: ['spec.mtls.mode', 'spec.selector'],
        },
        { manager: 'platform-bot', fields: ['spec.mtls.mode'] },
      ],
    },
  },
  {
    name: 'another version is a change since',
    failure: status(409, 'the object has been modified'),
    expected: { kind: 'changed-since', ref },
  },
  {
    name: 'rules that were not reached are not told beside what is wrong',
    failure: status(422, 'is invalid', [
      {
        reason: 'FieldValueNotSupported',
        message: 'Unsupported value: "X"',
        field: 'spec.mtls.mode',
      },
      skippedRules,
    ]),
    expected: { kind: 'invalid', ref, causes: ['spec.mtls.mode: Unsupported value: "X"'] },
  },
  {
    name: 'a refusal without causes is quoted',
    failure: status(400, 'strict decoding error: unknown field "spec.mtsl"'),
    expected: {
      kind: 'invalid',
      ref,
      causes: ['strict decoding error: unknown field "spec.mtsl"'],
    },
  },
  {
    name: 'a cause without a field stands for itself',
    failure: status(422, 'is invalid', [{ reason: '', message: 'no selector', field: '' }]),
    expected: { kind: 'invalid', ref, causes: ['no selector'] },
  },
];

describe('why a write was refused:', () => {
  for (const { name, failure, expected } of rows) {
    it(name, () => {
      assert.deepEqual(refusalOf(failure, target, 'patch'), expected);
    });
  }

  for (const failure of [
    status(500, 'etcdserver: request timed out'),
    { kind: 'unreachable', cause: 'connection reset' },
  ] as const) {
    it(`a ${failure.kind} failure is told as it is`, () => {
      const refusal = refusalOf(failure, target, 'patch');
      assert.equal(refusal.kind, 'failed');
      assert.match(refusal.cause, /etcdserver|connection reset/);
    });
  }
});
