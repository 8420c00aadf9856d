import { asObject, type Json } from '../../mesh/index.ts';
import { parseYaml } from './parseYaml.ts';

/**
 * What a kustomization.yaml does to the namespaces of what it includes. Paths have slashes and no last one.
 * Source: kubectl.docs.kubernetes.io/references/kustomize/kustomization/namespace.
 */
export interface Kustomization {
  /** The namespace that all of it is put into; undefined where each object keeps its own. */
  readonly namespace: string | undefined;
  /** The files and the folders of other kustomizations that it includes. */
  readonly includes: ReadonlySet<string>;
  /** The files that change parts of what it includes: no objects of their own. */
  readonly patches: ReadonlySet<string>;
  /** What it includes comes out with other names, labels or fields. */
  readonly changes: boolean;
}

/** Kustomizations by the path of their folder. */
export type Kustomizations = ReadonlyMap<string, Kustomization>;

/** The names by which kustomize finds one in a folder, the first before the second. */
export const kustomizationNames = ['kustomization.yaml', 'kustomization.yml'] as const;

/** Whether a path or a uri is that of a kustomization. */
export function isKustomization(path: string): boolean {
  return kustomizationNames.some((name) => path === name || path.endsWith(`/${name}`));
}

/** The folder that a path lies in; empty at the root. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** Reads a kustomization; undefined when it is no YAML, so that it does nothing. */
export function readKustomization(path: string, text: string): Kustomization | undefined {
  const parsed = parseYaml(text);
  const fields = parsed.kind === 'read' ? asObject(parsed.value) : undefined;
  if (fields === undefined) return undefined;
  const { namespace, resources, bases, components } = fields;
  const entries = [resources, bases, components].flatMap(textsIn);
  const within = (entry: string): string => resolved(folderOf(path), entry);
  return {
    namespace: typeof namespace === 'string' && namespace !== '' ? namespace : undefined,
    includes: new Set(entries.map(within)),
    patches: new Set(patchesIn(fields).map(within)),
    changes: CHANGING.some((field) => isSet(fields[field])),
  };
}

/** The fields by which a kustomization changes what it includes, besides its namespace. */
const CHANGING = [
  ...['patches', 'patchesStrategicMerge', 'patchesJson6902', 'replacements', 'transformers'],
  ...['namePrefix', 'nameSuffix', 'labels', 'commonLabels', 'commonAnnotations', 'components'],
] as const;

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

/** Files of patches; a patch that stands in the kustomization itself has none. */
function patchesIn({ patches, patchesStrategicMerge, patchesJson6902 }: Json): readonly string[] {
  const named = [patches, patchesJson6902].flatMap((list) =>
    Array.isArray(list) ? list.map((entry: unknown) => asObject(entry)?.['path']) : [],
  );
  return [
    ...textsIn(named),
    ...textsIn(patchesStrategicMerge).filter((one) => !one.includes('\n')),
  ];
}

/** How much of a file is as it will be in a cluster: all, its fields but not what it has to do with others, or nothing. */
export type Finished = 'whole' | 'fields' | 'nothing';

/** A patch is no object; what a kustomization changes on its way has another name, other labels or other fields there. */
export function finishedIn(kustomizations: Kustomizations, path: string): Finished {
  if (kustomizations.size === 0) return 'whole';
  for (const { patches } of kustomizations.values()) if (patches.has(path)) return 'nothing';
  const included = new Set([path]);
  for (let before = 0; before < included.size;) {
    before = included.size;
    for (const [folder, { includes, changes }] of kustomizations) {
      if (![...includes].some((entry) => included.has(entry))) continue;
      if (changes) return 'fields';
      included.add(folder);
    }
  }
  return 'whole';
}

/**
 * The namespace that kustomizations beside and above a file put it into: each counts that includes the file, or the
 * kustomization below that does, and the outermost one is applied last. Undefined where none of them names one.
 */
export function kustomizedNamespace(
  kustomizations: Kustomizations,
  path: string,
): string | undefined {
  if (kustomizations.size === 0) return undefined;
  const included = new Set([path]);
  let namespace: string | undefined;
  for (let folder = folderOf(path); ; folder = folderOf(folder)) {
    const found = kustomizations.get(folder);
    if (found !== undefined && [...found.includes].some((entry) => included.has(entry))) {
      included.add(folder);
      namespace = found.namespace ?? namespace;
    }
    if (folder === '') return namespace;
  }
}

/** The object as kustomize puts it into a namespace, whatever its own is; a Namespace takes the name. */
export function inNamespace(value: unknown, namespace: string): unknown {
  const object = asObject(value);
  const metadata = asObject(object?.['metadata'] ?? {});
  if (object === undefined || metadata === undefined) return value;
  const field = object['kind'] === 'Namespace' ? 'name' : 'namespace';
  return { ...object, metadata: { ...metadata, [field]: namespace } };
}

function textsIn(list: unknown): readonly string[] {
  if (!Array.isArray(list)) return [];
  return list.filter((entry: unknown): entry is string => typeof entry === 'string');
}

/** A relative path as seen from a folder. */
function resolved(folder: string, entry: string): string {
  const steps = folder.split('/');
  for (const step of entry.split('/')) {
    if (step === '..') steps.pop();
    else if (step !== '' && step !== '.') steps.push(step);
  }
  return steps.join('/');
}
