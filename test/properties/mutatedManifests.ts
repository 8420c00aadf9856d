import fc from 'fast-check';

/** What people have in their files, in block and in flow style. */
const documents: readonly string[] = [
  'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: foo\n  labels:\n    istio-injection: enabled\n',
  'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  namespace: foo\nspec:\n  template:\n    metadata:\n      labels: {app: web}\n    spec:\n      containers:\n      - name: web\n        ports:\n        - containerPort: 8080\n',
  'apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: foo}\nspec:\n  selector: {app: web}\n  ports:\n  - {name: http, port: 80, targetPort: 8080}\n',
  'apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata:\n  name: default\n  namespace: foo\nspec:\n  mtls:\n    mode: PERMISSIVE # for now\n',
  'apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata:\n  name: web\n  namespace: foo\nspec:\n  selector:\n    matchLabels:\n      app: web\n  mtls:\n    mode: STRICT\n  portLevelMtls:\n    8080:\n      mode: DISABLE\n',
  'apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {name: mesh, namespace: istio-system}\nspec: {mtls: {mode: STRICT}}\n',
  'apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata:\n  name: web\n  namespace: foo\nspec:\n  host: web\n  trafficPolicy:\n    tls:\n      mode: DISABLE\n',
  'apiVersion: v1\nkind: List\nitems:\n- apiVersion: security.istio.io/v1\n  kind: PeerAuthentication\n  metadata: {name: default, namespace: bar}\n  spec:\n    mtls: {mode: DISABLE}\n',
  'apiVersion: authentication.istio.io/v1alpha1\nkind: Policy\nmetadata: {name: default, namespace: bar}\nspec:\n  peers:\n  - mtls: {}\n',
];

type Mutation = (text: string, at: number) => string;

function onLine(change: (line: string) => readonly string[]): Mutation {
  return (text, at) => {
    const lines = text.split('\n');
    const index = at % lines.length;
    return lines.flatMap((line, here) => (here === index ? change(line) : [line])).join('\n');
  };
}

/** What typing, pasting and merging do to a text. */
const mutations: readonly Mutation[] = [
  onLine(() => []),
  onLine((line) => [line, line]),
  onLine((line) => [`  ${line}`]),
  onLine((line) => [line.replace(/^ {2}/, '')]),
  onLine((line) => [line.replace(/:.*/, ':')]),
  onLine((line) => [line.replace(/:\s*\S.*/, ': 1')]),
  onLine((line) => [line.replace(/:\s*\S.*/, ': {}')]),
  onLine((line) => [line.replace(/:\s*\S.*/, ': []')]),
  onLine((line) => [line.replace(/:\s*\S.*/, ': yes')]),
  onLine((line) => [line.replace(/:\s*(\S.*)/, ': "$1"')]),
  onLine((line) => [line.replace(/:\s*(\S.*)/, ': >-\n        $1')]),
  onLine((line) => [line.replace(/:\s*(\S.*)/, ': &a $1')]),
  onLine((line) => [line.replace(/:\s*(\S.*)/, ': *a')]),
  onLine((line) => [line.replace(/:\s*(\S.*)/, ': !!str $1')]),
  onLine((line) => [line.replace(/([a-z]):/, ':')]),
  onLine((line) => [line.replace(/(\w+):/, '? $1\n:')]),
  onLine((line) => [`${line} # a comment`]),
  onLine((line) => ['# a comment', line]),
  onLine((line) => ['---', line]),
  onLine((line) => [line.replace('STRICT', 'strict')]),
  onLine((line) => [line.replace('mtls', 'mtl')]),
  onLine((line) => [line.replace('8080', '80')]),
  onLine((line) => [line.replace('/v1', '/v2')]),
  onLine((line) => [line.replace(/ns|space/, '')]),
  (text) => text.replaceAll('\n', '\r\n'),
  (text) => text.replaceAll('\r\n', '\n').replaceAll('\n', '\r'),
  (text) => text.replace(/\n+$/, ''),
  (text) => `\ufeff${text}`,
  (text, at) => text.slice(0, at % (text.length + 1)),
  (text, at) =>
    `${text.slice(0, at % (text.length + 1))}{{ .x }}${text.slice(at % (text.length + 1))}`,
];

/** A file of a few manifests to which a few things happened. */
export const mutatedManifest: fc.Arbitrary<string> = fc
  .tuple(
    fc.shuffledSubarray([...documents], { minLength: 1, maxLength: 6 }),
    fc.array(fc.tuple(fc.nat(mutations.length - 1), fc.nat(2000)), { maxLength: 4 }),
  )
  .map(([chosen, changes]) =>
    changes.reduce(
      (text, [which, at]) => mutations[which]?.(text, at) ?? text,
      chosen.join('---\n'),
    ),
  );
