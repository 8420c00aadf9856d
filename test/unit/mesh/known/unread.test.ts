import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { workloadsIn, type Mesh } from '../../../../src/mesh/snapshot/mesh.ts';
import type { WorkloadRef } from '../../../../src/mesh/model/reference.ts';
import { connect, type Client } from '../../../../src/mesh/connection/connection.ts';
import type { MissingFact } from '../../../../src/mesh/model/explanation.ts';
import { meshMtls, namespaceMtls } from '../../../../src/mesh/server/namespaceMtls.ts';
import { workloadMtls } from '../../../../src/mesh/server/workloadMtls.ts';
import {
  istiod,
  meshConfig,
  meshOf,
  namespace,
  peerAuthentications,
  pod,
  service,
  type Json,
  type MeshOptions,
} from '../../../support/meshNotation.ts';

function deployment(at: string): Json {
  const [place, name] = at.split('/');
  const template = {
    metadata: { labels: { app: name } },
    spec: { containers: [{ name: 'app', ports: [{ containerPort: 8080 }] }] },
  };
  const spec = { selector: { matchLabels: { app: name } }, template };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { namespace: place, name }, spec };
}

function ref(at: string, kind: WorkloadRef['kind'] = 'Deployment'): WorkloadRef {
  const [place = '', name = ''] = at.split('/');
  return { kind, namespace: place, name };
}

const outside: Client = { kind: 'outside' };
const cli: Client = { kind: 'workload', workload: ref('foo/cli') };
const far: Client = { kind: 'workload', workload: ref('bar/far', 'Pod') };

/** Two Deployments that injection would give sidecars, and a client elsewhere whose pod was read. */
const unseenPods = [
  namespace('foo', 'istio-injection=enabled'),
  namespace('bar', 'istio-injection=enabled'),
  deployment('foo/cli'),
  deployment('foo/web'),
  service('foo/web'),
  pod('bar/far', 'sidecar'),
  pod('bar/seen', 'sidecar'),
  service('bar/seen'),
  ...peerAuthentications(['foo/default STRICT', 'bar/default STRICT']),
];

function outcomeOf(mesh: Mesh, client: Client, host: string): string {
  const [{ outcome }] = connect(mesh, client, { host, port: 8080 });
  if (outcome.kind === 'unknown') return `unknown ${outcome.missing[0].kind}`;
  return outcome.kind === 'refused' ? outcome.symptom : outcome.kind;
}

const everywhere: readonly MissingFact[] = [{ kind: 'Pod', namespace: '', why: 'forbidden' }];
const onlyInFoo: readonly MissingFact[] = [{ kind: 'Pod', namespace: 'foo', why: 'forbidden' }];

interface CallRow {
  readonly says: string;
  readonly missing: readonly MissingFact[];
  readonly client: Client;
  readonly host: string;
  readonly outcome: string;
}

const calls: readonly CallRow[] = [
  {
    says: 'between Deployments without pods is what injection would make of them, where no pod is hidden',
    missing: [],
    client: cli,
    host: 'web.foo',
    outcome: 'mutual-tls',
  },
  {
    says: 'from outside is refused where no pod is hidden',
    missing: [],
    client: outside,
    host: 'web.foo',
    outcome: 'server-resets-plaintext',
  },
  {
    says: 'between Deployments is unknown while pods may not be listed',
    missing: everywhere,
    client: cli,
    host: 'web.foo',
    outcome: 'unknown Pod',
  },
  {
    says: 'from outside is unknown while the server’s pods may not be listed',
    missing: everywhere,
    client: outside,
    host: 'web.foo',
    outcome: 'unknown Pod',
  },
  {
    says: 'from outside is unknown while the pods of the server’s namespace may not be listed',
    missing: onlyInFoo,
    client: outside,
    host: 'web.foo',
    outcome: 'unknown Pod',
  },
  {
    says: 'from a pod that was read is unknown where the server’s pods may not be listed',
    missing: onlyInFoo,
    client: far,
    host: 'web.foo',
    outcome: 'unknown Pod',
  },
  {
    says: 'of a pod that was read is unknown where the client’s pods may not be listed',
    missing: onlyInFoo,
    client: cli,
    host: 'seen.bar',
    outcome: 'unknown Pod',
  },
  {
    says: 'between pods that were read is known whatever is hidden elsewhere',
    missing: onlyInFoo,
    client: far,
    host: 'seen.bar',
    outcome: 'mutual-tls',
  },
];

describe('a connection', () => {
  for (const { says, missing, client, host, outcome } of calls) {
    it(says, () => {
      const mesh = meshOf(unseenPods, { missing });
      assert.equal(outcomeOf(mesh, client, host), outcome);
    });
  }

  it('gives as the reason what could not be read, not what the templates would become', () => {
    const mesh = meshOf(unseenPods, { missing: onlyInFoo });
    const fact = onlyInFoo[0];
    for (const [client, host] of [
      [cli, 'seen.bar'],
      [outside, 'web.foo'],
    ] as const) {
      const [{ because }] = connect(mesh, client, { host, port: 8080 });
      assert.deepEqual(because.at(-1), { kind: 'not-readable', fact });
      assert.ok(because.every(({ kind }) => kind !== 'data-plane' && kind !== 'server-mode'));
    }
  });
});

describe('a namespace whose pods may not be listed', () => {
  it('has an unknown data plane, with controllers and without', () => {
    const rows = [
      [[], 'sidecar', 'none'],
      [onlyInFoo, 'unknown', 'none'],
      [everywhere, 'unknown', 'unknown'],
    ] as const;
    for (const [missing, foo, empty] of rows) {
      const mesh = meshOf([...unseenPods, namespace('empty')], { missing });
      assert.equal(namespaceMtls(mesh, 'foo').dataPlane, foo);
      assert.equal(namespaceMtls(mesh, 'empty').dataPlane, empty);
    }
  });
});

const hiddenConfig: readonly MissingFact[] = [
  { kind: 'ConfigMap', namespace: '', why: 'forbidden' },
];
const hiddenInSystem: readonly MissingFact[] = [
  { kind: 'ConfigMap', namespace: 'istio-system', why: 'forbidden' },
];
const strictRoot = [
  namespace('foo'),
  pod('foo/web', 'sidecar'),
  service('foo/web'),
  ...peerAuthentications(['mesh-root/default STRICT']),
];
/** A control plane outside istio-system whose mesh config was read. */
const elsewhere = { namespace: 'istio-control' };
function inControl(manifest: Json): Json {
  return { ...manifest, metadata: { ...(manifest['metadata'] as Json), ...elsewhere } };
}
const controlElsewhere = [
  inControl(istiod({})),
  inControl(meshConfig('rootNamespace: mesh-root\n')),
];

interface ModeRow extends MeshOptions {
  readonly says: string;
  readonly more?: readonly Json[];
  readonly mode: string;
}

const modes: readonly ModeRow[] = [
  {
    says: 'follows the root namespace that the mesh config names',
    more: [meshConfig('rootNamespace: mesh-root\n')],
    mode: 'STRICT',
  },
  {
    says: 'is unknown while the mesh config, which names the root namespace, may not be read',
    missing: hiddenConfig,
    mode: 'unknown ConfigMap',
  },
  {
    says: 'is unknown while the config maps of the control plane’s namespace may not be read',
    missing: hiddenInSystem,
    mode: 'unknown ConfigMap',
  },
  {
    says: 'is known without the mesh config where a setting names the root namespace',
    missing: hiddenConfig,
    overrides: { rootNamespace: 'mesh-root' },
    mode: 'STRICT',
  },
  {
    says: 'is known where a file gives the mesh config',
    missing: hiddenConfig,
    overrides: { meshConfig: { rootNamespace: 'mesh-root' } },
    mode: 'STRICT',
  },
  {
    says: 'is known where the one control plane keeps its config in another namespace',
    more: controlElsewhere,
    missing: hiddenInSystem,
    mode: 'STRICT',
  },
  {
    says: 'is unknown where the hidden namespace has a control plane as well',
    more: [...controlElsewhere, istiod({})],
    missing: hiddenInSystem,
    mode: 'unknown ConfigMap',
  },
  {
    says: 'is unknown where nobody knows which namespaces have a control plane',
    more: controlElsewhere,
    missing: [...hiddenInSystem, { kind: 'Deployment', namespace: '', why: 'forbidden' }],
    mode: 'unknown ConfigMap',
  },
];

function modesOf(mesh: Mesh): readonly string[] {
  const [workload] = workloadsIn(mesh, 'foo');
  assert.ok(workload);
  const answers = [meshMtls(mesh), namespaceMtls(mesh, 'foo'), workloadMtls(mesh, workload)];
  return answers.map(({ mode, unknown }) =>
    unknown === undefined ? mode : `unknown ${unknown[0].kind}`,
  );
}

describe('the mode of a mesh, a namespace and a workload', () => {
  for (const { says, more = [], mode, ...options } of modes) {
    it(says, () => {
      const mesh = meshOf([...strictRoot, ...more], options);
      assert.deepEqual(modesOf(mesh), [mode, mode, mode]);
    });
  }

  it('is unknown exactly where what a client outside meets is', () => {
    for (const { more = [], mode, ...options } of modes) {
      const outcome = outcomeOf(meshOf([...strictRoot, ...more], options), outside, 'web.foo');
      assert.equal(outcome, mode === 'STRICT' ? 'server-resets-plaintext' : mode);
    }
  });
});
