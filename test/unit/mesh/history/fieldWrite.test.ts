import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  lastWriteOf,
  stepsOf,
  valueAt,
  withValueAt,
} from '../../../../src/mesh/history/fieldWrite.ts';

const mode = { 'f:spec': { 'f:mtls': { 'f:mode': {} } } };
const ports = { 'f:spec': { 'f:portLevelMtls': { 'f:8080': { 'f:mode': {} } } } };
const list = { 'f:spec': { 'f:trafficPolicy': { 'f:portLevelSettings': {} } } };
const written = (manager: string, time: string, fieldsV1: object): object => ({
  manager,
  time,
  fieldsV1,
});

interface Row {
  readonly name: string;
  readonly field: string;
  readonly managedFields: readonly object[];
  readonly manager: string | undefined;
}

const rows: readonly Row[] = [
  {
    name: 'whoever owns the field wrote it',
    field: 'spec.mtls.mode',
    managedFields: [
      written('helm', '2026-01-02T00:00:00Z', { 'f:metadata': {} }),
      written('kubectl', '2026-01-01T00:00:00Z', mode),
    ],
    manager: 'kubectl',
  },
  {
    name: 'of two owners the later one wrote it last',
    field: 'spec.mtls.mode',
    managedFields: [
      written('kubectl', '2026-01-01T00:00:00Z', mode),
      written('argocd', '2026-01-02T00:00:00Z', mode),
    ],
    manager: 'argocd',
  },
  {
    name: 'a port is found by its number',
    field: 'spec.portLevelMtls["8080"].mode',
    managedFields: [
      written('kubectl', '2026-01-03T00:00:00Z', mode),
      written('helm', '2026-01-01T00:00:00Z', ports),
    ],
    manager: 'helm',
  },
  {
    name: 'a list that is written as a whole was written by whoever owns the list',
    field: 'spec.trafficPolicy.portLevelSettings[0].tls.mode',
    managedFields: [written('flux', '2026-01-01T00:00:00Z', list)],
    manager: 'flux',
  },
  {
    name: 'without managed fields nothing tells',
    field: 'spec.mtls.mode',
    managedFields: [],
    manager: undefined,
  },
];

describe('who wrote a field', () => {
  for (const { name, field, managedFields, manager } of rows) {
    it(name, () => {
      assert.equal(lastWriteOf({ managedFields }, field)?.manager, manager);
    });
  }
});

describe('a field of an object', () => {
  const rule = { spec: { trafficPolicy: { portLevelSettings: [{ tls: { mode: 'SIMPLE' } }] } } };
  const field = 'spec.trafficPolicy.portLevelSettings[0].tls.mode';

  it('is reached by names, quoted names and the numbers of items', () => {
    assert.deepEqual(stepsOf('spec.portLevelMtls["8080"].mode'), [
      'spec',
      'portLevelMtls',
      '8080',
      'mode',
    ]);
    assert.equal(valueAt(rule, field), 'SIMPLE');
  });

  it('is changed alone, and the object that was there stays as it was', () => {
    const changed = withValueAt(rule, field, 'DISABLE');
    assert.equal(valueAt(changed ?? {}, field), 'DISABLE');
    assert.equal(valueAt(rule, field), 'SIMPLE');
  });
});
