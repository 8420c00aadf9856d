import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeObject } from '../../../../src/sources/yaml/decodeObject.ts';
import { buildMesh } from '../../../../src/mesh/snapshot/buildMesh.ts';
import { manifestAt } from '../../../../src/sources/yaml/manifestAt.ts';
import { readManifestFile } from '../../../../src/sources/yaml/manifestFile.ts';
import { meshOfDocument } from '../../../../src/surfaces/yamlContext/documentMesh.ts';
import { hoverBlocks } from '../../../../src/surfaces/hover/hoverText.ts';
import { topicAt } from '../../../../src/surfaces/hover/hoverTopic.ts';
import { openIn } from '../../../../src/surfaces/hover/openIn.ts';
import { commandsIn } from '../../../../src/surfaces/platform/markdown.ts';
import { plainText } from '../../../../src/mesh/topic/blocks.ts';

/** foo is injected and holds httpbin and sleep; legacy is not and holds sleep. */
const workloads = `apiVersion: v1
kind: Namespace
metadata: {name: foo, labels: {istio-injection: enabled}}
---
apiVersion: v1
kind: Namespace
metadata: {name: legacy}
---
apiVersion: v1
kind: Service
metadata: {name: httpbin, namespace: foo}
spec: {selector: {app: httpbin}, ports: [{name: http, port: 8000, targetPort: 8080}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: httpbin, namespace: foo}
spec:
  template:
    metadata: {labels: {app: httpbin}}
    spec: {containers: [{name: httpbin, ports: [{containerPort: 8080}]}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: sleep, namespace: foo}
spec: {template: {metadata: {labels: {app: sleep}}, spec: {containers: [{name: sleep}]}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: sleep, namespace: legacy}
spec: {template: {metadata: {labels: {app: sleep}}, spec: {containers: [{name: sleep}]}}}
---
`;

/** What the hover says at the \`¦\` of a text, without the sentence about what it is judged by. */
function hoverAt(marked: string, surroundings = workloads): readonly string[] {
  const text = surroundings + marked;
  const offset = text.indexOf('¦');
  const file = readManifestFile('file:///a.yaml', text.replace('¦', ''));
  const place = manifestAt(file, offset);
  assert.ok(place, 'the cursor is on a field');
  const topic = topicAt(place.manifest, place.path);
  const nothing = { objects: [], files: 0, truncated: false };
  const judged = meshOfDocument(file, { cluster: undefined, workspace: nothing });
  assert.ok(judged);
  if (topic === undefined) return [];
  return plainText(hoverBlocks(judged, place.manifest, { topic, now: 0 }))
    .split('\n')
    .slice(0, -1);
}

const policy = (namespace: string, spec: string, name = 'default'): string =>
  `apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {name: ${name}, namespace: ${namespace}}\nspec: ${spec}\n`;
const rule = (spec: string, name = 'httpbin'): string =>
  `apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: ${name}, namespace: foo}\nspec: ${spec}\n`;
const httpbinPolicy = (spec: string): string =>
  policy('foo', `{selector: {matchLabels: {app: httpbin}}, ${spec}}`, 'httpbin');

interface Case {
  readonly name: string;
  readonly text: string;
  readonly says: readonly string[];
}

const cases: readonly Case[] = [
  {
    name: 'a namespace policy says what its workloads accept and that it decides (R4, R12)',
    text: policy('foo', '{mtls: {mode: STR¦ICT}}'),
    says: [
      'STRICT: workloads of foo that have a proxy accept only mutual TLS, unless a workload policy says otherwise.',
      'Policies:',
      '- PeerAuthentication foo/default (its namespace) decides.',
    ],
  },
  {
    name: 'a policy of Istio before 1.6 says that it has no effect, and what it would be today (R200, R207)',
    text: 'apiVersion: authentication.istio.io/v1alpha1\nkind: Policy\nmetadata: {name: p, namespace: foo}\nspec: {targets: [{name: httpb¦in, ports: [{number: 8000}]}, {name: nobody}], peers: [{mtls: {}}]}\n',
    says: [
      'No effect: Istio has ignored Policy since 1.6.',
      'What it asked for is today:',
      '- PeerAuthentication foo/p-httpbin: STRICT on port 8080 for pods with app=httpbin',
      '- Policy foo/p targets the Service nobody, which is not among the known ones.',
    ],
  },
  {
    name: 'an old policy without a namespace says which one it is taken for, and what becomes of its tokens',
    text: 'apiVersion: authentication.istio.io/v1alpha1\nkind: Policy\nmetadata: {name: defa¦ult}\nspec: {origins: [{jwt: {issuer: i}}], peers: [{mtls: {}}]}\n',
    says: [
      'No effect: Istio has ignored Policy since 1.6.',
      'What it asked for is today:',
      '- PeerAuthentication default/default: STRICT',
      '- RequestAuthentication default/default: checks the tokens of the same issuers',
      '- Policy default/default names no namespace: it is taken for one of namespace default.',
      '- Policy default/default sets origins: the RequestAuthentication refuses wrong tokens, on every port; to refuse requests without one, write an AuthorizationPolicy that requires a request principal.',
    ],
  },
  {
    name: 'a second namespace policy says which one decides, though neither has an age yet (R10)',
    text: `${policy('foo', '{mtls: {mode: STRICT}}')}---\n${policy('foo', '{mtls: {mo¦de: DISABLE}}', 'later')}`,
    says: [
      'STRICT, and not because of this policy: workloads of foo that have a proxy accept only mutual TLS, unless a workload policy says otherwise.',
      'Policies:',
      '- PeerAuthentication foo/default (its namespace) decides.',
      '- PeerAuthentication foo/later has the scope of PeerAuthentication foo/default, and neither has been created yet: the one that is created first will count; of the same second, and here, the first by name does.',
    ],
  },
  {
    name: 'a mesh policy counts the namespaces, and apart those where nothing enforces it (R4)',
    text: policy('istio-system', '{mtls: {mode: STR¦ICT}}'),
    says: [
      'STRICT: workloads of the mesh that have a proxy accept only mutual TLS, unless a namespace or workload policy says otherwise.',
      'Namespaces: 1 STRICT, 1 STRICT but not enforced, 1 unknown.',
      'Policies:',
      '- PeerAuthentication istio-system/default (whole mesh) decides.',
    ],
  },
  {
    name: 'a policy with a selector in the root namespace has no effect (R6)',
    text: policy(
      'istio-system',
      '{selector: {matchLabels: {app: httpbin}}, mtls: {mode: STR¦ICT}}',
    ),
    says: [
      'This policy has no effect: a policy with a selector counts for no workload when it stands in the root namespace istio-system.',
    ],
  },
  {
    name: 'a workload policy names its workload and the exceptions of its ports (R14, R15)',
    text: httpbinPolicy('mtls: {mode: STR¦ICT}, portLevelMtls: {8080: {mode: PERMISSIVE}}'),
    says: [
      'STRICT: pods of httpbin accept only mutual TLS, except port 8080: PERMISSIVE.',
      'Policies:',
      '- PeerAuthentication foo/httpbin (selected workloads) decides.',
    ],
  },
  {
    name: 'a selector says how many workloads it finds (R7)',
    text: policy('foo', '{selector: {match¦Labels: {app: httpbin}}}'),
    says: [
      'Selects 1 of 2 workloads in foo.',
      '- httpbin: PERMISSIVE — PeerAuthentication foo/default sets no mode of its own.',
    ],
  },
  {
    name: 'a selector that finds nothing says so (R7)',
    text: policy('foo', '{selector: {match¦Labels: {app: httpbn}}}'),
    says: ['Selects no workload: none of the 2 workloads in foo has app=httpbn on its pods.'],
  },
  {
    name: 'a port key tells the container port and the Service port that leads to it (R17)',
    text: httpbinPolicy('portLevelMtls: {80¦80: {mode: STRICT}}'),
    says: [
      'STRICT: pods of httpbin accept only mutual TLS on port 8080.',
      '- Port 8080 is a container port of httpbin',
      '- Service httpbin port 8000 leads to it',
      'Policies:',
      '- PeerAuthentication foo/httpbin (one port) decides in spec.portLevelMtls["8080"].mode.',
    ],
  },
  {
    name: 'a port key that is a Service port is warned about (R17)',
    text: httpbinPolicy('portLevelMtls: {80¦00: {mode: STRICT}}'),
    says: [
      'STRICT: pods of httpbin accept only mutual TLS on port 8000.',
      '- ⚠ 8000 is a port of Service httpbin, which leads to container port 8080: this key has no effect on it',
      'Policies:',
      '- PeerAuthentication foo/httpbin (one port) decides in spec.portLevelMtls["8000"].mode.',
    ],
  },
  {
    name: 'a port key that nothing listens on is warned about (R17)',
    text: httpbinPolicy('portLevelMtls: {99¦99: {mode: STRICT}}'),
    says: [
      'STRICT: pods of httpbin accept only mutual TLS on port 9999.',
      '- ⚠ No container of httpbin declares port 9999 and no Service leads to it',
      'Policies:',
      '- PeerAuthentication foo/httpbin (one port) decides in spec.portLevelMtls["9999"].mode.',
    ],
  },
  {
    name: 'a rule says what clients send, what the server is and who follows it (R167)',
    text: rule('{host: htt¦pbin, trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}'),
    says: [
      'ISTIO_MUTUAL: clients with a sidecar or a gateway send mutual TLS with the mesh certificates to httpbin.',
      '- port 8000 → httpbin port 8080: PERMISSIVE',
      '- 1 client follows this rule',
      'Clients with a proxy: mutual TLS (1 workload).',
      'Clients without a proxy: plaintext (1 workload).',
    ],
  },
  {
    name: 'a rule that makes clients send plaintext to a STRICT server names who is refused (R183)',
    text: `${policy('foo', '{mtls: {mode: STRICT}}')}---\n${rule('{host: httpbin.foo.svc.cluster.local, trafficPolicy: {tls: {mode: DIS¦ABLE}}}')}`,
    says: [
      'DISABLE: clients with a sidecar or a gateway send plaintext to httpbin.foo.svc.cluster.local.',
      '- port 8000 → httpbin port 8080: STRICT',
      '- 1 client follows this rule',
      'Clients with a proxy: refused (foo/sleep).',
      'Clients without a proxy: refused (legacy/sleep).',
    ],
  },
  {
    name: 'a rule whose host has one dot names no Service (R150)',
    text: rule('{host: httpbin.f¦oo, trafficPolicy: {tls: {mode: DISABLE}}}'),
    says: [
      'DISABLE: clients with a sidecar or a gateway send plaintext to httpbin.foo.',
      '⚠ No Service is known that httpbin.foo names: a short name has no dot, a full one ends in .svc.cluster.local.',
    ],
  },
  {
    name: 'a rule that says TLS for one port only says so (R161)',
    text: rule(
      '{ho¦st: httpbin.foo, trafficPolicy: {portLevelSettings: [{port: {number: 8000}, tls: {mode: DISABLE}}]}}',
    ),
    says: [
      'No TLS setting: auto mutual TLS decides what clients send to httpbin.foo, except on port 8000: DISABLE.',
      '⚠ No Service is known that httpbin.foo names: a short name has no dot, a full one ends in .svc.cluster.local.',
    ],
  },
  {
    name: 'a rule without TLS leaves the choice to auto mutual TLS (R145)',
    text: rule('{ho¦st: httpbin, trafficPolicy: {connectionPool: {}}}'),
    says: [
      'No TLS setting: auto mutual TLS decides what clients send to httpbin.',
      '- port 8000 → httpbin port 8080: PERMISSIVE',
      '- 1 client follows this rule',
      'Clients with a proxy: mutual TLS (1 workload).',
      'Clients without a proxy: plaintext (1 workload).',
    ],
  },
];

for (const { name, text, says } of cases) {
  test(name, () => {
    assert.deepEqual(hoverAt(text), says);
  });
}

const strict = policy('foo', '{mtls: {mode: STRICT}}');
const around = (from: string, to: string): string => workloads.replace(from, to) + strict;

const places: readonly Case[] = [
  {
    name: 'a Namespace says what its workloads accept and what carries them',
    text: around('kind: Namespace\nmetadata: {name: foo', 'kind: Name¦space\nmetadata: {name: foo'),
    says: [
      'STRICT: workloads of foo that have a proxy accept only mutual TLS.',
      'Policies:',
      '- PeerAuthentication foo/default (its namespace) decides.',
      '2 workloads; data plane: a sidecar.',
    ],
  },
  {
    name: 'a Service says where its ports lead and who gets through (R21, R182)',
    text: around('port: 8000', 'port: 80¦00'),
    says: [
      'STRICT: the pods behind httpbin accept only mutual TLS on port 8000.',
      '- port 8000 → httpbin port 8080: STRICT',
      'Policies:',
      '- PeerAuthentication foo/default (its namespace) decides.',
      'Clients with a proxy: mutual TLS (1 workload).',
      'Clients without a proxy: refused (legacy/sleep).',
    ],
  },
  {
    name: 'a Deployment says what its pods accept',
    text: around(
      'metadata: {name: httpbin, namespace: foo}\nspec:\n',
      'metadata: {name: htt¦pbin, namespace: foo}\nspec:\n',
    ),
    says: [
      'STRICT: pods of httpbin accept only mutual TLS.',
      'Policies:',
      '- PeerAuthentication foo/default (its namespace) decides.',
      'Clients with a proxy: mutual TLS (1 workload).',
      'Clients without a proxy: refused (legacy/sleep).',
    ],
  },
  {
    name: 'a container port says its own mode',
    text: around('containerPort: 8080', 'containerPort: 80¦80'),
    says: [
      'STRICT: pods of httpbin accept only mutual TLS on port 8080.',
      'Policies:',
      '- PeerAuthentication foo/default (its namespace) decides.',
      'Clients with a proxy: mutual TLS (1 workload).',
      'Clients without a proxy: refused (legacy/sleep).',
    ],
  },
  {
    name: 'a workload without a proxy is not said to be STRICT on the wire (R24)',
    text: `${workloads.replace('name: sleep, namespace: legacy', 'name: sl¦eep, namespace: legacy')}${policy('legacy', '{mtls: {mode: STRICT}}')}`,
    says: [
      'STRICT is written for sleep, but nothing enforces it: its pods accept only plaintext.',
      '⚠ Not enforced: the pods have no proxy.',
      'Policies:',
      '- PeerAuthentication legacy/default (its namespace) decides.',
      'No Service leads to it: clients can only call its pods by address.',
    ],
  },
];

for (const { name, text, says } of places) {
  test(name, () => {
    assert.deepEqual(hoverAt(text, ''), says);
  });
}

const otherKinds: Readonly<Record<string, string>> = {
  StatefulSet:
    'apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: w¦eb, namespace: foo}\nspec: {template: {metadata: {labels: {app: web}}}}\n',
  DaemonSet:
    'apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: w¦eb, namespace: foo}\nspec: {template: {metadata: {labels: {app: web}}}}\n',
  Pod: 'apiVersion: v1\nkind: Pod\nmetadata: {name: w¦eb, namespace: foo, labels: {app: web}}\nspec: {containers: [{name: web}]}\n',
};

for (const [kind, text] of Object.entries(otherKinds)) {
  test(`a ${kind} says what a Deployment says`, () => {
    const says = hoverAt(`${strict}---\n${text}`);
    assert.equal(says[0], 'STRICT: pods of web accept only mutual TLS.');
    assert.ok(says.includes('- PeerAuthentication foo/default (its namespace) decides.'));
  });
}

test('whether anything enforces a mode is unknown where no file declares the namespace', () => {
  const deployment =
    'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: w¦eb, namespace: shop}\nspec: {template: {metadata: {labels: {app: web}}}}\n';
  const says = hoverAt(deployment, '');
  assert.equal(says[0], 'PERMISSIVE: pods of web are to accept mutual TLS and plaintext.');
  assert.match(says[1] ?? '', /^⚠ Whether it is enforced is unknown/);
});

test('a manifest without a namespace says which one it was judged in', () => {
  const says = hoverAt(
    'apiVersion: security.istio.io/v1\nkind: Peer¦Authentication\nmetadata: {name: default}\nspec: {mtls: {mode: STRICT}}\n',
  );
  assert.ok(says.includes('No namespace is written here: judged as if it were default.'));
});

test('a policy that an API server would refuse says so', () => {
  const says = hoverAt(policy('foo', '{mtls: {mo¦de: STRCT}}'));
  assert.equal(
    says.at(-1),
    '⚠ This manifest is refused as it stands: "STRCT" is not a mode: use STRICT, PERMISSIVE, DISABLE or UNSET.',
  );
});

test('fields that have nothing to do with mutual TLS say nothing', () => {
  assert.deepEqual(hoverAt(workloads.replace('apps/v1', 'apps/v¦1'), ''), []);
});

test('a List says for each item what a document of its own would say', () => {
  const list = `apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Namespace
  metadata: {name: foo}
- apiVersion: security.istio.io/v1
  kind: PeerAuthentication
  metadata: {name: default, namespace: foo}
  spec: {mtls: {mode: DIS¦ABLE}}
`;
  assert.match(hoverAt(list, '')[0] ?? '', /^DISABLE: workloads of foo that have a proxy/);
});

test('a port of a rule is answered by what stands behind that Service port (R161, R162)', () => {
  const ports =
    '{host: httpbin, trafficPolicy: {tls: {mode: ISTIO_MUTUAL}, portLevelSettings: [{port: {num¦ber: 8000}, tls: {mode: DISABLE}}]}}';
  const says = hoverAt(`${strict}---\n${rule(ports)}`);
  assert.equal(
    says[0],
    'DISABLE: clients with a sidecar or a gateway send plaintext to httpbin port 8000.',
  );
  assert.ok(says.includes('Clients with a proxy: refused (foo/sleep).'));
});

test('an older policy of the cluster is named, and can be opened', () => {
  const manifest = {
    apiVersion: 'security.istio.io/v1',
    kind: 'PeerAuthentication',
    metadata: { name: 'live', namespace: 'foo', creationTimestamp: '2020-01-01T00:00:00Z' },
    spec: { mtls: { mode: 'STRICT' } },
  };
  const { object } = decodeObject(manifest, { kind: 'cluster' });
  assert.ok(object);
  const mesh = buildMesh({ objects: [object] });
  const file = readManifestFile('file:///a.yaml', policy('foo', '{mtls: {mode: DISABLE}}'));
  const place = manifestAt(file, file.text.indexOf('DISABLE'));
  assert.ok(place);
  const topic = topicAt(place.manifest, place.path);
  const cluster = {
    mesh,
    status: { kind: 'synced' },
    context: 'demo',
    istioInstalled: true,
  } as const;
  const judged = meshOfDocument(file, { cluster, contextId: 'demo:demo', workspace: undefined });
  assert.ok(topic && judged);
  const blocks = hoverBlocks(judged, place.manifest, { topic, now: 0 });
  assert.match(plainText(blocks), /PeerAuthentication foo\/live \(its namespace\) decides\.\n/);
  assert.deepEqual(commandsIn(blocks, openIn(judged.contextId)), ['istioMtls.openManifest']);
});

interface Note {
  readonly name: string;
  readonly text: string;
  readonly kustomized?: string;
  readonly assumed?: readonly string[];
  readonly says: string;
}

const notes: readonly Note[] = [
  {
    name: 'a manifest without a namespace is judged in default, which is said',
    text: 'metadata: {name: default}',
    says: 'No namespace is written here: judged as if it were default.',
  },
  {
    name: 'a manifest that kustomize puts into a namespace is judged there',
    text: 'metadata: {name: default, namespace: old}',
    kustomized: 'shop',
    says: 'A kustomization.yaml puts this into the namespace shop.',
  },
  {
    name: 'a namespace that is taken as injected is said to be',
    text: 'metadata: {name: default, namespace: foo}',
    assumed: ['foo'],
    says: 'No Namespace foo is declared: taken as injected, as istioMtls.assumeInjected says.',
  },
];

for (const { name, text, kustomized, assumed = [], says } of notes) {
  test(name, () => {
    const yaml = `apiVersion: security.istio.io/v1\nkind: PeerAuthentication\n${text}\nspec: {mtls: {mode: STRICT}}\n`;
    const file = readManifestFile('file:///a.yaml', yaml, { namespace: kustomized });
    const place = manifestAt(file, yaml.indexOf('STRICT'));
    assert.ok(place);
    const topic = topicAt(place.manifest, place.path);
    assert.ok(topic);
    const judged = meshOfDocument(file, {
      cluster: undefined,
      workspace: { objects: [], files: 0, truncated: false },
      settings: { kind: 'usable', overrides: {}, assumed },
    });
    assert.ok(judged);
    const lines = plainText(hoverBlocks(judged, place.manifest, { topic, now: 0 })).split('\n');
    assert.ok(lines.includes(says), lines.join('\n'));
  });
}
