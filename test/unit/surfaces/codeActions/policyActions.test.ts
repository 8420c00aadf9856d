import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildMesh, updateMesh } from '../../../../src/mesh/snapshot/buildMesh.ts';
import type { Mesh } from '../../../../src/mesh/snapshot/mesh.ts';
import type { MeshObject } from '../../../../src/mesh/model/objects.ts';
import { decodeObject } from '../../../../src/sources/yaml/decodeObject.ts';
import { manifestAround, manifestAt } from '../../../../src/sources/yaml/manifestAt.ts';
import { manifestsOf, readManifestFile } from '../../../../src/sources/yaml/manifestFile.ts';
import { applyEdits } from '../../../../src/sources/yaml/textRange.ts';
import { textEdits } from '../../../../src/surfaces/codeActions/manifestEdit.ts';
import {
  policyActions,
  type PolicyAction,
} from '../../../../src/surfaces/codeActions/policyActions.ts';
import { scaffoldText } from '../../../../src/surfaces/codeActions/scaffoldText.ts';
import { topicAt } from '../../../../src/surfaces/hover/hoverTopic.ts';

const uri = 'file:///mesh.yaml';

const workloads = `apiVersion: v1
kind: Namespace
metadata:
  name: foo
  labels:
    istio-injection: enabled
---
apiVersion: v1
kind: Service
metadata:
  name: httpbin
  namespace: foo
spec:
  selector:
    app: httpbin
  ports:
    - port: 8000
      targetPort: 8080
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: httpbin
  namespace: foo
spec:
  template:
    metadata:
      labels:
        app: httpbin
        version: v1
    spec:
      containers:
        - name: httpbin
          ports:
            - containerPort: 8080 # http
            - containerPort: 9090 # metrics
`;

const strictNamespace = `---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata:
  name: default
  namespace: foo
spec:
  mtls:
    mode: PERMISSIVE # until all clients have a proxy
`;

function meshOf(text: string): Mesh {
  const objects = manifestsOf(readManifestFile(uri, text)).flatMap(({ object }) =>
    object === undefined ? [] : [object],
  );
  return buildMesh({ objects });
}

/** The actions at the \`¦\` of a text, in a mesh that holds it. */
function actionsAt(
  marked: string,
  change: (mesh: Mesh) => Mesh = (mesh) => mesh,
  declared: readonly MeshObject[] = [],
) {
  const text = marked.replace('¦', '');
  const file = readManifestFile(uri, text);
  const offset = marked.indexOf('¦');
  const object = manifestAround(file, offset)?.manifest.object;
  assert.ok(object);
  const exact = manifestAt(file, offset);
  const topic = exact && topicAt(exact.manifest, exact.path);
  const actions = policyActions(change(meshOf(text)), { file, object, topic, declared });
  return { file, actions };
}

function titles({ actions }: ReturnType<typeof actionsAt>): readonly string[] {
  return actions.map(({ title }) => title);
}

/** The file's text after an action of that title. */
function after(found: ReturnType<typeof actionsAt>, title: string): string {
  const { outcome } = actionOf(found, title);
  assert.equal(outcome.kind, 'edits');
  const [only, ...others] = outcome.files;
  assert.deepEqual([only?.uri, others.length], [uri, 0]);
  return applyEdits(found.file.text, textEdits(found.file, only?.edits ?? []));
}

function actionOf({ actions }: ReturnType<typeof actionsAt>, title: string): PolicyAction {
  const action = actions.find((one) => one.title === title);
  assert.ok(action, `${title} is offered among ${actions.map((one) => one.title).join(' | ')}`);
  return action;
}

const onDeployment = workloads.replace('kind: Deployment', 'kind: Dep¦loyment');

test('a workload offers its ports, itself and its namespace, each STRICT and PERMISSIVE', () => {
  assert.deepEqual(titles(actionsAt(onDeployment)), [
    'Require mutual TLS (STRICT) for foo/httpbin, port 8080',
    'Accept mutual TLS and plaintext (PERMISSIVE) for foo/httpbin, port 8080',
    'Require mutual TLS (STRICT) for foo/httpbin, port 9090',
    'Accept mutual TLS and plaintext (PERMISSIVE) for foo/httpbin, port 9090',
    'Require mutual TLS (STRICT) for foo/httpbin',
    'Accept mutual TLS and plaintext (PERMISSIVE) for foo/httpbin',
    'Require mutual TLS (STRICT) for namespace foo',
    'Accept mutual TLS and plaintext (PERMISSIVE) for namespace foo',
  ]);
});

test('on a container port only that port is offered, on a Service port the port behind it (R17)', () => {
  const onPort = workloads.replace('containerPort: 9090', 'containerPort: 90¦90');
  assert.match(titles(actionsAt(onPort))[0] ?? '', /port 9090$/);
  assert.doesNotMatch(titles(actionsAt(onPort)).join(), /port 8080/);
  const onService = workloads.replace('port: 8000', 'port: 80¦00');
  assert.match(titles(actionsAt(onService))[0] ?? '', /port 8080$/);
});

test('a namespace offers itself and the mesh', () => {
  const found = actionsAt(workloads.replace('kind: Namespace', 'kind: Name¦space'));
  assert.deepEqual(titles(found), [
    'Require mutual TLS (STRICT) for namespace foo',
    'Accept mutual TLS and plaintext (PERMISSIVE) for namespace foo',
    'Require mutual TLS (STRICT) for the mesh',
    'Accept mutual TLS and plaintext (PERMISSIVE) for the mesh',
  ]);
});

test('a policy for a workload is appended and selects its lasting labels (R7)', () => {
  const text = after(actionsAt(onDeployment), 'Require mutual TLS (STRICT) for foo/httpbin');
  assert.equal(
    text,
    `${workloads}---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata:
  name: httpbin
  namespace: foo
spec:
  selector:
    matchLabels:
      app: httpbin
  mtls:
    mode: STRICT
`,
  );
});

test('the policy that governs already is changed where it stands, its comment stays (R10)', () => {
  const text = after(
    actionsAt(onDeployment + strictNamespace),
    'Require mutual TLS (STRICT) for namespace foo',
  );
  assert.equal(text, workloads + strictNamespace.replace('PERMISSIVE', 'STRICT'));
});

test('an exception for one port goes into the policy that selects the workload (R11)', () => {
  const strict = after(actionsAt(onDeployment), 'Require mutual TLS (STRICT) for foo/httpbin');
  const onPort = strict.replace('containerPort: 9090', 'containerPort: 90¦90');
  const text = after(
    actionsAt(onPort),
    'Accept mutual TLS and plaintext (PERMISSIVE) for foo/httpbin, port 9090',
  );
  assert.equal(text, `${strict}  portLevelMtls:\n    9090:\n      mode: PERMISSIVE\n`);
});

test('an exception for one workload is a policy of its own beside the STRICT one of its namespace (R12)', () => {
  const strict = strictNamespace.replace('PERMISSIVE # until all clients have a proxy', 'STRICT');
  const text = after(
    actionsAt(onDeployment + strict),
    'Accept mutual TLS and plaintext (PERMISSIVE) for foo/httpbin',
  );
  assert.equal(
    text,
    `${workloads}${strict}---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata:
  name: httpbin
  namespace: foo
spec:
  selector:
    matchLabels:
      app: httpbin
  mtls:
    mode: PERMISSIVE
`,
  );
});

test('a policy itself can be set to any mode but the one it has', () => {
  const found = actionsAt(workloads + strictNamespace.replace('mode: PERM', 'mode: PE¦RM'));
  assert.deepEqual(titles(found), [
    'Require mutual TLS (STRICT) for namespace foo',
    'Accept only plaintext (DISABLE) for namespace foo',
  ]);
});

const disabled = strictNamespace.replace('PERMISSIVE', 'DISABLE');
const withRule =
  'Require mutual TLS (STRICT) for foo/httpbin, with the DestinationRule that its clients need';

test('STRICT in a DISABLE namespace comes with the rule that its clients need (R148)', () => {
  const text = after(actionsAt(onDeployment + disabled), withRule);
  assert.match(text, /kind: PeerAuthentication[^]*mode: STRICT\n---\n/);
  assert.ok(
    text.endsWith(`---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata:
  name: httpbin
  namespace: foo
spec:
  host: httpbin.foo.svc.cluster.local
  trafficPolicy:
    tls:
      mode: ISTIO_MUTUAL
`),
  );
});

test('a rule that speaks about the host already is changed instead of adding a second one (R157)', () => {
  const rule = `---\napiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata:\n  name: mine\n  namespace: foo\nspec:\n  host: httpbin\n  trafficPolicy:\n    tls:\n      mode: DISABLE # old\n`;
  const text = after(actionsAt(onDeployment + disabled + rule), withRule);
  assert.ok(text.includes(rule.replace('DISABLE', 'ISTIO_MUTUAL')));
});

test('with auto mutual TLS off a STRICT workload needs the rule too (R145)', () => {
  const config = `---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: istio\n  namespace: istio-system\ndata:\n  mesh: |\n    enableAutoMtls: false\n`;
  assert.ok(titles(actionsAt(onDeployment + config)).includes(withRule));
});

const livePolicy = {
  apiVersion: 'security.istio.io/v1',
  kind: 'PeerAuthentication',
  metadata: { name: 'live', namespace: 'foo', creationTimestamp: '2024-01-01T00:00:00Z' },
  spec: { mtls: { mode: 'PERMISSIVE' } },
};

/** The same mesh with a policy that only the cluster has. */
function withClusterPolicy(mesh: Mesh): Mesh {
  const { object } = decodeObject(livePolicy, { kind: 'cluster' });
  assert.ok(object);
  return updateMesh(mesh, { upsert: [object] });
}

test('where a policy of the cluster governs, no file can change it and the entry says so', () => {
  const found = actionsAt(onDeployment, withClusterPolicy);
  const { outcome } = actionOf(found, 'Require mutual TLS (STRICT) for namespace foo');
  assert.equal(outcome.kind, 'disabled');
  assert.equal(
    outcome.reason,
    'PeerAuthentication foo/live decides in the cluster: set the mode from the Mesh view, or in the file that declares it.',
  );
  const origin = { kind: 'file', uri: 'file:///policies/live.yaml', document: 0 } as const;
  const { object } = decodeObject(livePolicy, origin);
  assert.ok(object);
  const known = actionsAt(onDeployment, withClusterPolicy, [object]);
  const again = actionOf(known, 'Require mutual TLS (STRICT) for namespace foo').outcome;
  assert.equal(again.kind, 'disabled');
  assert.match(again.reason, /set the mode in live\.yaml, which declares it\.$/);
});

test('a policy that another file declares is changed in that file', () => {
  const other = 'file:///policies.yaml';
  const objects = manifestsOf(readManifestFile(other, strictNamespace)).flatMap(({ object }) =>
    object === undefined ? [] : [object],
  );
  const found = actionsAt(onDeployment, (mesh) => updateMesh(mesh, { upsert: objects }));
  const { outcome } = actionOf(found, 'Require mutual TLS (STRICT) for namespace foo');
  assert.equal(outcome.kind, 'edits');
  assert.deepEqual(
    outcome.files.map((file) => file.uri),
    [other],
  );
  const file = readManifestFile(other, strictNamespace);
  const text = applyEdits(file.text, textEdits(file, outcome.files[0]?.edits ?? []));
  assert.equal(text, strictNamespace.replace('PERMISSIVE', 'STRICT'));
});

test('a workload without lasting labels says why it cannot be selected', () => {
  const text = onDeployment.replace('app: httpbin\n        version: v1', 'pod-template-hash: abc');
  const { outcome } = actionOf(actionsAt(text), 'Require mutual TLS (STRICT) for foo/httpbin');
  assert.equal(outcome.kind, 'disabled');
  assert.match(outcome.reason, /no lasting label/);
});

test('a policy for a new document is the governing one with the mode changed, or a new one', () => {
  const mesh = meshOf(workloads + strictNamespace);
  const text = scaffoldText(mesh, { scope: 'namespace', namespace: 'foo' }, 'STRICT');
  assert.match(text, /^apiVersion: security\.istio\.io\/v1\nkind: PeerAuthentication\n/);
  assert.match(text, /name: default\n {2}namespace: foo\nspec:\n {2}mtls:\n {4}mode: STRICT\n$/);
  const mine = { kind: 'Deployment', namespace: 'foo', name: 'httpbin' } as const;
  const port = scaffoldText(mesh, { scope: 'port', workload: mine, port: 9090 }, 'PERMISSIVE');
  assert.match(port, /portLevelMtls:\n {4}9090:\n {6}mode: PERMISSIVE\n$/);
});

test('a rule that has to change too is named in the new document and not repeated', () => {
  const rule = `---\napiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: mine, namespace: foo}\nspec: {host: httpbin, trafficPolicy: {tls: {mode: DISABLE}}}\n`;
  const workload = { kind: 'Deployment', namespace: 'foo', name: 'httpbin' } as const;
  const mesh = meshOf(workloads + disabled + rule);
  const text = scaffoldText(mesh, { scope: 'workload', workload }, 'STRICT');
  assert.match(
    text,
    /^# DestinationRule foo\/mine has to say spec\.trafficPolicy\.tls\.mode: ISTIO_MUTUAL, or its clients are refused\.\napiVersion: security/,
  );
  assert.doesNotMatch(text, /kind: DestinationRule/);
});

test('where nothing can be written the new document says why', () => {
  const gone = { kind: 'Deployment', namespace: 'foo', name: 'gone' } as const;
  const refused = scaffoldText(meshOf(workloads), { scope: 'workload', workload: gone }, 'STRICT');
  assert.match(refused, /^# .*gone.*\n$/);
});
