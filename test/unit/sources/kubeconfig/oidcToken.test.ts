import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { oidcToken } from '../../../../src/sources/kubeconfig/oidcToken.ts';

function jwt(payload: unknown): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part(payload)}.signature`;
}

const inAnHour = Math.floor(Date.now() / 1000) + 3_600;
const refresh = { 'refresh-token': 'r', 'client-id': 'c', 'idp-issuer-url': 'https://127.0.0.1:1' };

describe('the auth-provider oidc', () => {
  it('is signed in by its id-token while that has not expired', () => {
    const token = jwt({ exp: inAnHour });
    const provider = { name: 'oidc', config: { ...refresh, 'id-token': token } };
    assert.deepEqual(oidcToken(provider), { kind: 'token', token });
  });

  const rows: readonly (readonly [string, unknown, RegExp])[] = [
    [
      'has expired',
      { 'id-token': jwt({ exp: 1_600_000_000 }), ...refresh },
      /^The OIDC id-token of the kubeconfig expired at 2020-09-13T12:26:40\.000Z; /,
    ],
    ['is not there', refresh, /^The kubeconfig holds no OIDC id-token; /],
    ['is no JWT', { 'id-token': 'abc' }, /^The OIDC id-token of the kubeconfig cannot be read; /],
    ['says no expiry', { 'id-token': jwt({}) }, /cannot be read; /],
  ];
  for (const [name, config, expected] of rows) {
    it(`leaves it to kubectl to renew a token that ${name}, since that writes into the kubeconfig`, () => {
      const got = oidcToken({ name: 'oidc', config });
      assert.match(got.kind === 'no-credentials' ? got.cause : '', expected);
      assert.match(
        got.kind === 'no-credentials' ? got.cause : '',
        /; kubectl renews it [^\n]+ then reconnect\.$/,
      );
    });
  }
});
