import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { ambientPort } from '../../../../src/mesh/server/ambient.ts';
import { governingPolicies } from '../../../../src/mesh/policy/peerAuthentication.ts';
import { meshOf, peerAuthentications } from '../../../support/meshNotation.ts';
import { rows, type Row } from '../../../support/meshRules.ts';

interface AmbientRow extends Row {
  readonly policies: readonly string[];
  /** Whether plaintext is denied at port 8080, and at a port that nothing lists. */
  readonly denies8080: boolean;
  readonly deniesOther: boolean;
  readonly quirk?: string;
}

const STRICT_MESH = 'istio-system/default STRICT';
const workload = (rest: string): string => `shop/cart app=cart ${rest}`;

const table: readonly AmbientRow[] = [
  {
    says: 'STRICT with a PERMISSIVE port denies plaintext except there',
    rules: ['R90'],
    policies: [workload('STRICT 8080:PERMISSIVE')],
    denies8080: false,
    deniesOther: true,
  },
  {
    says: 'STRICT with a DISABLE port denies plaintext except there',
    rules: ['R90', 'R88'],
    policies: [workload('STRICT 8080:DISABLE')],
    denies8080: false,
    deniesOther: true,
  },
  {
    says: 'STRICT with only STRICT ports denies all plaintext',
    rules: ['R89', 'R90'],
    policies: [workload('STRICT 8080:STRICT')],
    denies8080: true,
    deniesOther: true,
  },
  {
    says: 'PERMISSIVE with a STRICT port denies plaintext there',
    rules: ['R90'],
    policies: [workload('PERMISSIVE 8080:STRICT')],
    denies8080: true,
    deniesOther: false,
  },
  {
    says: 'of several STRICT ports each is denied by a rule of its own',
    rules: ['R90', 'R91'],
    policies: [workload('PERMISSIVE 8080:STRICT 9090:STRICT')],
    denies8080: true,
    deniesOther: false,
  },
  {
    says: 'a key whose policy was never made denies nothing',
    rules: ['R91', 'R95'],
    policies: [STRICT_MESH, workload('DISABLE 8080:STRICT')],
    denies8080: false,
    deniesOther: false,
    quirk: 'R95',
  },
  {
    says: 'DISABLE with a STRICT port denies plaintext there',
    rules: ['R88', 'R90'],
    policies: [workload('DISABLE 8080:STRICT')],
    denies8080: true,
    deniesOther: false,
  },
  {
    says: 'PERMISSIVE without a STRICT port denies nothing, whatever the mesh says',
    rules: ['R90'],
    policies: [STRICT_MESH, workload('PERMISSIVE 8080:PERMISSIVE')],
    denies8080: false,
    deniesOther: false,
  },
  {
    says: 'DISABLE denies nothing: it is PERMISSIVE to ztunnel',
    rules: ['R88'],
    policies: [workload('DISABLE')],
    denies8080: false,
    deniesOther: false,
  },
  {
    says: 'unset below strict parents with a PERMISSIVE port denies plaintext except there',
    rules: ['R90'],
    policies: [STRICT_MESH, workload('8080:PERMISSIVE')],
    denies8080: false,
    deniesOther: true,
  },
  {
    says: 'unset below strict parents denies all plaintext',
    rules: ['R90'],
    policies: ['shop/default STRICT', workload('8080:STRICT')],
    denies8080: true,
    deniesOther: true,
  },
  {
    says: 'unset below lenient parents with a STRICT port denies plaintext there',
    rules: ['R90'],
    policies: [workload('8080:STRICT')],
    denies8080: true,
    deniesOther: false,
  },
  {
    says: 'unset below lenient parents denies nothing',
    rules: ['R90'],
    policies: ['shop/default PERMISSIVE', workload('8080:DISABLE')],
    denies8080: false,
    deniesOther: false,
  },
  {
    says: 'a namespace that sets a mode hides a strict mesh',
    rules: ['R90'],
    policies: [STRICT_MESH, 'shop/default PERMISSIVE'],
    denies8080: false,
    deniesOther: false,
  },
  {
    says: 'a mesh policy with an empty selector is not seen by other namespaces',
    rules: ['R92'],
    policies: ['istio-system/default {} STRICT'],
    denies8080: false,
    deniesOther: false,
    quirk: 'R92',
  },
  {
    says: 'a mesh policy with an empty selector hides no younger one from other namespaces',
    rules: ['R92'],
    policies: ['istio-system/a {} UNSET', 'istio-system/b STRICT'],
    denies8080: true,
    deniesOther: true,
    quirk: 'R92',
  },
  {
    says: 'where a mesh policy with an empty selector decides by age, another one denies, and is named',
    rules: ['R92'],
    policies: ['istio-system/a {} STRICT', 'istio-system/b STRICT'],
    denies8080: true,
    deniesOther: true,
    quirk: 'R92',
  },
  {
    says: 'a namespace policy with an empty selector is no parent of a converted policy',
    rules: ['R92'],
    policies: ['shop/default {} STRICT', workload('8080:PERMISSIVE 9090:STRICT')],
    denies8080: false,
    deniesOther: false,
  },
  {
    says: 'a DISABLE port alone is no exemption from strict parents',
    rules: ['R94'],
    policies: [STRICT_MESH, workload('8080:DISABLE')],
    denies8080: true,
    deniesOther: true,
    quirk: 'R94',
  },
  {
    says: 'below a STRICT mesh the STRICT port of a PERMISSIVE workload is not protected',
    rules: ['R95'],
    policies: [STRICT_MESH, workload('PERMISSIVE 8080:STRICT')],
    denies8080: false,
    deniesOther: false,
    quirk: 'R95',
  },
  {
    says: 'a namespace policy that sets a mode protects that port again',
    rules: ['R95'],
    policies: [STRICT_MESH, 'shop/default PERMISSIVE', workload('PERMISSIVE 8080:STRICT')],
    denies8080: true,
    deniesOther: false,
  },
  {
    says: 'an unset namespace policy between a STRICT mesh and a PERMISSIVE port opens the whole workload',
    rules: ['R96'],
    policies: [STRICT_MESH, 'shop/default UNSET', workload('8080:PERMISSIVE')],
    denies8080: false,
    deniesOther: false,
    quirk: 'R96',
  },
];

describe('what ztunnel makes of PeerAuthentications', () => {
  rows(table, ({ policies, denies8080, deniesOther, quirk }) => {
    const mesh = meshOf(peerAuthentications(policies));
    const labels = { app: 'cart' };
    const governing = governingPolicies(mesh, { namespace: 'shop', labels, revision: undefined });
    const listed = ambientPort(governing, 8080);
    assert.equal(listed.deniesPlaintext, denies8080);
    assert.equal(listed.quirk, quirk);
    assert.equal(ambientPort(governing, 9999).deniesPlaintext, deniesOther);
  });
});
