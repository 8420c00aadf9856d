import type { Manifest } from '../../src/mesh/model/manifest.ts';

/** The value under a path of plain JSON; undefined as soon as a step is missing. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let current = value;
  for (const step of path) {
    if (typeof current !== 'object' || current === null) return undefined;
    current = (current as Readonly<Record<string | number, unknown>>)[step];
  }
  return current;
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function texts(value: unknown): readonly string[] {
  return list(value).map(text);
}

/** The entries of a mapping whose values are text: labels, selectors, annotations. */
export function pairs(value: unknown): readonly (readonly [string, string])[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).map(([key, item]) => [key, text(item)]);
}

export function ofKind(
  objects: readonly Manifest[],
  kind: string,
  namespace: string,
): readonly Manifest[] {
  return objects.filter(
    (object) => object.kind === kind && object.metadata.namespace === namespace,
  );
}

export function label(object: Manifest, key: string): string | undefined {
  return object.metadata.labels?.[key];
}

/** R7: every label of the selector is there with the same value. */
export function selects(matchLabels: unknown, labels: unknown): boolean {
  return pairs(matchLabels).every(([key, value]) => at(labels, key) === value);
}

/** R2: an object that names another revision does not exist for this control plane. */
export function inRevision(object: Manifest): boolean {
  const revision = label(object, 'istio.io/rev');
  return revision === undefined || revision === 'default';
}

/** R9: creation time, then name, then namespace. */
export function byAge(left: Manifest, right: Manifest): number {
  const key = ({ metadata }: Manifest): readonly string[] => [
    metadata.creationTimestamp ?? '',
    metadata.name,
    metadata.namespace ?? '',
  ];
  const rightKey = key(right);
  for (const [index, mine] of key(left).entries()) {
    const other = rightKey[index] ?? '';
    if (mine !== other) return mine < other ? -1 : 1;
  }
  return 0;
}
