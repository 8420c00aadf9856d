import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findWorkload } from '../../../../src/mesh/snapshot/mesh.ts';
import { updateMesh } from '../../../../src/mesh/snapshot/buildMesh.ts';
import type { Mesh } from '../../../../src/mesh/snapshot/mesh.ts';
import { refKey } from '../../../../src/mesh/model/reference.ts';
import type { WorkloadRef } from '../../../../src/mesh/model/reference.ts';
import type { TreeContent } from '../../../../src/surfaces/tree/meshTree.ts';
import {
  childrenOf,
  filteredNamespaces,
  parentOf,
} from '../../../../src/surfaces/tree/meshTree.ts';
import { modeLooks } from '../../../../src/surfaces/tree/modeLook.ts';
import type { ModeState } from '../../../../src/surfaces/tree/modeLook.ts';
import { rowOf } from '../../../../src/surfaces/tree/rowOf.ts';
import { tooltipOf } from '../../../../src/surfaces/tree/rowTooltip.ts';
import type { TreeNode, WorkloadNode } from '../../../../src/surfaces/nodes/treeNode.ts';
import { nodeId } from '../../../../src/surfaces/nodes/treeNode.ts';
import { podWithoutSidecar, policy, tutorialMesh } from './tutorialMesh.ts';

const context = 'demo';
const httpbin: WorkloadRef = { kind: 'Deployment', namespace: 'foo', name: 'httpbin' };
const legacySleep: WorkloadRef = { kind: 'Deployment', namespace: 'legacy', name: 'sleep' };
const mesh: TreeNode = { kind: 'mesh', context };
const foo: TreeNode = { kind: 'namespace', context, namespace: 'foo' };
const workload: WorkloadNode = { kind: 'workload', context, workload: httpbin };
const port: TreeNode = { kind: 'port', context, workload: httpbin, port: 8080 };
const wave: TreeNode = { kind: 'namespace', context, namespace: 'wave' };
const legacy: TreeNode = { kind: 'namespace', context, namespace: 'legacy' };

function content(of: Mesh): TreeContent {
  return { context, role: 'only', mesh: of, shownNamespaces: 1000, filter: undefined };
}

const strict = '{ mtls: { mode: STRICT } }';
const disable = '{ mtls: { mode: DISABLE } }';
const httpbinPort = (mode: string): string =>
  `{ selector: { matchLabels: { app: httpbin } }, portLevelMtls: { 8080: { mode: ${mode} } } }`;

interface Row {
  readonly name: string;
  readonly policies?: readonly string[];
  readonly node: TreeNode;
  readonly description: string;
  readonly state: ModeState;
}

const rows: readonly Row[] = [
  {
    name: 'a mesh without policies is PERMISSIVE by default',
    node: mesh,
    description: 'PERMISSIVE · Istio default',
    state: 'permissive',
  },
  {
    name: 'a STRICT mesh with a namespace that has no proxies is not STRICT everywhere [R24]',
    policies: [policy('istio-system/default', strict)],
    node: mesh,
    description: 'namespaces differ · STRICT · set here',
    state: 'mixed',
  },
  {
    name: 'a STRICT mesh in which a namespace accepts plaintext says so',
    policies: [policy('istio-system/default', strict), policy('foo/default', disable)],
    node: mesh,
    description: 'namespaces differ · STRICT · set here',
    state: 'mixed',
  },
  {
    name: 'a PERMISSIVE mesh stays what it is where a namespace is safer',
    policies: [policy('foo/default', strict)],
    node: mesh,
    description: 'PERMISSIVE · Istio default',
    state: 'permissive',
  },
  {
    name: 'a namespace inherits from the mesh',
    policies: [policy('istio-system/default', strict)],
    node: foo,
    description: 'STRICT · from mesh',
    state: 'strict',
  },
  {
    name: 'a namespace with a policy has its own mode',
    policies: [policy('foo/default', strict)],
    node: foo,
    description: 'STRICT · set here',
    state: 'strict',
  },
  {
    name: 'a namespace that says DISABLE',
    policies: [policy('foo/default', disable)],
    node: foo,
    description: 'DISABLE · set here',
    state: 'disable',
  },
  {
    name: 'a namespace with a port that differs is mixed',
    policies: [policy('foo/default', strict), policy('foo/httpbin', httpbinPort('PERMISSIVE'))],
    node: foo,
    description: '1 exception · STRICT · set here',
    state: 'mixed',
  },
  {
    name: 'a namespace with an invalid policy',
    policies: [policy('foo/default', '{ mtls: { mode: STRICTLY } }')],
    node: foo,
    description: 'invalid policy: foo/default',
    state: 'invalid',
  },
  {
    name: 'an ambient namespace ignores DISABLE [R88]',
    policies: [policy('wave/default', disable)],
    node: wave,
    description: 'DISABLE ignored (ambient)',
    state: 'disable-ignored',
  },
  {
    name: 'a namespace without proxies is not in the mesh',
    node: legacy,
    description: 'not in mesh',
    state: 'not-in-mesh',
  },
  {
    name: 'a policy of a namespace without proxies enforces nothing [R24]',
    policies: [policy('legacy/default', strict)],
    node: legacy,
    description: 'STRICT not enforced · not in mesh',
    state: 'unenforced',
  },
  {
    name: 'a workload inherits from its namespace',
    policies: [policy('foo/default', strict)],
    node: workload,
    description: 'STRICT · from namespace',
    state: 'strict',
  },
  {
    name: 'a workload of whose ports one differs is mixed',
    policies: [policy('foo/httpbin', httpbinPort('STRICT'))],
    node: workload,
    description: '1 port differs · PERMISSIVE · Istio default',
    state: 'mixed',
  },
  {
    name: 'a port with a mode of its own',
    policies: [policy('foo/httpbin', httpbinPort('STRICT'))],
    node: port,
    description: 'STRICT · set here',
    state: 'strict',
  },
  {
    name: 'a port that inherits',
    policies: [policy('foo/default', strict)],
    node: port,
    description: 'STRICT · from namespace',
    state: 'strict',
  },
];

describe('a row of the Mesh view shows', () => {
  for (const { name, policies = [], node, description, state } of rows) {
    it(name, () => {
      const row = rowOf(content(tutorialMesh(...policies)), node);
      assert.deepEqual({ description: row.description, state: row.state }, { description, state });
      const word = /^[A-Za-z]+/.exec(description)?.[0] ?? '';
      assert.ok(row.accessibilityLabel.includes(word), row.accessibilityLabel);
    });
  }

  it('unknown, and why, while policies may not be listed', () => {
    const missing = [{ kind: 'PeerAuthentication', namespace: '', why: 'forbidden' }] as const;
    const blind = { ...tutorialMesh(), missing };
    for (const node of [mesh, foo, workload, port]) {
      const row = rowOf(content(blind), node);
      assert.equal(row.state, 'unknown');
      assert.match(row.description, /^unknown \(no permission to list PeerAuthentication\)$/);
    }
    const [notice] = childrenOf(content(blind), mesh);
    assert.equal(notice?.kind, 'notice');
  });

  it('one notice for a kind that may not be read, however many namespaces that concerns', () => {
    const facts = ['foo', 'wave', 'legacy'].map(
      (namespace) => ({ kind: 'Pod', namespace, why: 'forbidden' }) as const,
    );
    const absent = { kind: 'Gateway', namespace: '', why: 'not-installed' } as const;
    const of = content({ ...tutorialMesh(), missing: [...facts, absent] });
    const notices = childrenOf(of, mesh).filter(({ kind }) => kind === 'notice');
    assert.deepEqual(
      notices.map((node) => `${rowOf(of, node).label} ${rowOf(of, node).description}`),
      ['You may not read Pod objects in foo. unknown, as in 2 more namespaces'],
    );
  });

  it('dangers first, and leaves what is usual to its tooltip', () => {
    const policies = [policy('foo/default', strict), policy('foo/httpbin', httpbinPort('DISABLE'))];
    const of = content(tutorialMesh(...policies));
    const row = rowOf(of, workload);
    assert.equal(row.description, '1 port differs · STRICT · from namespace');
    assert.equal(row.accessibilityLabel, 'httpbin, 1 port differs, STRICT, from namespace');
    const { paragraphs = [], list = [] } = tooltipOf(of, workload) ?? {};
    assert.match(paragraphs.join('\n'), /Pods: 1 of 1 ready \(1 sidecar\)\./);
    assert.equal(list[0], 'Port 8080: DISABLE');
  });

  it('everything that decides in its tooltip', () => {
    const of = content(tutorialMesh(policy('foo/default', strict)));
    const tooltip = tooltipOf(of, workload);
    assert.equal(tooltip?.heading, 'Deployment foo/httpbin: STRICT');
    assert.match(tooltip.paragraphs.join('\n'), /PeerAuthentication foo\/default/);
    assert.match(
      tooltip.paragraphs.join('\n'),
      /The sidecars enforce it\. It accepts only mutual TLS\./,
    );
  });
});

describe('the row of a mesh', () => {
  it('is named after its context, and says so to screen readers', () => {
    const row = rowOf(content(tutorialMesh()), mesh);
    assert.equal(row.label, 'demo');
    assert.match(row.accessibilityLabel, /^demo, mesh, PERMISSIVE, Istio default$/);
  });
});

describe('the namespaces that differ from their mesh', () => {
  const blind = [{ kind: 'PeerAuthentication', namespace: 'wave', why: 'forbidden' }] as const;
  const table: readonly (readonly [string, Mesh, string | undefined])[] = [
    ['have no row while there are none', tutorialMesh(), undefined],
    [
      'are counted in one row below the mesh, by what they have instead',
      tutorialMesh(policy('foo/default', strict), policy('legacy/default', disable)),
      '2 namespaces differ, 1 DISABLE, 1 STRICT',
    ],
    [
      'are mixed where a workload has another mode than its namespace',
      tutorialMesh(policy('foo/httpbin', httpbinPort('STRICT'))),
      '1 namespace differs, 1 mixed',
    ],
    [
      'are not those of which the mode is unknown',
      updateMesh(tutorialMesh(), { missing: blind }),
      '1 namespace is unknown, 1 unknown',
    ],
  ];
  for (const [name, of, says] of table) {
    it(name, () => {
      const node: TreeNode = { kind: 'differing-namespaces', context };
      const shown = childrenOf(content(of), mesh).some(({ kind }) => kind === node.kind);
      assert.equal(shown ? rowOf(content(of), node).accessibilityLabel : undefined, says);
    });
  }

  it('leave the row of the mesh as it is: VS Code asks again for all that is below a row that changed', () => {
    const none = content(tutorialMesh());
    const two = content(tutorialMesh(policy('foo/default', strict), policy('wave/x', disable)));
    assert.deepEqual(rowOf(two, mesh), rowOf(none, mesh));
    assert.deepEqual(tooltipOf(two, mesh), tooltipOf(none, mesh));
  });

  const node: TreeNode = { kind: 'differing-namespaces', context };
  const looks: readonly (readonly [string, Mesh, ModeState])[] = [
    ['green where all of them are safer', tutorialMesh(policy('foo/default', strict)), 'strict'],
    ['yellow where one accepts plaintext', tutorialMesh(policy('foo/default', disable)), 'mixed'],
    [
      'yellow where nothing enforces the STRICT of one [R24]',
      tutorialMesh(policy('legacy/default', strict)),
      'mixed',
    ],
    ['grey where one is unknown', updateMesh(tutorialMesh(), { missing: blind }), 'unknown'],
  ];
  for (const [name, of, state] of looks) {
    it(`are ${name}`, () => {
      const row = rowOf(content(of), node);
      assert.deepEqual([row.state, row.color], [state, modeLooks[state].color]);
    });
  }

  it('are named in the tooltip, and shown alone by a click', () => {
    const of = content(tutorialMesh(policy('foo/default', strict), policy('legacy/x', strict)));
    assert.deepEqual(tooltipOf(of, node)?.list, ['foo: STRICT', 'legacy: STRICT but not enforced']);
    assert.equal(rowOf(of, node).click, 'filter-differing');
    const names = filteredNamespaces({ ...of, filter: { kind: 'differs' } });
    assert.deepEqual(
      names.map(({ name }) => name),
      ['foo', 'legacy'],
    );
  });
});

describe('the look of a row', () => {
  const safety: readonly (readonly [string, readonly ModeState[]])[] = [
    ['testing.iconPassed', ['strict']],
    ['charts.yellow', ['permissive', 'disable', 'mixed', 'unenforced', 'disable-ignored']],
    ['list.errorForeground', ['conflict', 'invalid']],
    ['disabledForeground', ['not-in-mesh', 'unknown']],
  ];
  for (const [color, states] of safety) {
    it(`has the colour ${color} for ${states.join(', ')}, inherited or not`, () => {
      const same = Object.entries(modeLooks).filter(([, look]) => look.color === color);
      assert.deepEqual(same.map(([state]) => state).toSorted(), states.toSorted());
    });
  }

  it('has another shape for each state, for who sees no colours', () => {
    const icons = Object.values(modeLooks).map(({ icon }) => icon);
    assert.equal(new Set(icons).size, icons.length);
  });
});

describe('what a screen reader says of a row', () => {
  it('is at most a dozen words, the most dangerous first', () => {
    const wide = Array.from({ length: 6 }, (_, index) => policy(`foo/p${index}`, strict));
    const trouble = [
      policy('foo/httpbin', httpbinPort('DISABLE')),
      policy('wave/default', disable),
      policy('legacy/default', strict),
      policy('legacy/wrong', '{ mtls: { mode: WRONG } }'),
    ];
    const missing = [{ kind: 'PeerAuthentication', namespace: '', why: 'forbidden' }] as const;
    const meshes = [
      tutorialMesh(...wide, ...trouble),
      tutorialMesh(...trouble, podWithoutSidecar),
      updateMesh(tutorialMesh(...trouble), { missing }),
    ];
    const rowsOf = (of: TreeContent, node: TreeNode): readonly string[] => [
      rowOf(of, node).accessibilityLabel,
      ...childrenOf(of, node).flatMap((child) => rowsOf(of, child)),
    ];
    const said = meshes.flatMap((one) => rowsOf(content(one), mesh));
    assert.ok(said.length > 40);
    assert.deepEqual(
      said.filter((label) => label.split(/\s+/).length > 12),
      [],
    );
  });
});

describe('the modes that the menu of a row offers', () => {
  const root: TreeNode = { kind: 'namespace', context, namespace: 'istio-system' };
  const table: readonly (readonly [string, readonly string[], TreeNode, readonly string[]])[] = [
    ['are all of them where the mode is inherited', [], foo, ['enforce']],
    [
      'leave out the one that is set here, which inheriting takes back',
      [policy('foo/default', strict)],
      foo,
      ['enforce', 'inherit', 'is-strict'],
    ],
    [
      'are all of them where a wider scope sets it',
      [policy('foo/default', strict)],
      port,
      ['enforce'],
    ],
    [
      'are those of a port of its own',
      [policy('foo/httpbin', httpbinPort('DISABLE'))],
      port,
      ['enforce', 'inherit', 'is-disable'],
    ],
    ['are none in the root namespace, where each attempt is refused [R6]', [], root, []],
  ];
  for (const [name, policies, node, expected] of table) {
    it(name, () => {
      const { actions } = rowOf(content(tutorialMesh(...policies)), node);
      const offered = actions.filter((one) => /^(enforce|inherit|is-\w+)$/.test(one));
      assert.deepEqual(offered, expected);
    });
  }
});

describe('Bring into the Mesh', () => {
  const table: readonly (readonly [string, TreeNode, boolean])[] = [
    ['a namespace with a workload outside the mesh', legacy, true],
    ['a workload outside the mesh', { ...workload, workload: legacySleep }, true],
    ['a namespace whose workloads all have sidecars', foo, false],
    ['a workload with a sidecar', workload, false],
    ['an ambient namespace', wave, false],
    ['the mesh', mesh, false],
  ];
  for (const [name, node, offered] of table) {
    it(`is ${offered ? '' : 'not '}offered on ${name}`, () => {
      const { actions } = rowOf(content(tutorialMesh()), node);
      assert.equal(actions.includes('bring-into-mesh'), offered);
    });
  }
});

describe('the rows of the Mesh view', () => {
  it('lead from every row back to the one above it, with ids that are all different', () => {
    const of = content(
      tutorialMesh(policy('foo/default', strict), policy('foo/httpbin', httpbinPort('STRICT'))),
    );
    const seen = new Set<string>();
    const walk = (parent: TreeNode): void => {
      for (const node of childrenOf(of, parent)) {
        assert.equal(idOf(parentOf(node)), idOf(parent));
        assert.ok(!seen.has(nodeId(node)), nodeId(node));
        seen.add(nodeId(node));
        assert.equal(rowOf(of, node).id, nodeId(node));
        walk(node);
      }
    };
    walk(mesh);
    assert.equal(parentOf(mesh), undefined);
    assert.ok(seen.size > 10);
  });

  it('name the namespace of a policy only where the rows above have not', () => {
    const of = content(
      tutorialMesh(policy('istio-system/default', strict), policy('foo/default', strict)),
    );
    const labels = (parent: TreeNode): readonly string[] =>
      childrenOf(of, parent)
        .filter(({ kind }) => kind === 'policy')
        .map((node) => rowOf(of, node).label);
    assert.deepEqual(labels(mesh), ['istio-system/default']);
    assert.deepEqual(labels(foo), ['default']);
    assert.deepEqual(labels(workload), ['default', 'istio-system/default']);
  });

  it('are the ports first and then the policies that act, below a workload', () => {
    const of = content(tutorialMesh(policy('foo/default', strict)));
    const kinds = childrenOf(of, workload).map(({ kind }) => kind);
    assert.deepEqual(kinds, ['port', 'policy']);
  });

  it('stop at a page of namespaces and offer the next', () => {
    const of = { ...content(tutorialMesh()), shownNamespaces: 2 };
    const below = childrenOf(of, mesh);
    assert.deepEqual(
      below.map(({ kind }) => kind),
      ['namespace', 'namespace', 'more-namespaces'],
    );
    assert.ok(findWorkload(of.mesh, httpbin));
  });
});

function idOf(node: TreeNode | undefined): string {
  return node === undefined ? '' : nodeId(node);
}

describe('a workload whose proxy was looked at', () => {
  const seen = (differences: number): TreeContent => ({
    ...content(tutorialMesh()),
    proxyMarks: new Map([[refKey(httpbin), differences]]),
  });

  it('says first that its proxy differs from what is predicted', () => {
    const { description } = rowOf(seen(2), workload);
    assert.equal(description, 'proxy differs · PERMISSIVE · Istio default');
  });

  it('says nothing of a proxy that does not', () => {
    assert.equal(rowOf(seen(0), workload).description, 'PERMISSIVE · Istio default');
  });
});
