import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { environmentProxy } from '../../../../src/sources/kubeconfig/environmentProxy.ts';

const PROXY = 'http://proxy:3128';
const server = 'https://api.prod.example.com:6443';

type Row = readonly [
  name: string,
  server: string,
  env: Record<string, string>,
  expected: string | undefined,
];

const rows: readonly Row[] = [
  ['none is named', server, {}, undefined],
  ['HTTPS_PROXY is', server, { HTTPS_PROXY: PROXY }, PROXY],
  ['https_proxy is, without a scheme', server, { https_proxy: 'proxy:3128' }, PROXY],
  ['only HTTP_PROXY is, and the server speaks TLS', server, { HTTP_PROXY: PROXY }, undefined],
  [
    'HTTP_PROXY is, and the server does not speak TLS',
    'http://api:80',
    { HTTP_PROXY: PROXY },
    PROXY,
  ],
  ['SOCKS5 is', server, { HTTPS_PROXY: 'socks5://proxy:1080' }, 'socks5://proxy:1080'],
  ['the server is this machine', 'https://127.0.0.1:6443', { HTTPS_PROXY: PROXY }, undefined],
  [
    'the server is this machine by name',
    'https://localhost:6443',
    { HTTPS_PROXY: PROXY },
    undefined,
  ],
  ['the server is this machine in IPv6', 'https://[::1]:6443', { HTTPS_PROXY: PROXY }, undefined],
];

const exceptions: readonly (readonly [entry: string, server: string, isDirect: boolean])[] = [
  ['*', server, true],
  ['example.com', server, true],
  ['.example.com', server, true],
  ['.api.prod.example.com', server, false],
  ['api.prod.example.com', server, true],
  ['ample.com', server, false],
  ['other.com, EXAMPLE.com', server, true],
  ['example.com:6443', server, true],
  ['example.com:443', server, false],
  ['10.0.0.0/8', 'https://10.1.2.3:6443', true],
  ['10.0.0.0/8', 'https://11.1.2.3:6443', false],
  ['10.1.2.3', 'https://10.1.2.3', true],
  ['fd00::/8', 'https://[fd00::1]:6443', true],
  ['10.0.0.0/99', 'https://10.1.2.3', false],
];

describe('the proxy that the environment names, as Go and hence kubectl reads it', () => {
  for (const [name, of, env, expected] of rows) {
    it(`is ${expected ?? 'none'} where ${name}`, () => {
      assert.equal(environmentProxy(of, env), expected);
    });
  }

  for (const [entry, of, isDirect] of exceptions) {
    it(`NO_PROXY "${entry}" ${isDirect ? 'excepts' : 'does not except'} ${of}`, () => {
      const found = environmentProxy(of, { HTTPS_PROXY: PROXY, NO_PROXY: entry });
      assert.equal(found, isDirect ? undefined : PROXY);
    });
  }
});
