import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildMesh, updateMesh } from '../../../src/mesh/snapshot/buildMesh.ts';
import type { Mesh } from '../../../src/mesh/snapshot/mesh.ts';
import { namespaceMtls } from '../../../src/mesh/server/namespaceMtls.ts';
import { describeMissing } from '../../../src/mesh/words/describe.ts';
import { plainText } from '../../../src/mesh/topic/blocks.ts';
import { topicText } from '../../../src/mesh/topic/topic.ts';
import { manifestsOf, readManifestFile } from '../../../src/sources/yaml/manifestFile.ts';
import { fileFindings } from '../../../src/sources/yaml/fileFindings.ts';

// What an API server refuses is in no cluster: it must not look as if it protected anything.

const uri = 'file:///mesh.yaml';
const namespace = (labels: string): string =>
  `apiVersion: v1\nkind: Namespace\nmetadata: {name: foo, labels: {${labels}}}\n`;
const injected = namespace('istio-injection: enabled');
const deployment = (template: string): string =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: foo}\nspec: {template: ${template}}\n`;
const running = deployment('{metadata: {labels: {app: web}}, spec: {containers: [{name: app}]}}');
const policy = (spec: string, more = ''): string =>
  `apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {name: default, namespace: foo${more}}\nspec: ${spec}\n`;

function meshOf(documents: readonly string[]): Mesh {
  const file = readManifestFile(uri, documents.join('---\n'));
  return buildMesh({ objects: manifestsOf(file).flatMap(({ object }) => object ?? []) });
}

const refused: readonly {
  readonly what: string;
  readonly documents: readonly string[];
  /** The place in the words of `describeMissing`, and the underlined text. */
  readonly path: string;
  readonly at: string;
}[] = [
  {
    what: 'a selector label that is a number, alone',
    documents: [
      injected,
      running,
      policy('{selector: {matchLabels: {version: 1}}, mtls: {mode: STRICT}}'),
    ],
    path: 'spec.selector.matchLabels.version: Expected text, found 1: put it in quotes',
    at: '1',
  },
  {
    what: 'a selector label that is a number, beside one that is text',
    documents: [
      injected,
      running,
      policy('{selector: {matchLabels: {app: web, version: 1}}, mtls: {mode: STRICT}}'),
    ],
    path: 'spec.selector.matchLabels.version',
    at: '1',
  },
  {
    what: 'an apiVersion that does not exist',
    documents: [injected, running, policy('{mtls: {mode: STRICT}}').replace('/v1', '/v2')],
    path: 'apiVersion: There is no PeerAuthentication of "security.istio.io/v2": use security.istio.io/v1',
    at: 'security.istio.io/v2',
  },
  {
    what: 'a mode that is a list',
    documents: [injected, running, policy('{mtls: {mode: [STRICT]}}')],
    path: 'spec.mtls.mode',
    at: 'mode',
  },
  {
    what: 'ports without a selector',
    documents: [
      injected,
      running,
      policy('{mtls: {mode: STRICT}, portLevelMtls: {8080: {mode: DISABLE}}}'),
    ],
    path: 'spec.portLevelMtls',
    at: 'portLevelMtls',
  },
  {
    what: 'a label of the policy that is a switch',
    documents: [injected, running, policy('{mtls: {mode: STRICT}}', ', labels: {prod: yes}')],
    path: 'metadata.labels.prod: Expected text, found true: put it in quotes',
    at: 'yes',
  },
  {
    what: 'a namespace label that is a switch',
    documents: [namespace('istio-injection: on'), running, policy('{mtls: {mode: STRICT}}')],
    path: 'metadata.labels.istio-injection',
    at: 'on',
  },
  {
    what: 'an unquoted sidecar.istio.io/inject label of a pod template',
    documents: [
      injected,
      deployment(
        '{metadata: {labels: {app: web, sidecar.istio.io/inject: false}}, spec: {containers: [{name: app}]}}',
      ),
      policy('{mtls: {mode: STRICT}}'),
    ],
    path: 'spec.template.metadata.labels.sidecar.istio.io/inject',
    at: 'false',
  },
  {
    what: 'an unquoted annotation of a pod template',
    documents: [
      injected,
      deployment(
        '{metadata: {annotations: {sidecar.istio.io/inject: no}, labels: {app: web}}, spec: {containers: [{name: app}]}}',
      ),
      policy('{mtls: {mode: STRICT}}'),
    ],
    path: 'spec.template.metadata.annotations.sidecar.istio.io/inject',
    at: 'no',
  },
];

describe('a manifest that an API server would refuse', () => {
  for (const { what, documents, path, at } of refused) {
    it(`is underlined, and what it would decide is unknown: ${what}`, () => {
      const text = documents.join('---\n');
      const problems = fileFindings(readManifestFile(uri, text));
      const errors = problems.filter(({ severity }) => severity === 'error');
      assert.deepEqual(
        errors.map(({ range }) => text.slice(range.start, range.end)),
        [at],
      );
      const mesh = meshOf(documents);
      assert.ok(mesh.missing.map(describeMissing).join(' ').includes(`is invalid (${path}`));
      assert.ok(!protects(mesh), JSON.stringify(namespaceMtls(mesh, 'foo')));
    });
  }

  it('protects where nothing is wrong with it, so that the rows above can fail', () => {
    assert.ok(protects(meshOf([injected, running, policy('{mtls: {mode: STRICT}}')])));
  });

  const others: Readonly<Record<string, readonly [text: string, at: string]>> = {
    'a Service selector': [
      'apiVersion: v1\nkind: Service\nmetadata: {name: s, namespace: foo}\nspec: {selector: {version: 2}, ports: [{port: 80}]}\n',
      '2',
    ],
    'a Service port': [
      'apiVersion: v1\nkind: Service\nmetadata: {name: s, namespace: foo}\nspec: {selector: {app: s}, ports: [{port: "80"}]}\n',
      '"80"',
    ],
    'the workloadSelector of a Sidecar': [
      'apiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: {name: s, namespace: foo}\nspec: {workloadSelector: {labels: {app: 3}}}\n',
      '3',
    ],
    'the workloadSelector of a DestinationRule': [
      'apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: s, namespace: foo}\nspec: {host: s, workloadSelector: {matchLabels: {app: 3}}}\n',
      '3',
    ],
    'a pod': [
      'apiVersion: v1\nkind: Pod\nmetadata: {name: s, namespace: foo, labels: {version: 1.5}}\nspec: {containers: [{name: a}]}\n',
      '1.5',
    ],
  };
  for (const [what, [text, at]] of Object.entries(others)) {
    it(`is underlined where ${what} holds no text`, () => {
      const file = readManifestFile(uri, text);
      const found = fileFindings(file).filter(({ severity }) => severity === 'error');
      assert.deepEqual(
        found.map(({ range }) => text.slice(range.start, range.end)),
        [at],
      );
      const [object] = manifestsOf(file).flatMap((one) => one.object ?? []);
      assert.notEqual(object?.refused, undefined);
    });
  }

  it('says of itself that it decides nothing', () => {
    const text = policy('{selector: {matchLabels: {version: 1}}, mtls: {mode: STRICT}}');
    const [manifest] = manifestsOf(readManifestFile(uri, text));
    assert.ok(manifest?.object?.kind === 'PeerAuthentication');
    const said = plainText(
      topicText(meshOf([text]), { kind: 'peer-authentication', policy: manifest.object }),
    );
    assert.match(said, /an API server refuses it, so it decides nothing/);
    assert.doesNotMatch(said, /STRICT/);
  });

  it('leaves what was there before in place, and is forgotten once it is repaired', () => {
    const before = meshOf([injected, running, policy('{mtls: {mode: PERMISSIVE}}')]);
    const objects = (text: string) =>
      manifestsOf(readManifestFile(uri, text)).flatMap(({ object }) => object ?? []);
    const broken = updateMesh(before, {
      upsert: objects(policy('{mtls: {mode: STRICT}}', ', labels: {a: 1}')),
    });
    assert.equal(namespaceMtls(broken, 'foo').mode, 'PERMISSIVE');
    assert.equal(broken.missing.length, 1);
    const repaired = updateMesh(broken, { upsert: objects(policy('{mtls: {mode: STRICT}}')) });
    assert.ok(protects(repaired));
  });
});

/** Whether a namespace is shown as requiring mutual TLS without a doubt, by every word of it. */
function protects(mesh: Mesh): boolean {
  const { mode, unknown, enforcement } = namespaceMtls(mesh, 'foo');
  return mode === 'STRICT' && unknown === undefined && enforcement.kind === 'enforced';
}
