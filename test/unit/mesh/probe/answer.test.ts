import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Observation } from '../../../../src/mesh/probe/answer.ts';
import { readAnswer } from '../../../../src/mesh/probe/answer.ts';
import { commandLine, curlProbe } from '../../../../src/mesh/probe/probe.ts';

const identity = 'spiffe://cluster.local/ns/foo/sa/sleep';
const xfcc = `By=spiffe://cluster.local/ns/foo/sa/httpbin;Hash=aa;Subject=\\"\\";URI=${identity}`;
const trailer = (code: string): string =>
  `\n\nistio-mtls-probe http_code=${code} time_total=0.012\n`;

function answered(status: string, body: string, code = status.slice(0, 3)): string {
  return `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\n\r\n${body}${trailer(code)}`;
}

interface Row {
  readonly name: string;
  readonly stdout: string;
  readonly code?: number;
  readonly stderr?: string;
  readonly seen: { readonly [Key in keyof Observation]?: Observation[Key] | undefined };
}

const rows: readonly Row[] = [
  {
    name: 'an answer with the identity on one line',
    stdout: answered(
      '200 OK',
      `{"headers": {"Host": "httpbin", "X-Forwarded-Client-Cert": "${xfcc}"}}`,
    ),
    seen: { httpStatus: 200, peerIdentity: identity, showsRequestHeaders: true, seconds: 0.012 },
  },
  {
    name: 'an answer with the identity in a list, one value a line',
    stdout: answered(
      '200 OK',
      `{\n  "headers": {\n    "Host": [ "httpbin" ],\n    "X-Forwarded-Client-Cert": [\n      "${xfcc}"\n    ]\n  }\n}`,
    ),
    seen: { httpStatus: 200, peerIdentity: identity, showsRequestHeaders: true },
  },
  {
    name: 'the last of several identities, because every proxy on the way appends one',
    stdout: answered(
      '200 OK',
      `{"headers": {"Host": "h", "X-Forwarded-Client-Cert": "Hash=1;URI=spiffe://a/ns/x/sa/gateway,${xfcc}"}}`,
    ),
    seen: { peerIdentity: identity },
  },
  {
    name: 'request headers without an identity',
    stdout: answered('200 OK', '{"headers": {"Host": "httpbin"}}'),
    seen: { httpStatus: 200, peerIdentity: undefined, showsRequestHeaders: true },
  },
  {
    name: 'an answer that does not show request headers',
    stdout: answered('200 OK', '{"id": 7}'),
    seen: { httpStatus: 200, showsRequestHeaders: false, proxyFailure: false },
  },
  {
    name: "a 503 of the client's own proxy",
    stdout: answered(
      '503 Service Unavailable',
      'upstream connect error or disconnect/reset before headers. reset reason: connection termination',
    ),
    seen: { httpStatus: 503, proxyFailure: true },
  },
  {
    name: "a 503 of the application itself is the server's answer",
    stdout: answered('503 Service Unavailable', 'busy'),
    seen: { httpStatus: 503, proxyFailure: false },
  },
  {
    name: 'a reset, without any HTTP answer',
    stdout: trailer('000'),
    code: 56,
    stderr: 'curl: (56) Recv failure: Connection reset by peer\n',
    seen: {
      exitCode: 56,
      httpStatus: undefined,
      stderr: 'curl: (56) Recv failure: Connection reset by peer',
    },
  },
  {
    name: 'an answer so long that the trailer was cut off',
    stdout: 'HTTP/1.1 200 OK\r\n\r\nlong',
    seen: { httpStatus: 200, seconds: undefined },
  },
  {
    name: 'no output at all',
    stdout: '',
    code: 7,
    seen: { exitCode: 7, httpStatus: undefined, stderr: '' },
  },
];

describe('reading what curl printed', () => {
  for (const { name, stdout, code = 0, stderr = '', seen } of rows) {
    it(name, () => {
      const read = readAnswer({ kind: 'exited', code, stdout, stderr });
      for (const [key, value] of Object.entries(seen)) {
        assert.deepEqual(read[key as keyof Observation], value, key);
      }
    });
  }
});

describe('the curl command of a probe', () => {
  const from = { namespace: 'foo', pod: 'sleep-1', container: 'sleep' };
  const workload = { kind: 'Deployment', namespace: 'foo', name: 'sleep' } as const;

  it('passes every argument on its own, so that no shell can read one', () => {
    const target = {
      scheme: 'http',
      host: 'httpbin.foo',
      port: 8000,
      path: '/$(id);`id`',
    } as const;
    const { command } = curlProbe(from, workload, target, 7);
    assert.equal(command.at(-1), 'http://httpbin.foo:8000/$(id);`id`');
    assert.equal(command[command.indexOf('--max-time') + 1], '7');
  });

  it('is shown so that a shell would read the same arguments', () => {
    assert.equal(
      commandLine(['curl', '-w', "it's $x", 'http://a:1/']),
      `curl -w 'it'\\''s $x' http://a:1/`,
    );
  });
});
