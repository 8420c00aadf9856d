import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { buildMesh } from '../../src/mesh/snapshot/buildMesh.ts';
import { meshMtls, namespaceMtls } from '../../src/mesh/server/namespaceMtls.ts';
import { namespacesOf, objectsIn, type Mesh } from '../../src/mesh/snapshot/mesh.ts';
import { loadKubeconfig } from '../../src/sources/kubeconfig/kubeconfig.ts';
import { composeYaml, plainValue } from '../../src/sources/yaml/composeYaml.ts';
import { decodeObject } from '../../src/sources/yaml/decodeObject.ts';
import { manifestsOf, readManifestFile } from '../../src/sources/yaml/manifestFile.ts';
import { quickValue } from '../../src/sources/yaml/quickValue.ts';
import { fileFindings } from '../../src/sources/yaml/fileFindings.ts';
import { mutatedManifest } from '../properties/mutatedManifests.ts';
import { share, text } from './inputs.ts';

/** Asks for every mode, so that whatever is computed from an object is computed. */
function ask(mesh: Mesh): void {
  meshMtls(mesh);
  for (const { name } of namespacesOf(mesh)) namespaceMtls(mesh, name);
}

describe('nothing throws, and what is refused protects nothing', () => {
  it('manifests to which things happened', () => {
    fc.assert(
      fc.property(mutatedManifest, (source) => {
        const file = readManifestFile('file:///a.yaml', source);
        fileFindings(file);
        const objects = manifestsOf(file).flatMap(({ object }) => object ?? []);
        const mesh = buildMesh({ objects });
        ask(mesh);
        for (const one of objects) {
          if (one.kind !== 'PeerAuthentication' || one.refused === undefined) continue;
          const held = objectsIn(mesh, one.namespace).peerAuthentications.get(one.name);
          assert.notEqual(held, one, 'a refused policy is part of the mesh');
          assert.notEqual(namespaceMtls(mesh, one.namespace).unknown, undefined);
        }
      }),
      share(0.2),
    );
  });

  it('values that are read without their places are the same, or are not read', () => {
    fc.assert(
      fc.property(fc.oneof(mutatedManifest, text), (source) => {
        const quick = quickValue(source);
        if (quick === undefined) return;
        const composed = composeYaml(source, 400_000);
        assert.ok(composed.kind === 'composed' && composed.mistakes.length === 0);
        assert.deepEqual({ kind: 'value', ...quick }, plainValue(composed.root));
      }),
      share(0.3),
    );
  });

  it('configuration in ConfigMaps', () => {
    fc.assert(
      fc.property(text, (source) => {
        const data = { mesh: source, config: source, values: source };
        const objects = ['istio', 'istio-sidecar-injector'].flatMap((name) => {
          const metadata = { name, namespace: 'istio-system' };
          const manifest = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data };
          return decodeObject(manifest, { kind: 'cluster' }).object ?? [];
        });
        ask(buildMesh({ objects }));
      }),
      share(0.2),
    );
  });

  it('objects of any shape', () => {
    const shape = fc.record(
      {
        apiVersion: fc.constantFrom(
          'v1',
          'apps/v1',
          'security.istio.io/v1',
          'networking.istio.io/v1',
        ),
        kind: fc.constantFrom(
          'Namespace',
          'Pod',
          'Deployment',
          'Service',
          'PeerAuthentication',
          'DestinationRule',
          'Sidecar',
        ),
        metadata: fc.record({
          name: fc.constantFrom('a', 'b'),
          namespace: fc.constantFrom('foo', 'bar'),
          labels: fc.jsonValue(),
        }),
        spec: fc.oneof(
          fc.jsonValue(),
          fc.dictionary(
            fc.constantFrom('selector', 'mtls', 'ports', 'host', 'template', 'containers'),
            fc.jsonValue(),
          ),
        ),
      },
      { requiredKeys: ['apiVersion', 'kind'] },
    );
    fc.assert(
      fc.property(fc.array(shape, { maxLength: 4 }), fc.boolean(), (values, isFile) => {
        const origin = isFile
          ? ({ kind: 'file', uri: 'file:///a', document: 0 } as const)
          : ({ kind: 'cluster' } as const);
        ask(
          buildMesh({ objects: values.flatMap((one) => decodeObject(one, origin).object ?? []) }),
        );
      }),
      share(0.15),
    );
  });

  it('kubeconfigs', async () => {
    await fc.assert(
      fc.asyncProperty(text, async (source) => {
        const loaded = await loadKubeconfig(['/config'], () => Promise.resolve(source));
        if (loaded.kind === 'broken') assert.ok(loaded.problems.length > 0);
      }),
      share(0.15),
    );
  });
});
