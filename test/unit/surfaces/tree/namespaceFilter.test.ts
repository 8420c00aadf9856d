import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { filteredNamespaces } from '../../../../src/surfaces/tree/meshTree.ts';
import type { NamespaceFilter } from '../../../../src/surfaces/tree/namespaceFilter.ts';
import { passes } from '../../../../src/surfaces/tree/namespaceFilter.ts';
import { policy, tutorialMesh } from './tutorialMesh.ts';

interface Row {
  readonly name: string;
  readonly policies?: readonly string[];
  readonly filter: NamespaceFilter;
  readonly shown: readonly string[];
}

const strict = '{ mtls: { mode: STRICT } }';
const port =
  '{ selector: { matchLabels: { app: httpbin } }, portLevelMtls: { 8080: { mode: PERMISSIVE } } }';
const meshStrict = policy('istio-system/default', strict);

/** On foo with sidecars, wave in ambient mode and legacy outside the mesh. */
const rows: readonly Row[] = [
  {
    name: 'a part of the name, in whatever case',
    filter: { kind: 'name', text: 'EG' },
    shown: ['legacy'],
  },
  { name: 'a name that nothing has', filter: { kind: 'name', text: 'nobody' }, shown: [] },
  {
    name: 'everything by default as not STRICT',
    filter: { kind: 'not-strict' },
    shown: ['foo', 'legacy', 'wave'],
  },
  {
    name: 'a namespace without proxies as not STRICT whatever policies say [R24]',
    policies: [meshStrict],
    filter: { kind: 'not-strict' },
    shown: ['legacy'],
  },
  {
    name: 'a STRICT namespace with a PERMISSIVE port as not STRICT',
    policies: [meshStrict, policy('foo/httpbin', port)],
    filter: { kind: 'not-strict' },
    shown: ['foo', 'legacy'],
  },
  {
    name: 'no conflict where a namespace overrides the mesh',
    policies: [meshStrict, policy('foo/default', '{ mtls: { mode: PERMISSIVE } }')],
    filter: { kind: 'conflicts' },
    shown: [],
  },
  {
    name: 'a conflict where two policies are for the same namespace [R10]',
    policies: [policy('foo/default', strict), policy('foo/other', '{ mtls: { mode: DISABLE } }')],
    filter: { kind: 'conflicts' },
    shown: ['foo'],
  },
  {
    name: 'a conflict where a policy is invalid',
    policies: [policy('wave/default', '{ mtls: { mode: STRICTLY } }')],
    filter: { kind: 'conflicts' },
    shown: ['wave'],
  },
  { name: 'workloads outside the mesh', filter: { kind: 'not-in-mesh' }, shown: ['legacy'] },
];

describe('a filter shows', () => {
  for (const { name, policies = [], filter, shown } of rows) {
    it(name, () => {
      const mesh = tutorialMesh(...policies);
      const content = { context: 'demo', role: 'only', mesh, shownNamespaces: 1000 } as const;
      const names = filteredNamespaces({ ...content, filter }).map((one) => one.name);
      assert.deepEqual(
        names.filter((one) => one !== mesh.rootNamespace),
        shown,
      );
    });
  }

  it('what is unknown, because that is not known to be safe', () => {
    const missing = [{ kind: 'PeerAuthentication', namespace: '', why: 'forbidden' }] as const;
    const blind = { ...tutorialMesh(), missing };
    for (const kind of ['not-strict', 'conflicts', 'not-in-mesh'] as const) {
      assert.equal(passes(blind, 'foo', { kind }), true);
    }
  });
});
