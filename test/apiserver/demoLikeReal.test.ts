import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startDemo } from '../../src/demo/demo.ts';
import type { Demo } from '../../src/demo/demo.ts';
import { parse } from 'yaml';
import { adminClient } from '../support/kubernetes/adminClient.ts';
import type { AdminClient, Answer, Json } from '../support/kubernetes/adminClient.ts';
import { createNamespace, peerAuthentication, policyPath } from './environment/objects.ts';
import { startTestCluster } from './environment.ts';

/**
 * The demo mesh teaches what clusters do, and most other tests write to it: what it answers to a write must be what a
 * real API server answers.
 */
const cluster = await startTestCluster();
let demo: Demo;
let demoAdmin: AdminClient;

before(async () => {
  demo = await startDemo({ meshes: ['tutorial'] });
  demoAdmin = demoClient(demo.kubeconfig);
  await createNamespace(cluster.admin, 'foo');
});
after(async () => {
  demoAdmin.close();
  await demo.dispose();
  await cluster.dispose();
});

const apply = 'application/apply-patch+yaml';
const merge = 'application/merge-patch+json';

/** One request; the path may depend on what the API server answered before. */
interface Request {
  readonly method: string;
  readonly path: string;
  readonly contentType?: string;
  readonly body?: unknown;
}

type Step = Request | ((before: readonly Answer[]) => Request);

interface Row {
  readonly name: string;
  /** Sent one after the other; every answer is compared. */
  readonly steps: readonly Step[];
}

const object = (name: string, query = '') => policyPath('foo', name) + query;

const applied = (name: string, mode: string, query: string): Request => ({
  method: 'PATCH',
  path: object(name, query),
  contentType: apply,
  body: peerAuthentication('foo', name, { mode }),
});

const merged = (name: string, body: Json, query = ''): Request => ({
  method: 'PATCH',
  path: object(name, query),
  contentType: merge,
  body,
});

const got = (name: string): Request => ({ method: 'GET', path: object(name) });

const deletion = (name: string, options: object = {}, query = ''): Request => ({
  method: 'DELETE',
  path: object(name, query),
  body: { apiVersion: 'v1', kind: 'DeleteOptions', ...options },
});

const created = (name: string): Request => ({
  method: 'POST',
  path: policyPath('foo'),
  body: peerAuthentication('foo', name, { mode: 'PERMISSIVE' }),
});

const versionIn = (answer: Answer | undefined): Json => {
  const { metadata } = (answer?.body ?? {}) as { metadata?: Json };
  return { uid: metadata?.['uid'], resourceVersion: metadata?.['resourceVersion'] };
};

const ours = '?fieldManager=istio-mtls';
const others = '?fieldManager=argocd-controller';

const rows: readonly Row[] = [
  {
    name: 'applying creates, changes, and says the same again',
    steps: [
      applied('a', 'PERMISSIVE', ours),
      applied('a', 'STRICT', ours),
      applied('a', 'STRICT', ours),
      got('a'),
    ],
  },
  {
    name: 'a dry run of apply stores nothing',
    steps: [applied('b', 'STRICT', `${ours}&dryRun=All`), got('b')],
  },
  {
    name: 'a dry run of a change leaves what is stored',
    steps: [
      applied('b2', 'PERMISSIVE', ours),
      applied('b2', 'STRICT', `${ours}&dryRun=All`),
      got('b2'),
    ],
  },
  {
    name: 'applying what another applies is a conflict, unless forced',
    steps: [
      applied('c', 'PERMISSIVE', others),
      applied('c', 'STRICT', ours),
      applied('c', 'STRICT', `${ours}&force=true`),
      got('c'),
    ],
  },
  {
    name: 'applying the same as another shares the field',
    steps: [applied('c2', 'STRICT', others), applied('c2', 'STRICT', ours)],
  },
  {
    name: 'applying what another updated is a conflict that names the version',
    steps: [created('c3'), applied('c3', 'STRICT', ours)],
  },
  {
    name: 'letting go of all fields of a map that another applied empty, and of one that nobody else applied',
    steps: [
      {
        ...applied('c4', 'STRICT', others),
        body: peerAuthentication('foo', 'c4', { spec: {} }),
      },
      applied('c4', 'STRICT', ours),
      { ...applied('c4', 'STRICT', ours), body: bare('c4') },
      applied('c5', 'STRICT', ours),
      { ...applied('c5', 'STRICT', ours), body: peerAuthentication('foo', 'c5', { spec: {} }) },
      { ...applied('c5', 'STRICT', ours), body: bare('c5') },
    ],
  },
  { name: 'applying without a field manager', steps: [applied('d', 'STRICT', '')] },
  {
    name: 'applying a name that is not the one of the path',
    steps: [{ ...applied('e', 'STRICT', ours), body: peerAuthentication('foo', 'f') }],
  },
  {
    name: 'applying to an older version, and to another uid',
    steps: [
      applied('g', 'PERMISSIVE', ours),
      applied('g', 'STRICT', ours),
      ([first]) => guarded('g', versionIn(first)),
      guarded('g', { uid: '00000000-0000-0000-0000-000000000000' }),
      guarded('g', { uid: '00000000-0000-0000-0000-000000000000', resourceVersion: '1' }),
      ([, second]) => guarded('g', versionIn(second)),
    ],
  },
  {
    name: 'applying to a version of what is not there any more',
    steps: [
      created('gone'),
      deletion('gone'),
      ([first]) => guarded('gone', versionIn(first)),
      ([first]) => guarded('gone', { resourceVersion: versionIn(first)['resourceVersion'] }),
      got('gone'),
    ],
  },
  {
    name: 'creating, twice',
    steps: [created('h'), created('h')],
  },
  {
    name: 'merging a field, and taking it away',
    steps: [
      created('i'),
      merged('i', { spec: { mtls: { mode: 'STRICT' } } }, ours),
      merged('i', { spec: { mtls: null } }, `${ours}&dryRun=All`),
      merged('i', { spec: { mtls: null }, metadata: { labels: { team: 'x' } } }, ours),
      got('i'),
    ],
  },
  {
    name: 'merging into an older version, and into nothing',
    steps: [
      created('j'),
      merged('j', { spec: { mtls: { mode: 'STRICT' } } }),
      ([first]) => merged('j', { metadata: versionIn(first), spec: {} }),
      merged('nowhere', { spec: {} }),
    ],
  },
  {
    name: 'deleting, twice',
    steps: [created('k'), deletion('k'), deletion('k')],
  },
  {
    name: 'a dry run of deleting, asked for in the body',
    steps: [created('l'), deletion('l', { dryRun: ['All'] }), got('l')],
  },
  {
    name: 'a dry run of deleting, asked for in the query alone',
    steps: [created('m'), { method: 'DELETE', path: object('m', '?dryRun=All') }, got('m')],
  },
  {
    name: 'a dry run of deleting, asked for in the query beside a body',
    steps: [created('n'), deletion('n', {}, '?dryRun=All'), got('n')],
  },
  {
    name: 'deleting another uid, an older version, and the right one',
    steps: [
      created('o'),
      merged('o', { metadata: { labels: { moved: 'on' } } }),
      deletion('o', { preconditions: { uid: '00000000-0000-0000-0000-000000000000' } }),
      ([first]) => deletion('o', { preconditions: versionIn(first) }),
      ([, second]) => deletion('o', { preconditions: versionIn(second) }),
      got('o'),
    ],
  },
  {
    name: 'a mode that does not exist',
    steps: [applied('p', 'STRCT', ours), got('p')],
  },
  {
    name: 'port modes without a selector, which a rule of Istio refuses',
    steps: [
      {
        ...applied('q', 'STRICT', ours),
        body: peerAuthentication('foo', 'q', {
          spec: { portLevelMtls: { 80: { mode: 'STRICT' } } },
        }),
      },
    ],
  },
  {
    name: 'a field that does not exist, strictly, with a warning, and silently',
    steps: ['Strict', 'Warn', 'Ignore'].map((validation) => ({
      ...applied('r', 'STRICT', `${ours}&fieldValidation=${validation}`),
      body: peerAuthentication('foo', 'r', { spec: { mtsl: { mode: 'STRICT' } } }),
    })),
  },
  {
    name: 'a namespace that does not exist',
    steps: [
      {
        method: 'PATCH',
        path: `${policyPath('nowhere', 's')}${ours}`,
        contentType: apply,
        body: peerAuthentication('nowhere', 's'),
      },
    ],
  },
];

/** An applied configuration that speaks of no field. */
function bare(name: string): unknown {
  const { apiVersion, kind, metadata } = peerAuthentication('foo', name);
  return { apiVersion, kind, metadata };
}

function guarded(name: string, only: Json): Request {
  const manifest = peerAuthentication('foo', name, { mode: 'DISABLE' });
  return {
    ...applied(name, 'DISABLE', ours),
    body: { ...manifest, metadata: { ...manifest.metadata, ...only } },
  };
}

describe('the demo mesh answers as a real API server does to', () => {
  for (const { name, steps } of rows) {
    test(name, async () => {
      const real = await answersOf(cluster.admin, steps);
      const shown = await answersOf(demoAdmin, steps);
      assert.deepEqual(shown.map(essence), real.map(essence));
    });
  }
});

test('the demo mesh answers as a real API server does to a write into a namespace that is going', async () => {
  await createNamespace(cluster.admin, 'legacy');
  const steps: readonly Step[] = [
    { method: 'DELETE', path: '/api/v1/namespaces/legacy' },
    {
      method: 'PATCH',
      path: `${policyPath('legacy', 'a')}${ours}`,
      contentType: apply,
      body: peerAuthentication('legacy', 'a'),
    },
  ];
  const [real, shown] = [
    await answersOf(cluster.admin, steps),
    await answersOf(demoAdmin, steps),
  ].map(([, write]) => write);
  assert.ok(real && shown);
  assert.deepEqual(essence(shown), essence(real));
});

async function answersOf(admin: AdminClient, steps: readonly Step[]): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  for (const step of steps) {
    const { path, ...options } = typeof step === 'function' ? step(answers) : step;
    answers.push(await admin.send(path, options));
  }
  return answers;
}

/** What may not differ: the status, an object's content and owners, and a refusal's reason, words and causes. */
function essence({ status, body }: Answer): Json {
  const { kind, reason, message, details, metadata, spec } = body as Json;
  if (kind === 'Status') {
    const { causes, name } = (details ?? {}) as Json;
    return {
      status,
      outcome: (body as Json)['status'],
      reason,
      message: plain(message),
      name,
      causes,
    };
  }
  const { name, labels, generation, managedFields } = metadata as Json;
  return { status, kind, name, labels, generation, spec, owners: ownersIn(managedFields) };
}

/** Versions and uids are each server's own. */
function plain(message: unknown): unknown {
  return typeof message === 'string'
    ? message.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'UID').replace(/\b\d{2,}\b/g, 'VERSION')
    : message;
}

function ownersIn(managedFields: unknown): unknown {
  const entries = (managedFields ?? []) as readonly Json[];
  return entries
    .map(({ manager, operation, fieldsV1 }) => [manager, operation, JSON.stringify(fieldsV1)])
    .toSorted((left, right) => (String(left) < String(right) ? -1 : 1));
}

function demoClient(kubeconfig: string): AdminClient {
  const { clusters, users } = parse(kubeconfig) as {
    readonly clusters: readonly [
      { readonly cluster: { readonly server: string; 'certificate-authority-data': string } },
    ];
    readonly users: readonly [{ readonly user: { readonly token: string } }];
  };
  const { server, 'certificate-authority-data': authority } = clusters[0].cluster;
  return adminClient(server, Buffer.from(authority, 'base64').toString(), users[0].user);
}
