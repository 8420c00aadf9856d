import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import {
  applyConfiguration,
  presentConfiguration,
} from '../../../src/actions/applyConfiguration.ts';
import { managedBy } from '../../../src/actions/managedBy.ts';
import { sameContent } from '../../../src/actions/manifestContent.ts';
import type { Manifest } from '../../../src/mesh/model/manifest.ts';

function deployment(metadata: object, template: object): Manifest {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'sleep', namespace: 'foo', uid: '1', resourceVersion: '7', ...metadata },
    spec: {
      replicas: 2,
      template: { metadata: template, spec: { containers: [{ name: 'sleep' }] } },
    },
    status: { replicas: 2 },
  };
}

const OURS = {
  managedFields: [
    {
      manager: 'istio-mtls',
      operation: 'Apply',
      fieldsV1: {
        'f:spec': { 'f:template': { 'f:metadata': { 'f:annotations': { 'f:restarted': {} } } } },
      },
    },
  ],
};

describe('what is applied', () => {
  const identity = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'sleep', namespace: 'foo' },
  };
  const rows: readonly (readonly [string, Manifest, Manifest, object])[] = [
    [
      'is only what differs',
      deployment({}, { labels: { app: 'sleep' } }),
      deployment({}, { labels: { app: 'sleep', inject: 'true' } }),
      { ...identity, spec: { template: { metadata: { labels: { inject: 'true' } } } } },
    ],
    [
      'holds on to what we own already',
      deployment(OURS, { labels: { app: 'sleep' }, annotations: { restarted: 'then' } }),
      deployment(OURS, {
        labels: { app: 'sleep', inject: 'true' },
        annotations: { restarted: 'then' },
      }),
      {
        ...identity,
        spec: {
          template: {
            metadata: { labels: { inject: 'true' }, annotations: { restarted: 'then' } },
          },
        },
      },
    ],
    [
      'leaves out what we own and want gone',
      deployment(OURS, {
        labels: { app: 'sleep' },
        annotations: { restarted: 'then', other: 'x' },
      }),
      deployment(OURS, { labels: { app: 'sleep' }, annotations: { other: 'x' } }),
      identity,
    ],
  ];
  for (const [name, live, after, expected] of rows) {
    it(name, () => {
      assert.deepEqual(JSON.parse(JSON.stringify(applyConfiguration(live, after))), expected);
    });
  }

  it('to a new object is all of it, without what only a server writes', () => {
    const { apiVersion, kind, spec } = deployment({}, {}) as Manifest & { spec: object };
    assert.deepEqual(applyConfiguration(undefined, deployment({}, {})), {
      apiVersion,
      kind,
      spec,
      metadata: identity.metadata,
    });
  });

  it('at present is what our manager owns', () => {
    const live = deployment(OURS, { labels: { app: 'sleep' }, annotations: { restarted: 'then' } });
    assert.deepEqual(JSON.parse(JSON.stringify(presentConfiguration(live))), {
      ...identity,
      spec: { template: { metadata: { annotations: { restarted: 'then' } } } },
    });
  });
});

describe('two states of an object', () => {
  const rows: readonly (readonly [string, Manifest, boolean])[] = [
    [
      'are the same in another version with another status',
      { ...deployment({ resourceVersion: '9' }, {}), status: {} },
      true,
    ],
    [
      'are the same when the Deployment controller counted',
      deployment({ annotations: { 'deployment.kubernetes.io/revision': '2' } }, {}),
      true,
    ],
    ['differ in a label', deployment({ labels: { a: 'b' } }, {}), false],
    ['differ in their spec', deployment({}, { labels: { a: 'b' } }), false],
  ];
  for (const [name, other, expected] of rows) {
    it(name, () => {
      assert.equal(sameContent(deployment({}, {}), other), expected);
    });
  }
});

describe('who else looks after an object', () => {
  const by = (manager: string, operation = 'Update'): object => ({
    managedFields: [{ manager, operation, fieldsV1: {} }],
  });
  const argoCd = { tool: 'argo-cd' };
  const applied = { 'kubectl.kubernetes.io/last-applied-configuration': '{}' };
  const rows: readonly (readonly [string, object, unknown])[] = [
    [
      'Argo CD by its tracking annotation',
      { annotations: { 'argocd.argoproj.io/tracking-id': 'mesh:x/y:foo/z' } },
      { tool: 'argo-cd', name: 'mesh' },
    ],
    ['Argo CD by its manager', by('argocd-controller'), argoCd],
    [
      'Flux by its kustomization',
      { labels: { 'kustomize.toolkit.fluxcd.io/name': 'infra' } },
      { tool: 'flux', name: 'infra' },
    ],
    ['Flux by its manager', by('kustomize-controller'), { tool: 'flux' }],
    [
      'Helm by its release',
      { annotations: { 'meta.helm.sh/release-name': 'istio' } },
      { tool: 'helm', name: 'istio' },
    ],
    ['Helm by its label', { labels: { 'app.kubernetes.io/managed-by': 'Helm' } }, { tool: 'helm' }],
    [
      'Argo CD by its tracking label',
      { labels: { 'argocd.argoproj.io/instance': 'mesh' } },
      { tool: 'argo-cd', name: 'mesh' },
    ],
    ['Argo CD by its application controller', by('argocd-application-controller'), argoCd],
    [
      'Flux by its Helm release',
      { labels: { 'helm.toolkit.fluxcd.io/name': 'infra' } },
      { tool: 'flux', name: 'infra' },
    ],
    ['Flux by its Helm controller', by('helm-controller'), { tool: 'flux' }],
    ['Helm by its manager', by('helm'), { tool: 'helm' }],
    [
      "Istio's installer by its label",
      { labels: { 'install.operator.istio.io/owning-resource': 'installed-state' } },
      { tool: 'istio-install', name: 'installed-state' },
    ],
    ["Istio's installer by its manager", by('istio-operator'), { tool: 'istio-install' }],
    ['Terraform by its manager', by('Terraform'), { tool: 'terraform' }],
    ["Terraform by its provider's manager", by('HashiCorp'), { tool: 'terraform' }],
    ['kubectl by the file that it applied', { annotations: applied }, { tool: 'kubectl' }],
    ['kubectl by a file applied on the server', by('kubectl', 'Apply'), { tool: 'kubectl' }],
    [
      'Argo CD, although it was applied with kubectl once',
      { ...by('argocd-controller'), annotations: applied },
      argoCd,
    ],
    ['nobody after scaling by hand', by('kubectl'), undefined],
    ['nobody after editing by hand', by('kubectl-edit'), undefined],
    ['nobody by a name that only begins alike', by('helmsman', 'Apply'), undefined],
    ['nobody', {}, undefined],
  ];
  for (const [name, metadata, expected] of rows) {
    it(name, () => {
      assert.deepEqual(managedBy(deployment(metadata, {})), expected);
    });
  }
});
