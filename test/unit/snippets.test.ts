import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { MeshObject } from '../../src/mesh/model/objects.ts';
import { manifestsOf, readManifestFile } from '../../src/sources/yaml/manifestFile.ts';

interface Snippet {
  /** What finds it when it is typed: one word, or several. */
  readonly prefix: string | readonly string[];
  readonly description: string;
  readonly body: readonly string[];
}

const snippets = JSON.parse(
  readFileSync(new URL('../../snippets/istio-mtls.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, Snippet>>;

function prefixesOf({ prefix }: Snippet): readonly string[] {
  return typeof prefix === 'string' ? [prefix] : prefix;
}

const serverModes = ['STRICT', 'PERMISSIVE', 'DISABLE'];
const clientModes = ['ISTIO_MUTUAL', 'DISABLE', 'SIMPLE', 'MUTUAL'];

/** What the editor leaves when every tab stop is accepted; `choice` picks the nth of each choice. */
function expand(body: string, choice: number): string {
  const values = new Map<string, string>();
  for (const [, stop, options] of body.matchAll(/\$\{(\d+)\|([^|]*)\|\}/g)) {
    const all = (options ?? '').split(',');
    values.set(stop ?? '', all[choice % all.length] ?? '');
  }
  for (const [, stop, text] of body.matchAll(/\$\{(\d+):((?:[^{}])*)\}/g)) {
    values.set(stop ?? '', text ?? '');
  }
  const byStop = (_: string, braced: string | undefined, bare: string | undefined): string =>
    values.get(braced ?? bare ?? '') ?? '';
  const place = /\$\{(\d+)[:|][^}]*\}|\$(\d+)/g;
  return body.replace(place, byStop).replace(place, byStop);
}

function objectsOf(snippet: Snippet, choice: number): readonly MeshObject[] {
  const text = expand(snippet.body.join('\n'), choice);
  assert.doesNotMatch(text, /[$|]/, 'every tab stop is expanded');
  const file = readManifestFile('file:///snippet.yaml', text);
  for (const { content } of file.documents) {
    assert.notEqual(content.kind, 'broken');
    assert.notEqual(content.kind, 'template');
  }
  const manifests = manifestsOf(file);
  for (const { problems } of manifests) assert.deepEqual(problems, []);
  return manifests.flatMap(({ object }) => (object === undefined ? [] : [object]));
}

for (const [name, snippet] of Object.entries(snippets)) {
  test(`${name} expands to manifests that Istio accepts, whichever choice is taken`, () => {
    for (const choice of [0, 1, 2]) {
      assert.ok(objectsOf(snippet, choice).length > 0);
    }
  });

  test(`${name} offers only modes that exist`, () => {
    for (const [, options] of snippet.body.join('\n').matchAll(/\$\{\d+\|([^|]*)\|\}/g)) {
      const known = snippet.body.includes('kind: DestinationRule') ? clientModes : serverModes;
      const unknown = (options ?? '').split(',').filter((mode) => !known.includes(mode));
      assert.deepEqual(unknown, []);
    }
  });
}

for (const typed of ['peer', 'mtls']) {
  test(`what writes a PeerAuthentication is found by "${typed}"`, () => {
    for (const snippet of Object.values(snippets)) {
      if (!snippet.body.includes('kind: PeerAuthentication')) continue;
      assert.ok(
        prefixesOf(snippet).some((prefix) => prefix.startsWith(typed)),
        snippet.description,
      );
    }
  });
}

test('no two snippets share a prefix', () => {
  const prefixes = Object.values(snippets).flatMap(prefixesOf);
  assert.equal(new Set(prefixes).size, prefixes.length);
});

function modeOf(prefix: string): string {
  const snippet = Object.values(snippets).find((one) => prefixesOf(one).includes(prefix));
  assert.ok(snippet, `there is a snippet ${prefix}`);
  const [object] = objectsOf(snippet, 0);
  if (object?.kind === 'PeerAuthentication') {
    const ports = object.portLevelMtls.map(({ port, mode }) => ` ${port.toString()}=${mode}`);
    const scope = object.selector === undefined ? object.namespace : `${object.namespace}/pods`;
    return `${scope} ${object.mode}${ports.join('')}`;
  }
  if (object?.kind === 'DestinationRule') {
    return `${object.host} ${object.trafficPolicy?.tls?.mode ?? 'none'}`;
  }
  return `${object?.kind ?? 'none'} ${JSON.stringify(object?.labels ?? {})}`;
}

const meanings: Readonly<Record<string, string>> = {
  'istio-mesh-strict': 'istio-system STRICT',
  'istio-namespace-strict': 'foo STRICT',
  'istio-namespace-permissive': 'foo PERMISSIVE',
  'istio-namespace-disable': 'foo DISABLE',
  'istio-workload-mode': 'foo/pods STRICT',
  'istio-port-exception': 'foo/pods STRICT 8080=PERMISSIVE',
  'istio-destinationrule-mutual': 'httpbin.foo.svc.cluster.local ISTIO_MUTUAL',
  'istio-destinationrule-disable': 'httpbin.foo.svc.cluster.local DISABLE',
  'istio-destinationrule-simple': 'api.example.com SIMPLE',
  'istio-namespace-injected': 'Namespace {"istio-injection":"enabled"}',
  'istio-namespace-ambient': 'Namespace {"istio.io/dataplane-mode":"ambient"}',
};

for (const [prefix, meaning] of Object.entries(meanings)) {
  test(`${prefix} means ${meaning}`, () => {
    assert.equal(modeOf(prefix), meaning);
  });
}

test('the probe workloads are complete: each has a Service, and a Deployment that it selects', () => {
  for (const prefix of ['istio-sleep', 'istio-httpbin']) {
    const snippet = Object.values(snippets).find((one) => prefixesOf(one).includes(prefix));
    assert.ok(snippet);
    assert.ok(snippet.body.includes('kind: ServiceAccount'));
    const objects = objectsOf(snippet, 0);
    const service = objects.find((one) => one.kind === 'Service');
    const [template] = objects.flatMap((one) => ('template' in one ? [one.template] : []));
    assert.ok(service && template);
    for (const [key, value] of Object.entries(service.selector ?? {})) {
      assert.equal(template.labels[key], value);
    }
  }
});
