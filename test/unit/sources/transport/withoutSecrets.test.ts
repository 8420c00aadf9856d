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
  ['a token of the environment', 'AWS_SESSION_TOKEN: abc/d+e=', 'AWS_SESSION_TOKEN: (removed)'],
  ['a token of a forge', 'with GITHUB_TOKEN=ghp_abc set', 'with GITHUB_TOKEN=(removed) set'],
  ['a secret of a sign-in', 'oidc_client_secret=abc;x', 'oidc_client_secret=(removed);x'],
  ['a secret whose name is one word', '{"clientSecret":"abc"}', '{"clientSecret":"(removed)"}'],
  ['a key of a kubeconfig', 'client-key-data: LS0t', 'client-key-data: (removed)'],
  ['a token behind other words', `--flag-${jwt} failed`, '--flag-(removed) failed'],
  ['a token behind a name', `host.${jwt}`, 'host.(removed)'],
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

/** Texts that make expressions look again and again at what they have seen. */
const slow = [
  'eyJ-',
  'eyJabcdefgh',
  'eyJ.',
  'token',
  'secret_',
  'Bearer ',
  '//a',
  '-----BEGIN A',
  'a.',
];

describe('text of others', () => {
  for (const part of slow) {
    it(`of ${part} again and again takes no longer for each byte than a short one`, () => {
      const text = part.repeat((256 * 1024) / part.length);
      const before = process.cpuUsage();
      withoutSecrets(text);
      const { user } = process.cpuUsage(before);
      assert.ok(user < 1_000_000, `${user} us`);
    });
  }

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
