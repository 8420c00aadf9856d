import type { DestinationRule, Labels, Mesh, PeerAuthentication } from '../../mesh/index.ts';
import {
  asObject,
  counted,
  hasNoLabels,
  matchesLabels,
  selectablePorts,
  serverModes,
  workloadsWithLabels,
} from '../../mesh/index.ts';
import type {
  ManifestDocument,
  ManifestFile,
  ManifestText,
} from '../../sources/yaml/manifestFile.ts';
import { rangeOfPath, type YamlPath } from '../../sources/yaml/yamlPath.ts';
import { selectorPath } from '../nodes/selectorPaths.ts';

/** What a hint tells; each can be switched off by itself. */
export type HintKind = 'servicePorts' | 'selectedPods' | 'serverMode';

/** A few words beside a field. `offset` in the file, at which they stand. */
export interface Hint {
  readonly kind: HintKind;
  readonly offset: number;
  readonly text: string;
}

/** The hints of a file: which Service ports lead to a port, how many pods a selector matches, what the servers of a host accept. */
export function hintsOf(mesh: Mesh, file: ManifestFile): readonly Hint[] {
  return file.documents.flatMap((document) =>
    document.content.kind === 'manifests'
      ? document.content.manifests.flatMap((manifest) => hintsIn(mesh, document, manifest))
      : [],
  );
}

function hintsIn(mesh: Mesh, document: ManifestDocument, manifest: ManifestText): readonly Hint[] {
  const { object } = manifest;
  if (object === undefined || object.refused !== undefined) return [];
  const at = (path: YamlPath, on: 'key' | 'value'): number => endOf(document, manifest, path, on);
  const pods = podsHint(mesh, manifest, object.namespace, at);
  switch (object.kind) {
    case 'PeerAuthentication':
      return [...pods, ...portHints(mesh, object, at)];
    case 'DestinationRule':
      return [...pods, ...modeHint(mesh, object, at)];
    default:
      return pods;
  }
}

type End = (path: YamlPath, on: 'key' | 'value') => number;

/** After the text of a value, or after the colon of a key. */
function endOf(
  { content, start }: ManifestDocument,
  { at }: ManifestText,
  path: YamlPath,
  on: 'key' | 'value',
): number {
  if (content.kind !== 'manifests') return start;
  const { end } = rangeOfPath(content.root.contents, [...at, ...path], on);
  return start + end + (on === 'key' ? 1 : 0);
}

function podsHint(
  mesh: Mesh,
  { value, kind }: ManifestText,
  namespace: string,
  at: End,
): readonly Hint[] {
  const path = selectorPath(kind);
  if (path === undefined) return [];
  const labels = labelsAt(value, path);
  if (labels === undefined || hasNoLabels(labels)) return [];
  return [
    { kind: 'selectedPods', offset: at(path, 'key'), text: matchWords(mesh, namespace, labels) },
  ];
}

function labelsAt(value: unknown, path: YamlPath): Labels | undefined {
  const found = asObject(path.reduce<unknown>((here, step) => asObject(here)?.[step], value));
  if (found === undefined) return undefined;
  const texts = Object.entries(found).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return Object.fromEntries(texts);
}

/** Workloads that have no pods, as in files alone, are counted as workloads. */
function matchWords(mesh: Mesh, namespace: string, labels: Labels): string {
  const workloads = workloadsWithLabels(mesh, namespace, labels);
  const pods = workloads
    .flatMap(({ variants }) => variants)
    .filter(({ shape }) => matchesLabels(labels, shape.labels))
    .reduce((sum, variant) => sum + variant.pods.length, 0);
  if (workloads.length === 0) return 'matches nothing';
  return pods === 0
    ? `matches ${counted(workloads.length, 'workload')}`
    : `matches ${counted(pods, 'pod')}`;
}

function portHints(mesh: Mesh, policy: PeerAuthentication, at: End): readonly Hint[] {
  const { selector, namespace, portLevelMtls } = policy;
  if (selector === undefined || portLevelMtls.length === 0) return [];
  const known = new Map(selectablePorts(mesh, namespace, selector).map((one) => [one.port, one]));
  return portLevelMtls.flatMap(({ port }): readonly Hint[] => {
    const services = known.get(port)?.services ?? [];
    if (services.length === 0) return [];
    const offset = at(['spec', 'portLevelMtls', String(port)], 'key');
    return [{ kind: 'servicePorts', offset, text: `← ${services.join(', ')}` }];
  });
}

function modeHint(mesh: Mesh, { host, namespace }: DestinationRule, at: End): readonly Hint[] {
  const modes = serverModes(mesh, host, namespace);
  if (modes === undefined) return [];
  const text = `server ${modes.join(', ')}`;
  return [{ kind: 'serverMode', offset: at(['spec', 'host'], 'value'), text }];
}
