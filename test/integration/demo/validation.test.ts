import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Demo } from '../../../src/demo/demo.ts';
import { startDemo } from '../../../src/demo/demo.ts';
import type { Json } from '../../../src/demo/objects/json.ts';
import { at, textAt } from '../../../src/demo/objects/json.ts';
import { Client } from './client.ts';

const policies = '/apis/security.istio.io/v1/namespaces/foo/peerauthentications';
const rules = '/apis/networking.istio.io/v1/namespaces/foo/destinationrules';

let demo: Demo;
let client: Client;

before(async () => {
  demo = await startDemo({ meshes: ['tutorial'] });
  client = new Client(demo);
});
after(async () => demo.dispose());

describe('validation of Istio’s policies', () => {
  const labels = { matchLabels: { app: 'httpbin' } };
  const rows: readonly (readonly [string, string, Json, RegExp])[] = [
    [
      'an unknown mode',
      policies,
      { mtls: { mode: 'MAYBE' } },
      /spec\.mtls\.mode: Unsupported value: "MAYBE": supported values: "UNSET", "DISABLE", "PERMISSIVE", "STRICT"/,
    ],
    [
      'portLevelMtls without a selector',
      policies,
      { portLevelMtls: { 80: {} } },
      /spec: Invalid value: portLevelMtls requires selector/,
    ],
    [
      'empty portLevelMtls',
      policies,
      { selector: labels, portLevelMtls: {} },
      /spec\.portLevelMtls in body should have at least 1 properties/,
    ],
    [
      'port 70000',
      policies,
      { selector: labels, portLevelMtls: { 70000: {} } },
      /port must be between 1-65535/,
    ],
    [
      'a number as mode',
      policies,
      { mtls: { mode: 1 } },
      /spec\.mtls\.mode in body must be of type string: "integer"/,
    ],
    [
      'a wildcard in a selector',
      policies,
      { selector: { matchLabels: { app: '*' } } },
      /wildcard not allowed in label value match/,
    ],
    ['a rule without host', rules, { trafficPolicy: { tls: {} } }, /spec\.host: Required value/],
    [
      'an unknown client mode',
      rules,
      { host: 'a', trafficPolicy: { tls: { mode: 'STRICT' } } },
      /supported values: "DISABLE", "SIMPLE", "MUTUAL", "ISTIO_MUTUAL"/,
    ],
    [
      'an empty trafficPolicy',
      rules,
      { host: 'a', trafficPolicy: {} },
      /traffic policy must have at least one field/,
    ],
    [
      'MUTUAL without certificates',
      rules,
      { host: 'a', trafficPolicy: { tls: { mode: 'MUTUAL' } } },
      /client certificate and private key required/,
    ],
    [
      'two subsets of one name',
      rules,
      { host: 'a', subsets: [{ name: 'v1' }, { name: 'v1' }] },
      /subset names must be unique/,
    ],
  ];
  for (const [what, path, spec, message] of rows) {
    it(`refuses ${what} with 422 (R281 to R284)`, async () => {
      const reply = await client.call('POST', path, { body: { metadata: { name: 'bad' }, spec } });
      assert.equal(reply.code, 422);
      assert.match(textAt(reply.body, 'message') ?? '', message);
      assert.match(textAt(reply.body, 'message') ?? '', /^\w+\.\w+\.istio\.io "bad" is invalid: /);
    });
  }

  it('refuses a misspelt field when validation is strict, else drops it with a warning', async () => {
    const body = { metadata: { name: 'misspelt' }, spec: { mtl: { mode: 'STRICT' } } };
    const strict = await client.call('POST', `${policies}?fieldValidation=Strict`, { body });
    assert.deepEqual(
      [strict.code, /unknown field "spec\.mtl"/.test(textAt(strict.body, 'message') ?? '')],
      [400, true],
    );
    const warned = await client.call('POST', policies, { body });
    assert.deepEqual([warned.code, at(warned.body, 'spec')], [201, {}]);
    assert.match(String(warned.headers['warning']), /unknown field/);
  });

  it('refuses a name that DNS would refuse', async () => {
    const reply = await client.call('POST', policies, {
      body: { metadata: { name: 'Not_A_Name' }, spec: {} },
    });
    assert.match(
      textAt(reply.body, 'message') ?? '',
      /metadata\.name: Invalid value: "Not_A_Name": a lowercase RFC 1123 subdomain/,
    );
  });

  it('creates nothing in a namespace that does not exist', async () => {
    const path = '/apis/security.istio.io/v1/namespaces/nowhere/peerauthentications';
    const reply = await client.call('POST', path, { body: { metadata: { name: 'a' }, spec: {} } });
    assert.deepEqual(
      [reply.code, textAt(reply.body, 'message')],
      [404, 'namespaces "nowhere" not found'],
    );
  });
});
