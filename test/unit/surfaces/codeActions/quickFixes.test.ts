import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildMesh } from '../../../../src/mesh/snapshot/buildMesh.ts';
import { manifestsOf, readManifestFile } from '../../../../src/sources/yaml/manifestFile.ts';
import { applyEdits } from '../../../../src/sources/yaml/textRange.ts';
import { nearestMode } from '../../../../src/surfaces/codeActions/nearestMode.ts';
import { quickFixes } from '../../../../src/surfaces/codeActions/quickFixes.ts';

const workloads = `---
apiVersion: v1
kind: Service
metadata: {name: httpbin, namespace: foo}
spec: {selector: {app: httpbin}, ports: [{port: 8000, targetPort: 8080}, {port: 81, targetPort: web}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: httpbin, namespace: foo}
spec:
  template:
    metadata: {labels: {app: httpbin}}
    spec: {containers: [{name: httpbin, ports: [{containerPort: 8080}, {containerPort: 9000, name: web}]}]}
`;

const policy = (namespace: string, spec: string): string =>
  `apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata:\n  name: mine\n  namespace: ${namespace}\nspec:\n${spec}`;
const selector = '  selector:\n    matchLabels:\n      app: httpbin\n';

interface Case {
  readonly name: string;
  readonly before: string;
  /** Titles of the fixes, and the text after the first of them. */
  readonly fixes: readonly string[];
  readonly after?: string;
}

const cases: readonly Case[] = [
  {
    name: 'a mode with a typing mistake becomes the real one (R281)',
    before: policy('foo', '  mtls:\n    mode: STRCIT # soon\n'),
    fixes: ['Change the mode to STRICT'],
    after: policy('foo', '  mtls:\n    mode: STRICT # soon\n'),
  },
  {
    name: 'a mode of a port is repaired as well',
    before: policy('foo', `${selector}  portLevelMtls:\n    8080:\n      mode: "disabled"\n`),
    fixes: ['Change the mode to DISABLE'],
    after: policy('foo', `${selector}  portLevelMtls:\n    8080:\n      mode: "DISABLE"\n`),
  },
  {
    name: 'a rule gets the modes of rules, not those of policies',
    before:
      'apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: r, namespace: foo}\nspec:\n  host: httpbin\n  trafficPolicy:\n    tls:\n      mode: ISTIO-MUTUAL\n',
    fixes: ['Change the mode to ISTIO_MUTUAL'],
    after:
      'apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: r, namespace: foo}\nspec:\n  host: httpbin\n  trafficPolicy:\n    tls:\n      mode: ISTIO_MUTUAL\n',
  },
  {
    name: 'a mode that resembles none is left to its author',
    before: policy('foo', '  mtls:\n    mode: whatever\n'),
    fixes: [],
  },
  {
    name: 'a Service port becomes the container port behind it (R17)',
    before: policy('foo', `${selector}  portLevelMtls:\n    8000: # http\n      mode: STRICT\n`),
    fixes: ['Change Service port 8000 to container port 8080'],
    after: policy('foo', `${selector}  portLevelMtls:\n    8080: # http\n      mode: STRICT\n`),
  },
  {
    name: 'a Service port with a named target becomes the port of that name (R208)',
    before: policy('foo', `${selector}  portLevelMtls:\n    81:\n      mode: STRICT\n`),
    fixes: ['Change Service port 81 to container port 9000'],
    after: policy('foo', `${selector}  portLevelMtls:\n    9000:\n      mode: STRICT\n`),
  },
  {
    name: 'a container port is right as it is, and a port nobody knows cannot be repaired',
    before: policy(
      'foo',
      `${selector}  portLevelMtls:\n    8080:\n      mode: STRICT\n    7000:\n      mode: STRICT\n`,
    ),
    fixes: [],
  },
  {
    name: 'a container port that is listed already is not listed twice',
    before: policy(
      'foo',
      `${selector}  portLevelMtls:\n    8000:\n      mode: STRICT\n    8080:\n      mode: STRICT\n`,
    ),
    fixes: [],
  },
  {
    name: 'a policy with a selector moves from the root namespace to its workloads (R6)',
    before: policy('istio-system', `${selector}  mtls:\n    mode: STRICT\n`),
    fixes: ['Move the policy to namespace foo, where its workloads are'],
    after: policy('foo', `${selector}  mtls:\n    mode: STRICT\n`),
  },
  {
    name: 'ports without a selector are removed (R281)',
    before: policy(
      'foo',
      '  mtls:\n    mode: STRICT\n  portLevelMtls:\n    8080:\n      mode: STRICT\n',
    ),
    fixes: ['Remove portLevelMtls'],
    after: policy('foo', '  mtls:\n    mode: STRICT\n'),
  },
];

for (const { name, before, fixes, after } of cases) {
  test(name, () => {
    const text = before + workloads;
    const file = readManifestFile('file:///a.yaml', text);
    const manifests = manifestsOf(file);
    const objects = manifests.flatMap(({ object }) => (object === undefined ? [] : [object]));
    const [document] = file.documents;
    const [manifest] = manifests;
    assert.ok(document && manifest);
    const found = quickFixes({ document, manifest }, buildMesh({ objects }));
    assert.deepEqual(
      found.map(({ title }) => title),
      fixes,
    );
    const [first] = found;
    if (first !== undefined) assert.equal(applyEdits(text, first.edits), (after ?? '') + workloads);
  });
}

test('the nearest mode is found for words that people write', () => {
  const words: Readonly<Record<string, string | undefined>> = {
    strict: 'STRICT',
    Permisive: 'PERMISSIVE',
    DISABLED: 'DISABLE',
    enabled: 'STRICT',
    ISTIO_MUTUAL: undefined,
    x: undefined,
    '': undefined,
  };
  for (const [word, mode] of Object.entries(words)) {
    assert.equal(nearestMode(word, 'PeerAuthentication'), mode, word);
  }
  assert.equal(nearestMode(7, 'PeerAuthentication'), undefined);
  assert.equal(nearestMode('simpel', 'DestinationRule'), 'SIMPLE');
});
