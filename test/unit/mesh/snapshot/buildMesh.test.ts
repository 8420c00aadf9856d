import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildMesh, updateMesh } from '../../../../src/mesh/snapshot/buildMesh.ts';
import {
  allWorkloads,
  findWorkload,
  namespacesOf,
  servicesSelecting,
  workloadOfPod,
  workloadsBehind,
  workloadsIn,
  servicesIn,
} from '../../../../src/mesh/snapshot/mesh.ts';
import { meshMtls, namespaceMtls } from '../../../../src/mesh/server/namespaceMtls.ts';
import { policiesActingOn } from '../../../../src/mesh/policy/actingPolicies.ts';
import { effectiveMode } from '../../../../src/mesh/policy/serverMode.ts';
import { workloadMtls } from '../../../../src/mesh/server/workloadMtls.ts';
import {
  destinationRule,
  meshOf,
  namespace,
  objectsOf,
  peerAuthentication,
  peerAuthentications,
  pod,
  service,
  type Json,
} from '../../../support/meshNotation.ts';

function deployment(name: string, owned = false): readonly Json[] {
  const labels = { app: name };
  const template = {
    metadata: { labels },
    spec: { containers: [{ name: 'app', ports: [{ containerPort: 8080, name: 'http' }] }] },
  };
  const metadata = { namespace: 'shop', name };
  const controller = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: { template },
  };
  const ownerReferences = [{ kind: 'ReplicaSet', name: `${name}-5d4f`, controller: true }];
  const running = {
    ...pod(`shop/${name}-5d4f-x`, 'sidecar'),
    metadata: {
      namespace: 'shop',
      name: `${name}-5d4f-x`,
      labels: { ...labels, 'pod-template-hash': '5d4f', 'security.istio.io/tlsMode': 'istio' },
      ownerReferences,
    },
  };
  return owned ? [controller, running] : [running];
}

describe('workloads', () => {
  it('gathers a Deployment’s pods under it, although its ReplicaSets were not read', () => {
    const mesh = meshOf(deployment('cart', true));
    const [workload, ...more] = workloadsIn(mesh, 'shop');
    assert.equal(more.length, 0);
    assert.deepEqual(workload?.ref, { kind: 'Deployment', namespace: 'shop', name: 'cart' });
    assert.deepEqual(workload.dataPlanes, [{ dataPlane: 'sidecar', pods: 1 }]);
    assert.equal(workloadOfPod(mesh, 'shop', 'cart-5d4f-x'), workload);
  });

  it('names the Deployment of pods whose controllers were not read at all', () => {
    const [workload] = workloadsIn(meshOf(deployment('cart')), 'shop');
    assert.equal(workload?.ref.kind, 'Deployment');
    assert.equal(workload.name, 'cart');
  });

  it('names the CronJob behind the pods of its jobs', () => {
    const owner = { kind: 'Job', name: 'backup-28391040', controller: true };
    const metadata = { namespace: 'shop', name: 'backup-28391040-x', ownerReferences: [owner] };
    const [workload] = workloadsIn(meshOf([{ ...pod('shop/b', 'none'), metadata }]), 'shop');
    assert.equal(`${workload?.ref.kind ?? ''} ${workload?.name ?? ''}`, 'CronJob backup');
  });

  it('keeps pods apart that differ in their data plane, the more numerous first', () => {
    const owner = { kind: 'StatefulSet', name: 'db', controller: true };
    const members = (['none', 'sidecar', 'sidecar'] as const).map((kind, index) => {
      const one = pod('shop/x', kind);
      const labels = {
        app: 'db',
        ...(kind === 'sidecar' ? { 'security.istio.io/tlsMode': 'istio' } : {}),
      };
      return {
        ...one,
        metadata: { namespace: 'shop', name: `db-${index}`, labels, ownerReferences: [owner] },
      };
    });
    const mesh = meshOf([...members, ...peerAuthentications(['shop/default STRICT'])]);
    const [workload] = workloadsIn(mesh, 'shop');
    assert.ok(workload);
    assert.equal(workload.dataPlane, 'sidecar');
    assert.deepEqual(workload.dataPlanes, [
      { dataPlane: 'sidecar', pods: 2 },
      { dataPlane: 'none', pods: 1 },
    ]);
    const { enforcement } = workloadMtls(mesh, workload);
    assert.deepEqual(enforcement, { kind: 'partly-enforced', unenforcedPods: 1, pods: 3 });
    assert.equal(namespaceMtls(mesh, 'shop').dataPlane, 'mixed');
  });

  it('reads Services both ways, named target ports included', () => {
    const mesh = meshOf([
      ...deployment('cart', true),
      service('shop/cart', { ports: ['http 80:http'] }),
    ]);
    const [workload] = workloadsIn(mesh, 'shop');
    const [front] = servicesIn(mesh, 'shop');
    assert.ok(workload && front);
    assert.deepEqual(servicesSelecting(mesh, workload), [front]);
    assert.deepEqual(workloadsBehind(mesh, front), [workload]);
  });

  it('finds many selectors by label as it finds few by trying', () => {
    const pods = Array.from({ length: 20 }, (_, index) => pod(`shop/w${index}`, 'sidecar'));
    const policies = Array.from(
      { length: 20 },
      (_, index) => `shop/p${index} app=w${index} STRICT`,
    );
    const services = Array.from({ length: 20 }, (_, index) => service(`shop/w${index}`));
    const mesh = meshOf([...pods, ...peerAuthentications(policies), ...services]);
    for (const workload of allWorkloads(mesh)) {
      const { from } = effectiveMode(mesh, workload);
      const expected = `p${workload.name.slice(1)}`;
      assert.equal(from.kind === 'policy' && from.field.object.name, expected);
      assert.deepEqual(
        servicesSelecting(mesh, workload).map(({ name }) => name),
        [workload.name],
      );
    }
  });

  it('lists a port of every source once, in order', () => {
    const mesh = meshOf([
      pod('shop/cart', 'sidecar', { ports: [9090, 8080] }),
      service('shop/cart', { ports: ['http 80:8080', 'x 81:7070'] }),
      ...peerAuthentications(['shop/cart app=cart STRICT 6060:DISABLE']),
    ]);
    const [workload] = workloadsIn(mesh, 'shop');
    assert.ok(workload);
    const ports = workloadMtls(mesh, workload).ports.map(({ port, mode }) => `${port} ${mode}`);
    assert.deepEqual(ports, ['6060 DISABLE', '7070 STRICT', '8080 STRICT', '9090 STRICT']);
  });

  it('names the policies and rules that act on a workload', () => {
    const mesh = meshOf([
      pod('shop/cart', 'sidecar'),
      service('shop/cart'),
      destinationRule('shop/mine', { host: 'cart' }),
      destinationRule('shop/other', { host: 'other' }),
      ...peerAuthentications([
        'istio-system/m STRICT',
        'shop/n STRICT',
        'shop/w app=cart STRICT',
        'shop/x app=y STRICT',
      ]),
    ]);
    const [workload] = workloadsIn(mesh, 'shop');
    assert.ok(workload);
    const acting = policiesActingOn(mesh, workload);
    assert.deepEqual(
      acting.peerAuthentications.map(({ name }) => name),
      ['w', 'n', 'm'],
    );
    assert.deepEqual(
      acting.destinationRules.map(({ name }) => name),
      ['mine'],
    );
  });
});

describe('summaries', () => {
  it('a namespace with another mode on one port is not uniform', () => {
    const mesh = meshOf([
      namespace('shop'),
      pod('shop/cart', 'sidecar'),
      pod('shop/web', 'sidecar'),
      ...peerAuthentications(['shop/default STRICT', 'shop/cart app=cart 8080:PERMISSIVE']),
    ]);
    const summary = namespaceMtls(mesh, 'shop');
    assert.equal(summary.mode, 'STRICT');
    assert.equal(summary.uniform, false);
    const [exception, ...more] = summary.exceptions;
    assert.equal(more.length, 0);
    assert.equal(exception?.workload.name, 'cart');
    assert.equal(exception.port, 8080);
    assert.equal(exception.mode, 'PERMISSIVE');
  });

  it('a policy with an unknown mode is named, and counts as one that sets none', () => {
    const mesh = meshOf(peerAuthentications(['shop/default STRIKT']));
    const summary = namespaceMtls(mesh, 'shop');
    assert.equal(summary.mode, 'PERMISSIVE');
    assert.deepEqual(
      summary.invalid?.map(({ name }) => name),
      ['default'],
    );
  });

  it('the mesh counts its namespaces by mode, mixed ones apart', () => {
    const mesh = meshOf([
      ...['a', 'b', 'c', 'istio-system'].map((name) => namespace(name)),
      pod('c/cart', 'sidecar'),
      ...peerAuthentications([
        'istio-system/default STRICT',
        'b/default PERMISSIVE',
        'c/x app=cart DISABLE',
      ]),
    ]);
    const { mode, uniform, namespaces } = meshMtls(mesh);
    assert.equal(mode, 'STRICT');
    assert.equal(uniform, false);
    assert.deepEqual(namespaces, {
      STRICT: 2,
      PERMISSIVE: 1,
      DISABLE: 0,
      mixed: 1,
      unenforced: 0,
      unknown: 0,
    });
  });

  it('policies that may not be read leave a namespace unknown', () => {
    const fact = { kind: 'PeerAuthentication', namespace: 'shop', why: 'forbidden' } as const;
    const mesh = meshOf([namespace('shop'), namespace('web')], { missing: [fact] });
    assert.deepEqual(namespaceMtls(mesh, 'shop').unknown, [fact]);
    assert.equal(namespaceMtls(mesh, 'web').unknown, undefined);
    assert.equal(meshMtls(mesh).namespaces.unknown, 1);
  });

  it('names a namespace that is only referred to', () => {
    const mesh = meshOf([namespace('a'), pod('b/x', 'none')]);
    const shown = namespacesOf(mesh).map(({ name, exists }) => `${name} ${exists}`);
    assert.deepEqual(shown, ['a true', 'b false']);
  });
});

describe('changing a mesh', () => {
  const given = [
    namespace('shop'),
    pod('shop/cart', 'sidecar'),
    pod('web/client', 'sidecar'),
    ...peerAuthentications(['shop/default PERMISSIVE']),
  ];
  const ref = { kind: 'Pod', namespace: 'shop', name: 'cart' } as const;

  it('leaves the mesh before as it was, and untouched answers the same objects', () => {
    const before = meshOf(given);
    const [client] = workloadsIn(before, 'web');
    assert.ok(client);
    const answer = workloadMtls(before, client);
    const after = updateMesh(before, {
      upsert: objectsOf(peerAuthentications(['shop/default STRICT'])),
    });
    const mode = (mesh: typeof before): string => namespaceMtls(mesh, 'shop').mode;
    assert.equal(mode(before), 'PERMISSIVE');
    assert.equal(mode(after), 'STRICT');
    assert.equal(workloadsIn(after, 'web')[0], client);
    assert.equal(workloadMtls(after, client), answer);
  });

  it('equals a mesh built anew', () => {
    const added = objectsOf([pod('shop/new', 'none'), service('shop/cart')]);
    const after = updateMesh(meshOf(given), { upsert: added, remove: [ref] });
    const anew = buildMesh({
      objects: [...objectsOf(given.filter((_, index) => index !== 1)), ...added],
    });
    const shown = (mesh: typeof after): unknown =>
      namespacesOf(mesh).map(({ name }) => [
        name,
        workloadsIn(mesh, name),
        namespaceMtls(mesh, name),
      ]);
    assert.deepEqual(shown(after), shown(anew));
    assert.equal(findWorkload(after, ref), undefined);
  });

  it('forgets a namespace with its last object', () => {
    const mesh = updateMesh(meshOf([pod('web/client', 'none')]), {
      remove: [{ kind: 'Pod', namespace: 'web', name: 'client' }],
    });
    assert.deepEqual(namespacesOf(mesh), []);
  });

  it('lets an edited policy keep the age of the one it replaces [R9 R10]', () => {
    const mesh = meshOf(peerAuthentications(['shop/old PERMISSIVE', 'shop/young STRICT']));
    const edited = peerAuthentication('shop/old DISABLE', 0);
    const metadata = { namespace: 'shop', name: 'old' };
    const after = updateMesh(mesh, { upsert: objectsOf([{ ...edited, metadata }]) });
    assert.equal(namespaceMtls(after, 'shop').mode, 'DISABLE');
    const added = objectsOf([
      { ...peerAuthentication('shop/a STRICT', 0), metadata: { namespace: 'shop', name: 'a' } },
    ]);
    assert.equal(namespaceMtls(updateMesh(mesh, { upsert: added }), 'shop').mode, 'PERMISSIVE');
  });

  it('does not depend on the order of its objects', () => {
    const objects = objectsOf([
      ...given,
      ...peerAuthentications(['shop/b app=cart STRICT', 'shop/a app=cart DISABLE']),
      service('shop/cart'),
    ]);
    const shown = (list: typeof objects): unknown => {
      const mesh = buildMesh({ objects: list });
      return namespacesOf(mesh).map(({ name }) => namespaceMtls(mesh, name));
    };
    assert.deepEqual(shown(objects.toReversed()), shown(objects));
  });
});
