import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { withoutSecrets } from '../../../../src/sources/transport/withoutSecrets.ts';

const jwt = `${Buffer.from('{"alg":"RS256"}').toString('base64url')}.${Buffer.from('{"sub":"me"}').toString('base64url')}.c2lnbmF0dXJl`;

const secret: readonly (readonly [string, string, string])[] = [
  ['a JSON Web Token', `cannot refresh ${jwt} now`, 'cannot refresh (removed) now'],
  [
    'a header that a proxy echoes',
    'got Authorization: Bearer abc123def456==',
    'got Authorization: Bearer (removed)',
  ],
  ['basic authentication', 'Basic dXNlcjpwYXNz sent', 'Basic (removed) sent'],
  ['a token by its name', 'refresh_token=s3cr3t&x=1', 'refresh_token=(removed)&x=1'],
  ['a password in JSON', '{"password": "hunter2"}', '{"password": "(removed)"}'],
  ['a client secret', 'client-secret: abc', 'client-secret: (removed)'],
  ['a cloud key', 'AWS secret_access_key=abc/def', 'AWS secret_access_key=(removed)'],
  [
    'user and password of a URL',
    'dial https://me:pw@proxy:3128 failed',
    'dial https://proxy:3128 failed',
  ],
  [
    'a key in PEM',
    '-----BEGIN EC PRIVATE KEY-----\nabc\n-----END EC PRIVATE KEY-----\nbad',
    '(removed)\nbad',
  ],
  ['a key in PEM that is cut', 'x -----BEGIN PRIVATE KEY-----\nabc', 'x (removed)'],
];

const harmless = [
  'secrets "token" is forbidden: User "system:serviceaccount:a:b" cannot get resource "secrets"',
  'getting credentials: exec: executable aws failed with exit code 255',
  'the token has expired; sign in again with: tsh login --proxy=proxy:443',
  'PeerAuthentication.security.istio.io "default" is invalid: spec.mtls.mode: Unsupported value: "X"',
];

describe('text of others', () => {
  for (const [name, text, expected] of secret) {
    it(`loses ${name}`, () => {
      assert.equal(withoutSecrets(text), expected);
    });
  }

  for (const text of harmless) {
    it(`keeps what is no secret: ${text.slice(0, 40)}…`, () => {
      assert.equal(withoutSecrets(text), text);
    });
  }
});
