import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { takenBack, withDesired, withRestarted } from '../../../../src/mesh/change/change.ts';
import type { Desired } from '../../../../src/mesh/change/change.ts';
import type { DesiredMode, EnforceTarget } from '../../../../src/mesh/change/enforce.ts';
import { planEnforcement } from '../../../../src/mesh/change/enforce.ts';
import type { Preflight } from '../../../../src/mesh/change/preflight.ts';
import { preflight } from '../../../../src/mesh/change/preflight.ts';
import { updateMesh } from '../../../../src/mesh/snapshot/buildMesh.ts';
import type { Manifest } from '../../../../src/mesh/model/manifest.ts';
import type { WorkloadRef } from '../../../../src/mesh/model/reference.ts';
import { consequences } from '../../../../src/mesh/words/impact/confirmation.ts';
import { eachPair, told } from '../../../support/eachPair.ts';
import {
  destinationRule as destinationRuleOf,
  objectsOf,
  pod,
  type Json,
} from '../../../support/meshNotation.ts';
import { ruledMesh } from '../../../support/ruledMesh.ts';
import {
  destinationRule,
  policy,
  reviews,
  strictWorkload,
  tutorialMesh,
  withPolicies,
  workload,
} from '../../surfaces/tree/tutorialMesh.ts';

const foo: EnforceTarget = { scope: 'namespace', namespace: 'foo' };
const httpbin: WorkloadRef = { kind: 'Deployment', namespace: 'foo', name: 'httpbin' };
const strictFoo = policy('foo/default', '{ mtls: { mode: STRICT } }');

const nothing: Preflight = {
  modes: [],
  connections: [],
  unknown: 0,
  unknownFor: [],
  missing: [],
};

function checked(
  policies: readonly string[],
  target: EnforceTarget,
  mode: DesiredMode,
  except: readonly WorkloadRef[] = [],
): Preflight {
  const mesh = tutorialMesh(...policies);
  const plan = planEnforcement(mesh, target, mode, except);
  assert.ok(plan.kind === 'plan', plan.kind);
  return preflight(mesh, withDesired(mesh, plan.desired));
}

/** `newly-refused legacy/sleep → httpbin.foo:8000`. */
function effects({ connections }: Preflight): readonly string[] {
  return connections.map(({ client, effect, server }) => {
    const from =
      client.kind === 'outside'
        ? 'outside'
        : `${client.workload.namespace}/${client.workload.name}`;
    return `${effect} ${from} → ${server.host.replace('.svc.cluster.local', '')}:${server.port}`;
  });
}

describe('before a mode is written, preflight tells', () => {
  it('which clients a STRICT namespace will refuse, and that no others change', () => {
    assert.deepEqual(effects(checked([], foo, 'STRICT')).toSorted(), [
      'newly-refused legacy/sleep → httpbin.foo:8000',
      'newly-refused legacy/sleep → sleep.foo:8000',
      'newly-refused outside → httpbin.foo:8000',
      'newly-refused outside → sleep.foo:8000',
      // ztunnel speaks plaintext to a sidecar that announces no HBONE (R195).
      'newly-refused wave/echo → httpbin.foo:8000',
      'newly-refused wave/echo → sleep.foo:8000',
    ]);
  });

  it('that an excepted workload goes on answering them', () => {
    assert.deepEqual(effects(checked([], foo, 'STRICT', [httpbin])).toSorted(), [
      'newly-refused legacy/sleep → sleep.foo:8000',
      'newly-refused outside → sleep.foo:8000',
      'newly-refused wave/echo → sleep.foo:8000',
    ]);
  });

  it('that PERMISSIVE answers again whom STRICT refused', () => {
    const lines = effects(checked([strictFoo], foo, 'PERMISSIVE'));
    assert.ok(lines.length > 0);
    for (const line of lines)
      assert.match(line, /^newly-answered (legacy\/sleep|wave\/echo|outside)/);
  });

  it('whom an Undo of PERMISSIVE refuses again', () => {
    const mesh = tutorialMesh(strictFoo);
    const plan = planEnforcement(mesh, foo, 'PERMISSIVE');
    assert.ok(plan.kind === 'plan');
    const before: Manifest = {
      apiVersion: 'security.istio.io/v1',
      kind: 'PeerAuthentication',
      metadata: { namespace: 'foo', name: 'default' },
      spec: { mtls: { mode: 'STRICT' } },
    };
    const changes = plan.desired.map(({ ref, after }) => ({ ref, before, after }));
    const now = withDesired(mesh, plan.desired);
    const lines = effects(preflight(now, withDesired(now, takenBack(changes))));
    assert.ok(lines.includes('newly-refused legacy/sleep → httpbin.foo:8000'), lines.join('\n'));
  });

  it('that a client which gets a sidecar by a restart is answered again [R114]', () => {
    const mesh = tutorialMesh(strictFoo);
    const legacy: Desired = {
      ref: { kind: 'Namespace', namespace: '', name: 'legacy' },
      apiVersion: 'v1',
      after: {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: 'legacy', labels: { 'istio-injection': 'enabled' } },
      },
    };
    const sleep: WorkloadRef = { kind: 'Deployment', namespace: 'legacy', name: 'sleep' };
    const labelled = withDesired(mesh, [legacy]);
    assert.deepEqual(effects(preflight(mesh, labelled)), []);
    const lines = effects(preflight(mesh, withRestarted(labelled, [sleep])));
    assert.ok(lines.includes('newly-answered legacy/sleep → httpbin.foo:8000'), lines.join('\n'));
  });

  it('whom a DestinationRule alone makes fail, although no mode changes [R183]', () => {
    const before = tutorialMesh(strictFoo);
    const after = withPolicies(
      before,
      '{ apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: { namespace: foo, name: plain }, spec: { host: httpbin, trafficPolicy: { tls: { mode: DISABLE } } } }',
    );
    const found = preflight(before, after);
    assert.deepEqual(found.modes, []);
    assert.deepEqual(effects(found), [
      'newly-refused foo/httpbin → httpbin.foo:8000',
      'newly-refused foo/sleep → httpbin.foo:8000',
    ]);
  });

  it('whom a STRICT machine will refuse, which only a ServiceEntry leads to', () => {
    const machine = [
      '{ apiVersion: networking.istio.io/v1, kind: WorkloadEntry, metadata: { namespace: foo, name: vm }, spec: { address: 10.2.0.1, serviceAccount: vm, labels: { app: vm } } }',
      '{ apiVersion: networking.istio.io/v1, kind: ServiceEntry, metadata: { namespace: foo, name: vm }, spec: { hosts: [vm.example.com], location: MESH_INTERNAL, resolution: STATIC, ports: [{ number: 80, name: tcp, protocol: TCP }], workloadSelector: { labels: { app: vm } } } }',
    ];
    const lines = effects(checked(machine, foo, 'STRICT'));
    assert.deepEqual(
      lines.filter((line) => line.includes('vm.example.com')),
      [
        'newly-refused outside → vm.example.com:80',
        'newly-refused wave/echo → vm.example.com:80',
        'newly-refused legacy/sleep → vm.example.com:80',
      ],
    );
  });

  it('that DISABLE takes the encryption away from meshed clients [R146]', () => {
    const lines = effects(checked([], foo, 'DISABLE'));
    assert.ok(lines.includes('no-longer-encrypted foo/sleep → httpbin.foo:8000'), lines.join('\n'));
  });

  it('whose mode changes, and where nothing enforces it [R24]', () => {
    const { modes } = checked([], { scope: 'mesh' }, 'STRICT');
    const idle = modes
      .filter(({ enforced }) => !enforced)
      .map(({ workload }) => workload.namespace);
    assert.deepEqual(idle, ['legacy']);
    assert.ok(modes.every(({ before, after }) => before === 'PERMISSIVE' && after === 'STRICT'));
  });

  it('that more of a service’s endpoints will refuse, although one did already [R149]', () => {
    const r2 = { kind: 'Deployment', namespace: 'foo', name: 'r2' } as const;
    const found = checked(
      [...reviews, strictWorkload('r1')],
      { scope: 'workload', workload: r2 },
      'STRICT',
    );
    const lines = effects(found).filter((line) => line.endsWith('→ reviews.foo:8000'));
    assert.ok(lines.includes('newly-refused legacy/sleep → reviews.foo:8000'), lines.join('\n'));
    assert.match(
      consequences([], { checked: found, warnings: [] }),
      /legacy\/sleep → .*reviews\.foo:8000 \(2 of 3 endpoints\)/,
    );
  });

  it('the mode of a port that only the removed policy named', () => {
    const selected = 'selector: { matchLabels: { app: httpbin } }';
    const open = policy(
      'foo/httpbin',
      `{ ${selected}, portLevelMtls: { 7070: { mode: DISABLE } } }`,
    );
    const { modes } = preflight(tutorialMesh(strictFoo, open), tutorialMesh(strictFoo));
    assert.deepEqual(modes, [
      { workload: httpbin, port: 7070, before: 'DISABLE', after: 'STRICT', enforced: true },
    ]);
  });

  it('whom clients stop encrypting to, although the policies of the workloads keep its mode [R146]', () => {
    const kept = (app: string): string =>
      policy(
        `foo/${app}`,
        `{ selector: { matchLabels: { app: ${app} } }, mtls: { mode: PERMISSIVE } }`,
      );
    const found = checked([kept('httpbin'), kept('sleep')], { scope: 'mesh' }, 'DISABLE');
    const changed = found.modes.map(({ workload }) => workload.namespace);
    assert.ok(!changed.includes('foo'));
    const lines = effects(found);
    assert.ok(lines.includes('no-longer-encrypted foo/sleep → httpbin.foo:8000'), lines.join('\n'));
  });

  it('nothing when nothing changes', () => {
    const mesh = tutorialMesh(strictFoo);
    assert.deepEqual(preflight(mesh, mesh), nothing);
  });
});

describe('clients that are compared once because they are alike', () => {
  it('are told apart again where a rule selects some of them [R159]', () => {
    const onlySleep = destinationRule('legacy/only-sleep', {
      host: 'httpbin.foo.svc.cluster.local',
      selects: 'sleep',
    });
    const mesh = tutorialMesh(workload('legacy', 'batch'), onlySleep);
    const plan = planEnforcement(mesh, foo, 'STRICT');
    assert.ok(plan.kind === 'plan');
    const after = withDesired(mesh, plan.desired);
    const together = preflight(mesh, after).connections;
    const apart = ['sleep', 'batch'].flatMap((name) => {
      const ref = { kind: 'Deployment', namespace: 'legacy', name } as const;
      return preflight(mesh, after, [{ kind: 'workload', workload: ref }]).connections;
    });
    const legacy = together.filter(
      ({ client }) => client.kind === 'workload' && client.workload.namespace === 'legacy',
    );
    assert.deepEqual(
      effects({ ...nothing, connections: legacy }).toSorted(),
      effects({ ...nothing, connections: apart }).toSorted(),
    );
    assert.equal(legacy.length, 4);
  });
});

describe('what the person reads before a mode is written', () => {
  it('names the clients that will be refused, then the modes, then the objects', () => {
    const ref = { kind: 'PeerAuthentication', namespace: 'foo', name: 'default' } as const;
    const after = { apiVersion: 'security.istio.io/v1', kind: ref.kind, metadata: ref };
    const text = consequences([{ ref, before: undefined, after }], {
      checked: checked([], foo, 'STRICT'),
      warnings: [],
    });
    assert.deepEqual(text.split('\n'), [
      '6 connections will be refused, if they are used:',
      '• legacy/sleep → httpbin.foo:8000, sleep.foo:8000',
      '• wave/echo → httpbin.foo:8000, sleep.foo:8000',
      '• clients outside the mesh → httpbin.foo:8000, sleep.foo:8000',
      'Only calls to Services and ServiceEntries were compared.',
      '2 workloads PERMISSIVE → STRICT.',
      'Creates PeerAuthentication foo/default.',
    ]);
  });

  it('says what is not enforced', () => {
    const text = consequences([], {
      checked: checked([], { scope: 'mesh' }, 'STRICT'),
      warnings: [],
    });
    assert.match(text, /Nothing enforces it on 1 workload without a proxy\./);
  });

  it('says "it" of a single connection', () => {
    const { connections, ...rest } = checked([], foo, 'STRICT');
    const text = consequences([], {
      checked: { ...rest, connections: connections.slice(0, 1) },
      warnings: [],
    });
    assert.match(text, /^1 connection will be refused, if it is used:$/m);
  });

  for (const kind of ['Pod', 'Service', 'Deployment', 'DestinationRule', 'Sidecar'] as const) {
    it(`does not reassure where ${kind} objects could not be read, and says which`, () => {
      const missing = [{ kind, namespace: 'legacy', why: 'forbidden' }] as const;
      const text = consequences([], { checked: { ...nothing, missing }, warnings: [] });
      assert.match(text, /^Whether any connection is newly refused is unknown\.$/m);
      assert.match(text, new RegExp(`^⚠ You may not read ${kind} objects in legacy\\.`, 'm'));
      assert.doesNotMatch(text, /No connection/);
    });
  }

  it('counts connections that become unknown, and does not call them answered', () => {
    const before = tutorialMesh(strictFoo);
    const after = updateMesh(before, {
      missing: [{ kind: 'DestinationRule', namespace: '', why: 'forbidden' }],
    });
    const strict = withPolicies(
      before,
      policy(
        'foo/sleep',
        '{ selector: { matchLabels: { app: sleep } }, mtls: { mode: PERMISSIVE } }',
      ),
    );
    const found = preflight(strict, after);
    assert.ok(found.unknown > 0);
    assert.ok(found.connections.every(({ effect }) => effect !== 'newly-answered'));
    assert.match(
      consequences([], { checked: found, warnings: [] }),
      /^The outcome of \d+ connections is unknown: you may not read DestinationRule objects\.$/m,
    );
  });

  it('reassures of calls to Services alone', () => {
    assert.deepEqual(consequences([], { checked: nothing, warnings: [] }).split('\n'), [
      'No connection between known workloads is newly refused.',
      'Only calls to Services and ServiceEntries were compared.',
      'No enforced mode changes.',
    ]);
  });
});

function sidecarOf(namespace: string, mode: string): Json {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'Sidecar',
    metadata: { namespace, name: 'default' },
    spec: { egress: [{ hosts: ['./*'] }], outboundTrafficPolicy: { mode } },
  };
}

describe('a comparison of all pairs', () => {
  const rows: readonly { readonly name: string; readonly more: readonly Json[] }[] = [
    { name: 'where every namespace has the same rule under its own name', more: [] },
    {
      name: 'where one namespace says something else of one host',
      more: [
        destinationRuleOf('team-002/one', {
          host: 'app-1.team-001.svc.cluster.local',
          tls: 'DISABLE',
        }),
      ],
    },
    {
      name: 'where one rule selects some clients of a namespace',
      more: [
        destinationRuleOf('team-002/one', {
          host: 'app-1.team-001.svc.cluster.local',
          tls: 'DISABLE',
          selector: 'app=app-3',
        }),
      ],
    },
    {
      name: 'where rules are exported to one other namespace',
      more: [
        destinationRuleOf('team-001/one', {
          host: 'app-1.team-001.svc.cluster.local',
          tls: 'DISABLE',
          exportTo: ['team-003'],
        }),
      ],
    },
    {
      name: 'where clients know the hosts of their own namespace only',
      more: [sidecarOf('team-002', 'ALLOW_ANY'), sidecarOf('team-003', 'REGISTRY_ONLY')],
    },
    {
      name: 'where a pod keeps a port to itself',
      more: [
        pod('team-002/apart', 'sidecar', {
          annotations: { 'traffic.sidecar.istio.io/excludeOutboundPorts': '8080' },
        }),
      ],
    },
  ];
  for (const { name, more } of rows)
    it(`tells exactly what asking each pair tells ${name}`, () => {
      for (const mode of ['STRICT', 'DISABLE'] as const) {
        const before = updateMesh(ruledMesh(4), { upsert: objectsOf(more) });
        const plan = planEnforcement(before, { scope: 'mesh' }, mode);
        assert.ok(plan.kind === 'plan');
        const after = withDesired(before, plan.desired);
        const each = eachPair(before, after);
        assert.ok(each.length > 0, 'nothing changes');
        assert.deepEqual(preflight(before, after).connections.map(told).sort(), each);
      }
    });
});
