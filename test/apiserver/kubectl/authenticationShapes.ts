import { config, type Fields, type Shape, type ShapeKit } from './shape.ts';

/** Seconds since the epoch. */
function idToken(exp: number): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part({ exp })}.c2lnbmF0dXJl`;
}

const validToken = idToken(Math.floor(Date.now() / 1000) + 86_400);
const expiredToken = idToken(1_600_000_000);

/** A user with the auth-provider that kubectl still has; nothing listens where its issuer is said to be. */
function oidc(token: string): Fields {
  const config = {
    'idp-issuer-url': 'https://127.0.0.1:1',
    'client-id': 'kubernetes',
    'refresh-token': 'r',
    'id-token': token,
  };
  return { 'auth-provider': { name: 'oidc', config } };
}

/** How a user authenticates. */
export function authenticationShapes({
  a,
  alice,
  pem,
  only,
  plugin,
  printing,
  credential,
}: ShapeKit): readonly Shape[] {
  return [
    { name: 'a token', files: { config: only({ token: 't1' }) }, asked: 'a as bearer:t1' },
    {
      name: 'client certificate and key as data',
      files: { config: only(pem) },
      asked: 'a as certificate:alice',
    },
    {
      name: 'client certificate and key as files relative to the kubeconfig',
      files: {
        'sub/config': only({ 'client-certificate': 'c.crt', 'client-key': '../keys/c.key' }),
        'sub/c.crt': alice.certificate,
        'keys/c.key': alice.key,
      },
      list: ['sub/config'],
      asked: 'a as certificate:alice',
    },
    {
      name: 'a certificate and a token',
      files: { config: only({ ...pem, token: 't1' }) },
      asked: 'a as certificate:alice bearer:t1',
    },
    {
      name: 'a token file relative to the kubeconfig beats the token',
      files: { config: only({ token: 't1', tokenFile: 'token' }), token: 'from-file\n' },
      asked: 'a as bearer:from-file',
    },
    {
      name: 'user name and password',
      files: { config: only({ username: 'ann', password: 'pw' }) },
      asked: 'a as basic:ann:pw',
    },
    {
      name: 'an OIDC id-token that is valid',
      files: { config: only(oidc(validToken)) },
      asked: `a as bearer:${validToken}`,
    },
    {
      name: 'an OIDC id-token that has expired, with an issuer that is not there',
      files: { config: only(oidc(expiredToken)) },
      asked: 'nobody',
    },
    {
      name: 'an auth-provider that is no longer there',
      files: { config: only({ 'auth-provider': { name: 'gcp', config: {} } }) },
      asked: 'nobody',
    },
    {
      name: 'impersonation of a user with groups',
      files: { config: only({ token: 't1', as: 'eve', 'as-groups': ['g1', 'g2'] }) },
      asked: 'a as bearer:t1 group=g1, g2 user=eve',
    },
    {
      name: 'impersonation with a uid and extra fields',
      files: {
        config: only({
          token: 't1',
          as: 'eve',
          'as-uid': '7',
          'as-user-extra': { reason: ['audit'] },
        }),
      },
      asked: 'a as bearer:t1 extra-reason=audit uid=7 user=eve',
    },
    {
      name: 'a credential plugin found on the PATH',
      files: {
        config: only(plugin(printing)),
      },
      asked: 'a as bearer:from-plugin',
    },
    {
      name: 'a credential plugin relative to the kubeconfig, with an environment',
      files: {
        'sub/config': only(
          plugin({ command: './plugin', env: [{ name: 'ANSWER', value: credential }] }),
        ),
        'sub/plugin': '#!/bin/sh\nprintf %s "$ANSWER"\n',
      },
      list: ['sub/config'],
      asked: 'a as bearer:from-plugin',
    },
    {
      name: 'a credential plugin that fails',
      files: { config: only(plugin({ command: 'false' })) },
      asked: 'nobody',
    },
    {
      name: 'a context without a user',
      files: {
        config: config({ current: 'x', clusters: { a }, contexts: { x: { cluster: 'a' } } }),
      },
      asked: 'a as anonymous',
      kubectl: { asked: 'nobody', because: 'it asks for a user name at the terminal' },
    },
  ];
}
