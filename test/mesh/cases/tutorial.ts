import type { Setting } from './setting.ts';

const servers = ['foo', 'bar', 'legacy'] as const;
type Namespace = (typeof servers)[number];
type Answers = Readonly<Record<Namespace, string>>;

/** What sleep of each namespace gets from httpbin of one. */
function from(foo: string, bar: string, legacy: string): Answers {
  return { foo, bar, legacy };
}

function calls(answers: Readonly<Record<Namespace, Answers>>): Setting['calls'] {
  return Object.fromEntries(
    servers.map((server) => [
      `httpbin.${server}:8000`,
      Object.fromEntries(servers.map((client) => [`${client}/sleep`, answers[server][client]])),
    ]),
  );
}

const open = from('mutual-tls', 'mutual-tls', 'plaintext');
const closed = from('mutual-tls', 'mutual-tls', 'refused by server, 56');
const plain = from('plaintext', 'plaintext', 'plaintext');

function policy(namespace: string, name: string, spec: string): string {
  return `---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: ${name}, namespace: ${namespace} }
spec: ${spec}
`;
}

/** The tutorial's mesh under nine policies: nine pairs each. */
export const tutorialSettings: readonly Setting[] = [
  { name: 'no policy', yaml: '', calls: calls({ foo: open, bar: open, legacy: plain }) },
  {
    name: 'foo is STRICT',
    yaml: policy('foo', 'default', '{ mtls: { mode: STRICT } }'),
    calls: calls({ foo: closed, bar: open, legacy: plain }),
  },
  {
    name: 'the mesh is STRICT',
    yaml: policy('istio-system', 'default', '{ mtls: { mode: STRICT } }'),
    calls: calls({ foo: closed, bar: closed, legacy: plain }),
  },
  {
    name: 'the mesh is STRICT and foo PERMISSIVE',
    yaml:
      policy('istio-system', 'default', '{ mtls: { mode: STRICT } }') +
      policy('foo', 'default', '{ mtls: { mode: PERMISSIVE } }'),
    calls: calls({ foo: open, bar: closed, legacy: plain }),
  },
  {
    name: 'httpbin of bar is STRICT',
    yaml: policy(
      'bar',
      'httpbin',
      '{ selector: { matchLabels: { app: httpbin } }, mtls: { mode: STRICT } }',
    ),
    calls: calls({ foo: open, bar: closed, legacy: plain }),
  },
  {
    name: 'httpbin of bar is STRICT, but its port 8080 DISABLE',
    yaml: policy(
      'bar',
      'httpbin',
      '{ selector: { matchLabels: { app: httpbin } }, mtls: { mode: STRICT }, portLevelMtls: { 8080: { mode: DISABLE } } }',
    ),
    calls: calls({ foo: open, bar: plain, legacy: plain }),
  },
  {
    name: 'foo is DISABLE',
    yaml: policy('foo', 'default', '{ mtls: { mode: DISABLE } }'),
    calls: calls({ foo: plain, bar: open, legacy: plain }),
  },
  {
    name: 'foo is STRICT, and a rule of foo sends plaintext to it',
    yaml:
      policy('foo', 'default', '{ mtls: { mode: STRICT } }') +
      `---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: plain, namespace: foo }
spec: { host: httpbin.foo.svc.cluster.local, trafficPolicy: { tls: { mode: DISABLE } } }
`,
    calls: calls({
      foo: from('refused by server, 503', 'refused by server, 503', 'refused by server, 56'),
      bar: open,
      legacy: plain,
    }),
  },
  {
    name: 'a rule of foo sends mutual TLS to legacy',
    yaml: `---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: mutual, namespace: foo }
spec: { host: httpbin.legacy.svc.cluster.local, trafficPolicy: { tls: { mode: ISTIO_MUTUAL } } }
`,
    calls: calls({
      foo: open,
      bar: open,
      legacy: from('refused by server, 503', 'plaintext', 'plaintext'),
    }),
  },
];
