import assert from 'node:assert/strict';
import { test } from 'node:test';
import { schemaFile, schemasOf } from '../../../scripts/istioSchemas.ts';

const spec = {
  type: 'object',
  description: 'long',
  'x-kubernetes-validations': [{ rule: 'r' }],
  properties: {
    mode: { type: 'string', description: 'long', enum: ['A', 'B'] },
    labels: { type: 'object', additionalProperties: { type: 'string', maxLength: 63 } },
    list: { type: 'array', items: { type: 'object', required: ['a'], properties: { a: {} } } },
  },
};
const definition = (group: string, kind: string) => ({
  spec: {
    group,
    names: { kind },
    versions: ['v1alpha3', 'v1', 'v1beta1'].map((name) => ({
      name,
      storage: name === 'v1',
      schema: { openAPIV3Schema: { properties: { spec } } },
    })),
  },
});

test('schemas are made of the definitions of the policies and of networking alone, without what people read', () => {
  const made = schemasOf([
    definition('security.istio.io', 'Policy'),
    definition('telemetry.istio.io', 'Telemetry'),
  ]);
  assert.deepEqual(made, {
    'security.istio.io/Policy': {
      versions: ['v1', 'v1beta1', 'v1alpha3'],
      spec: {
        type: 'object',
        properties: {
          mode: { type: 'string', enum: ['A', 'B'] },
          labels: { type: 'object', additionalProperties: { type: 'string' } },
          list: {
            type: 'array',
            items: { type: 'object', properties: { a: {} }, required: ['a'] },
          },
        },
      },
    },
  });
  assert.equal(schemaFile(made).split('\n').length, 4);
  assert.deepEqual(JSON.parse(schemaFile(made)), made);
});
