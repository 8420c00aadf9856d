import { destinationRule, peerAuthentication, sleeps } from './clients.ts';
import type { Setting } from './setting.ts';

type Answers = ReturnType<typeof sleeps>;

function calls(answers: { foo: Answers; bar: Answers; legacy: Answers }): Setting['calls'] {
  return {
    'httpbin.foo:8000': answers.foo,
    'httpbin.bar:8000': answers.bar,
    'httpbin.legacy:8000': answers.legacy,
  };
}

const open = sleeps('mutual-tls', 'mutual-tls', 'plaintext');
const closed = sleeps('mutual-tls', 'mutual-tls', 'refused by server, 56');
const plain = sleeps('plaintext', 'plaintext', 'plaintext');

/** The tutorial's mesh under nine policies: nine pairs each. */
export const tutorialSettings: readonly Setting[] = [
  { name: 'no policy', yaml: '', calls: calls({ foo: open, bar: open, legacy: plain }) },
  {
    name: 'foo is STRICT',
    yaml: peerAuthentication('foo', 'default', '{ mtls: { mode: STRICT } }'),
    calls: calls({ foo: closed, bar: open, legacy: plain }),
  },
  {
    name: 'the mesh is STRICT',
    yaml: peerAuthentication('istio-system', 'default', '{ mtls: { mode: STRICT } }'),
    calls: calls({ foo: closed, bar: closed, legacy: plain }),
  },
  {
    name: 'the mesh is STRICT and foo PERMISSIVE',
    yaml:
      peerAuthentication('istio-system', 'default', '{ mtls: { mode: STRICT } }') +
      peerAuthentication('foo', 'default', '{ mtls: { mode: PERMISSIVE } }'),
    calls: calls({ foo: open, bar: closed, legacy: plain }),
  },
  {
    name: 'httpbin of bar is STRICT',
    yaml: peerAuthentication(
      'bar',
      'httpbin',
      '{ selector: { matchLabels: { app: httpbin } }, mtls: { mode: STRICT } }',
    ),
    calls: calls({ foo: open, bar: closed, legacy: plain }),
  },
  {
    name: 'httpbin of bar is STRICT, but its port 8080 DISABLE',
    yaml: peerAuthentication(
      'bar',
      'httpbin',
      '{ selector: { matchLabels: { app: httpbin } }, mtls: { mode: STRICT }, portLevelMtls: { 8080: { mode: DISABLE } } }',
    ),
    calls: calls({ foo: open, bar: plain, legacy: plain }),
  },
  {
    name: 'foo is DISABLE',
    yaml: peerAuthentication('foo', 'default', '{ mtls: { mode: DISABLE } }'),
    calls: calls({ foo: plain, bar: open, legacy: plain }),
  },
  {
    name: 'foo is STRICT, and a rule of foo sends plaintext to it',
    yaml:
      peerAuthentication('foo', 'default', '{ mtls: { mode: STRICT } }') +
      destinationRule(
        'foo',
        'plain',
        '{ host: httpbin.foo.svc.cluster.local, trafficPolicy: { tls: { mode: DISABLE } } }',
      ),
    calls: calls({
      foo: sleeps('refused by server, 503', 'refused by server, 503', 'refused by server, 56'),
      bar: open,
      legacy: plain,
    }),
  },
  {
    name: 'a rule of foo sends mutual TLS to legacy',
    yaml: destinationRule(
      'foo',
      'mutual',
      '{ host: httpbin.legacy.svc.cluster.local, trafficPolicy: { tls: { mode: ISTIO_MUTUAL } } }',
    ),
    calls: calls({
      foo: open,
      bar: open,
      legacy: sleeps('refused by server, 503', 'plaintext', 'plaintext'),
    }),
  },
];
