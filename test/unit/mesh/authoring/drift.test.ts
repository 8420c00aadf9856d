import assert from 'node:assert/strict';
import { test } from 'node:test';
import { manifestDrift } from '../../../../src/mesh/authoring/drift.ts';
import type { Manifest } from '../../../../src/mesh/model/manifest.ts';

const policy = (spec: unknown, metadata: object = {}): Manifest => ({
  apiVersion: 'security.istio.io/v1',
  kind: 'PeerAuthentication',
  metadata: { name: 'default', namespace: 'foo', ...metadata },
  spec,
});
const deployment = (spec: unknown, more: object = {}): Manifest => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'httpbin', namespace: 'foo' },
  spec,
  ...more,
});

interface Case {
  readonly name: string;
  readonly file: Manifest;
  readonly live: Manifest;
  readonly differs: readonly string[];
}

const cases: readonly Case[] = [
  {
    name: 'a mode that is another one',
    file: policy({ mtls: { mode: 'STRICT' } }),
    live: policy({ mtls: { mode: 'PERMISSIVE' } }),
    differs: ['spec.mtls.mode: STRICT / PERMISSIVE'],
  },
  {
    name: 'a field of a policy that only the live object has',
    file: policy({ mtls: { mode: 'STRICT' } }),
    live: policy({ mtls: { mode: 'STRICT' }, portLevelMtls: { 8080: { mode: 'DISABLE' } } }),
    differs: ['spec.portLevelMtls.8080.mode: - / DISABLE'],
  },
  {
    name: 'not what the server keeps for itself, nor the version it stores',
    file: policy({ mtls: { mode: 'STRICT' } }),
    live: {
      ...policy(
        { mtls: { mode: 'STRICT' } },
        {
          uid: 'u',
          resourceVersion: '5',
          managedFields: [{}],
          annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}' },
        },
      ),
      apiVersion: 'security.istio.io/v1beta1',
      status: { observedGeneration: 1 },
    },
    differs: [],
  },
  {
    name: 'not an empty map that the server drops',
    file: policy({ mtls: { mode: 'STRICT' }, selector: { matchLabels: {} } }),
    live: policy({ mtls: { mode: 'STRICT' } }),
    differs: [],
  },
  {
    name: 'not what the server adds to its own kinds',
    file: deployment({ template: { spec: { containers: [{ name: 'a', image: 'a:1' }] } } }),
    live: deployment({
      replicas: 1,
      strategy: { type: 'RollingUpdate' },
      template: {
        spec: {
          containers: [{ name: 'a', image: 'a:1', terminationMessagePath: '/dev/x' }],
          restartPolicy: 'Always',
        },
      },
    }),
    differs: [],
  },
  {
    name: 'what the manifest names of such a kind',
    file: deployment({ replicas: 2, template: { spec: { containers: [{ image: 'a:2' }] } } }),
    live: deployment({ replicas: 1, template: { spec: { containers: [{ image: 'a:1' }] } } }),
    differs: ['spec.replicas: 2 / 1', 'spec.template.spec.containers.0.image: a:2 / a:1'],
  },
  {
    name: 'a list of another length as a whole',
    file: policy({ list: ['a', 'b'] }),
    live: policy({ list: ['a'] }),
    differs: ['spec.list: a,b / a'],
  },
  {
    name: 'not a number that the server keeps as text',
    file: deployment({ resources: { cpu: 1 } }),
    live: deployment({ resources: { cpu: '1' } }),
    differs: [],
  },
  {
    name: 'labels that the manifest names, and not those of others',
    file: policy({}, { labels: { team: 'a' } }),
    live: policy({}, { labels: { team: 'b', 'argocd.argoproj.io/instance': 'x' } }),
    differs: ['metadata.labels.team: a / b'],
  },
];

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.join();
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '-';
}

for (const { name, file, live, differs } of cases) {
  test(`drift counts ${name}`, () => {
    const said = manifestDrift(file, live).map(
      ({ path, file: mine, live: theirs }) =>
        `${path.join('.')}: ${shown(mine)} / ${shown(theirs)}`,
    );
    assert.deepEqual(said, differs);
  });
}
