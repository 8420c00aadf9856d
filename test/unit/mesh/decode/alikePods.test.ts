import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeObject } from '../../../../src/sources/yaml/decodeObject.ts';
import type { Pod } from '../../../../src/mesh/model/objects.ts';

interface Written {
  readonly container?: string;
  readonly port?: number;
  readonly portName?: string;
  readonly owner?: string;
  readonly ownerKind?: string;
  readonly excluded?: string;
}

function podOf(written: Written): Pod {
  const { container = 'app', port = 8080, portName = 'http', excluded = '15090' } = written;
  const { owner = 'web-5d4f', ownerKind = 'ReplicaSet' } = written;
  const { object } = decodeObject(
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web', ownerReferences: [{ kind: ownerKind, name: owner }] },
      spec: {
        containers: [{ name: container, ports: [{ name: portName, containerPort: port }] }],
        initContainers: [{ name: 'istio-init', args: ['-b', '*', '-d', excluded] }],
      },
    },
    { kind: 'cluster' },
  );
  assert.ok(object?.kind === 'Pod');
  return object;
}

describe('pods that are read one after the other', () => {
  it('share the containers, the owner and the redirection in which they are alike', () => {
    const [first, second] = [podOf({}), podOf({})];
    assert.equal(second.containers[0], first.containers[0]);
    assert.equal(second.owner, first.owner);
    assert.equal(second.redirect, first.redirect);
  });

  const unlike: readonly { readonly name: string; readonly second: Written }[] = [
    { name: 'a port of the same name', second: { port: 9090 } },
    { name: 'the name of a port', second: { portName: 'web' } },
    { name: 'the name of a container', second: { container: 'other' } },
    { name: 'the kind of the owner', second: { ownerKind: 'Job' } },
    { name: 'the name of the owner', second: { owner: 'web-6e5a' } },
    { name: 'the ports that are not redirected', second: { excluded: '8080' } },
  ];
  for (const { name, second } of unlike) {
    it(`keep their own where they differ in ${name}`, () => {
      const first = podOf({});
      const { container = 'app', port = 8080, portName = 'http' } = second;
      const { owner = 'web-5d4f', ownerKind = 'ReplicaSet', excluded = '15090' } = second;
      const read = podOf(second);
      assert.deepEqual(read.containers, [
        { name: container, ports: [{ port, name: portName, protocol: 'TCP' }] },
      ]);
      assert.deepEqual(read.owner, { kind: ownerKind, name: owner });
      assert.deepEqual(read.redirect, { include: '*', exclude: excluded });
      assert.notDeepEqual(read, first);
    });
  }

  it('are read rightly when there are more names than are remembered', () => {
    const names = Array.from({ length: 2500 }, (_, index) => `app-${index}`);
    const read = [...names, ...names].map((container, index) =>
      podOf({ container, port: index + 1 }),
    );
    assert.deepEqual(
      read.map(({ containers }) => `${containers[0]?.name} ${containers[0]?.ports[0]?.port}`),
      [...names, ...names].map((container, index) => `${container} ${index + 1}`),
    );
  });
});
