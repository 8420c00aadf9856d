import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildMesh, decode, type MeshObject } from '../../../../src/mesh/index.ts';
import type { MeshSnapshot } from '../../../../src/sources/meshSource.ts';
import { manifestsOf, readManifestFile } from '../../../../src/sources/yaml/manifestFile.ts';
import type { WorkspaceFile } from '../../../../src/sources/yaml/workspaceManifests.ts';
import { FileJudge } from '../../../../src/surfaces/diagnostics/judgedFiles.ts';
import type { WorkspaceSources } from '../../../../src/surfaces/yamlContext/documentMeshes.ts';

const policy = (name: string): string =>
  `apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {name: ${name}, namespace: foo}\nspec: {mtls: {mode: STRICT}}\n`;

function file(
  name: string,
  text: string,
  finished: WorkspaceFile['finished'] = 'whole',
): WorkspaceFile {
  return { file: readManifestFile(`file:///${name}`, text), finished };
}

function sourcesOf(read: readonly WorkspaceFile[], live?: readonly MeshObject[]): WorkspaceSources {
  const objects = read
    .filter(({ finished }) => finished !== 'nothing')
    .flatMap((one) => manifestsOf(one.file).flatMap(({ object }) => object ?? []));
  const workspace = { objects, files: read.length, truncated: false, read };
  const cluster: MeshSnapshot | undefined = live && {
    context: 'prod',
    mesh: buildMesh({ objects: live }),
    istioInstalled: true,
    status: { kind: 'synced' },
  };
  return { cluster, workspace };
}

function codes(judge: FileJudge, one: WorkspaceFile): readonly string[] {
  return judge.judge(one).found.map(({ code }) => code);
}

test('files are judged together, and each is told of its own', () => {
  const [first, second] = [file('a.yaml', policy('a')), file('b.yaml', policy('b'))];
  const judge = new FileJudge();
  judge.update(sourcesOf([first, second]));
  assert.deepEqual(codes(judge, first), []);
  assert.deepEqual(codes(judge, second), ['MTLS0110']);
  assert.equal(judge.judge(second).by?.basis.kind, 'workspace');
});

test('files are laid over the cluster, whose objects count beside theirs', () => {
  const live = decode(
    {
      apiVersion: 'security.istio.io/v1',
      kind: 'PeerAuthentication',
      metadata: { name: 'old', namespace: 'foo', creationTimestamp: '2026-01-01T00:00:00Z' },
      spec: { mtls: { mode: 'STRICT' } },
    },
    { kind: 'cluster' },
  ).object;
  assert.ok(live);
  const own = file('a.yaml', policy('a'));
  const judge = new FileJudge();
  judge.update(sourcesOf([own], [live]));
  assert.deepEqual(codes(judge, own), ['MTLS0110']);
  assert.equal(judge.judge(own).by?.basis.kind, 'cluster');
});

test('of two files that declare one object each is judged as if only it did', () => {
  const [one, other] = [
    file('dev.yaml', `${policy('first')}---\n${policy('other')}`),
    file('prod.yaml', policy('other')),
  ];
  const judge = new FileJudge();
  judge.update(sourcesOf([one, other]));
  assert.deepEqual(codes(judge, one), ['MTLS0110']);
  assert.deepEqual(codes(judge, other), ['MTLS0110']);
});

test('what is changed on its way is judged by its fields alone, and a patch not at all', () => {
  const wrong = policy('b').replace('STRICT', 'STRCT');
  const changed = file('changed.yaml', `${policy('c')}---\n${wrong}`, 'fields');
  const patch = file('patch.yaml', wrong, 'nothing');
  const judge = new FileJudge();
  judge.update(sourcesOf([file('a.yaml', policy('a')), changed, patch]));
  assert.deepEqual(codes(judge, changed), ['MTLS0101']);
  assert.deepEqual(codes(judge, patch), []);
});

test('a file is judged once for as long as nothing changes, and anew when anything did', () => {
  const [first, second] = [file('a.yaml', policy('a')), file('b.yaml', policy('b'))];
  const judge = new FileJudge();
  const sources = sourcesOf([first, second]);
  assert.equal(judge.update(sources), true);
  const before = judge.judge(second);
  assert.equal(judge.update({ ...sources }), false);
  assert.equal(judge.judge(second), before);
  assert.equal(judge.update(sourcesOf([second])), true);
  assert.deepEqual(codes(judge, second), []);
});

test('the text that is typed goes before what the workspace has of the file', () => {
  const [first, second] = [file('a.yaml', policy('a')), file('b.yaml', policy('b'))];
  const judge = new FileJudge();
  judge.update(sourcesOf([first, second]));
  const typed = file('b.yaml', policy('b').replace('namespace: foo', 'namespace: bar'));
  assert.deepEqual(codes(judge, typed), []);
});
