import { topicText } from '../../src/mesh/topic/topic.ts';
import { buildMesh } from '../../src/mesh/snapshot/buildMesh.ts';
import type { Mesh } from '../../src/mesh/snapshot/mesh.ts';
import type { MeshObject } from '../../src/mesh/model/objects.ts';
import { cursorPath } from '../../src/sources/yaml/cursorPath.ts';
import { decodeObject } from '../../src/sources/yaml/decodeObject.ts';
import { fileFindings } from '../../src/sources/yaml/fileFindings.ts';
import { manifestAt } from '../../src/sources/yaml/manifestAt.ts';
import { readManifestFile, type ManifestFile } from '../../src/sources/yaml/manifestFile.ts';
import { completionsAt } from '../../src/surfaces/completion/completions.ts';
import { topicAt } from '../../src/surfaces/hover/hoverTopic.ts';
import { hintsOf } from '../../src/surfaces/inlayHints/manifestHints.ts';
import { meshOfDocument } from '../../src/surfaces/yamlContext/documentMesh.ts';
import { FixedWalk } from './calibration.ts';
import { median, milliseconds, timed, type Figure } from './figures.ts';
import { largeMesh, namespaceName } from './largeMesh.ts';

/** Namespaces of ten workloads each. */
const namespaces = 1_000;
const rounds = 15;
/** Visits of the fixed walk that take about a millisecond on the machine that the budgets were set on. */
const visits = 1_500;

/** What an editor does while people write, beside the walk that no change of the product makes faster or slower. */
export function editorFigures(): readonly Figure[] {
  const mesh = buildMesh({ objects: objects() });
  const walk = new FixedWalk();
  const beside = (name: string, limitMs: number, work: () => unknown): Figure => {
    const runs = Array.from({ length: rounds }, () => ({
      walk: timed(() => walk.visit(visits)),
      work: timed(work),
    }));
    const ms = median(runs.map((run) => run.work));
    return {
      name,
      value: milliseconds(ms),
      against: `fixed walk ${milliseconds(median(runs.map((run) => run.walk)))}`,
      ratio: median(runs.map((run) => run.work / run.walk)),
      budget: limitMs,
      note: `at most ${limitMs} ms where the fixed walk takes one`,
    };
  };
  return [
    beside('findings after a keystroke, 5 000 lines', 100, findings(mesh)),
    beside('hover after a keystroke, 10 000 workloads', 20, hover(mesh)),
    beside('completion of a label, 10 000 workloads', 20, completion(mesh, labelTyped)),
    beside('completion of a host, 10 000 workloads', 20, completion(mesh, hostTyped)),
    beside('inlay hints, 10 000 workloads', 20, hints(mesh)),
  ];
}

function objects(): readonly MeshObject[] {
  return [...largeMesh(namespaces)].flatMap(
    (manifest) => decodeObject(manifest, { kind: 'cluster' }).object ?? [],
  );
}

const namespace = namespaceName(7);

function policy(index: number, mode = 'STRICT'): string {
  return `apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata:
  name: policy-${index}
  namespace: ${namespace}
spec:
  selector:
    matchLabels:
      app: app-${index}
  mtls:
    mode: ${mode}
---
`;
}

/** Types a letter into one of many documents each time, and judges the whole file anew. */
function findings(mesh: Mesh): () => unknown {
  const before = Array.from({ length: 400 }, (_, index) => policy(index)).join('');
  let file: ManifestFile = readManifestFile('file:///a.yaml', before);
  let turn = 0;
  return () => {
    turn += 1;
    const text = before.replace('app: app-200\n', `app: app-200-${turn}\n`);
    file = readManifestFile('file:///a.yaml', text, { previous: file });
    return fileFindings(file, judge(mesh, file));
  };
}

/** Another mode each time, so that nothing that was computed for the text before is of use. */
function hover(mesh: Mesh): () => unknown {
  let turn = 0;
  return () => {
    turn += 1;
    const text = policy(0, turn % 2 === 0 ? 'STRICT' : 'DISABLE');
    const file = readManifestFile('file:///a.yaml', text);
    const place = manifestAt(file, text.indexOf('mode: ') + 7);
    const judged = judge(mesh, file);
    const topic = place && topicAt(place.manifest, place.path);
    if (judged === undefined || topic === undefined) throw new Error('There is no hover.');
    return topicText(judged, topic);
  };
}

function judge(mesh: Mesh, file: ManifestFile): Mesh | undefined {
  const cluster = {
    mesh,
    status: { kind: 'synced' },
    context: 'large',
    istioInstalled: true,
  } as const;
  return meshOfDocument(file, { cluster, workspace: undefined })?.mesh;
}

const labelTyped = `apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {name: a, namespace: ${namespace}}\nspec:\n  selector:\n    matchLabels:\n      app: `;
const hostTyped = `apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: a, namespace: ${namespace}}\nspec:\n  host: `;

function completion(mesh: Mesh, text: string): () => unknown {
  return () => {
    const file = readManifestFile('file:///a.yaml', text);
    const cursor = cursorPath(text, text.length);
    const content = file.documents[0]?.content;
    const manifest = content?.kind === 'manifests' ? content.manifests[0]?.value : undefined;
    const judged = judge(mesh, file);
    if (cursor === undefined || judged === undefined) throw new Error('There is no cursor.');
    const { path, on } = cursor;
    const found = completionsAt(judged, { manifest, path, on, fields: true });
    if (found.length === 0) throw new Error('Nothing is completed.');
    return found;
  };
}

function hints(mesh: Mesh): () => unknown {
  return () => {
    const file = readManifestFile('file:///a.yaml', policy(0));
    const judged = judge(mesh, file);
    return judged && hintsOf(judged, file);
  };
}
