import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { namespaceHint } from '../../../../src/mesh/policy/peerAuthentication.ts';
import { meshOf, peerAuthentications } from '../../../support/meshNotation.ts';
import { rows, type Row } from '../../../support/meshRules.ts';

interface HintRow extends Row {
  readonly policies: readonly string[];
  readonly hint: string;
}

const table: readonly HintRow[] = [
  { says: 'no policy leaves the hint unknown', rules: ['R22'], policies: [], hint: 'UNKNOWN' },
  {
    says: 'a mesh policy without a mode gives PERMISSIVE',
    rules: ['R22'],
    policies: ['istio-system/default UNSET'],
    hint: 'PERMISSIVE',
  },
  {
    says: 'the mesh gives its mode',
    rules: ['R22'],
    policies: ['istio-system/default STRICT'],
    hint: 'STRICT',
  },
  {
    says: 'a namespace policy without a mode gives PERMISSIVE',
    rules: ['R22'],
    policies: ['shop/default UNSET'],
    hint: 'PERMISSIVE',
  },
  {
    says: 'a namespace policy without a mode leaves that of the mesh',
    rules: ['R22'],
    policies: ['istio-system/default STRICT', 'shop/default UNSET'],
    hint: 'STRICT',
  },
  {
    says: 'a namespace DISABLE hides a STRICT mesh',
    rules: ['R22'],
    policies: ['istio-system/default STRICT', 'shop/default DISABLE'],
    hint: 'DISABLE',
  },
  {
    says: 'workload and port policies never enter',
    rules: ['R22'],
    policies: ['shop/cart app=cart DISABLE 8080:STRICT'],
    hint: 'UNKNOWN',
  },
];

describe('the mode that clients take a namespace to have', () => {
  rows(table, ({ policies, hint }) => {
    const mesh = meshOf(peerAuthentications(policies));
    assert.equal(namespaceHint(mesh, 'shop', undefined)?.mode ?? 'UNKNOWN', hint);
  });
});
