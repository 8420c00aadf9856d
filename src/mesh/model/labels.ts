import type { LabelRequirement, LabelSelector } from './spec/labelSelector.ts';
import type { Labels } from './objects.ts';

/** Every label of `selector` is present with the identical value (R7). An empty selector matches. */
export function matchesLabels(selector: Labels, labels: Labels): boolean {
  for (const key in selector) {
    if (labels[key] !== selector[key]) return false;
  }
  return true;
}

export function hasNoLabels(labels: Labels): boolean {
  for (const _key in labels) return false;
  return true;
}

/** A Kubernetes label selector: all requirements hold. An empty one matches everything. */
export function matchesSelector(selector: LabelSelector, labels: Labels): boolean {
  return selector.every((requirement) => holds(requirement, labels));
}

function holds({ key, operator, values }: LabelRequirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return false;
  }
}

/**
 * Finds the items whose labels are all present on something, without trying every item: items are
 * filed under one of their labels, so that only items which share that label are compared.
 */
export interface SelectorIndex<T> {
  readonly matching: (labels: Labels) => readonly T[];
}

/** Below this size trying every item is faster than filing them. */
const SMALL = 8;

/** Items whose selector is empty or undefined never match. `items` keeps its order in answers. */
export function selectorIndex<T>(
  items: readonly T[],
  selectorOf: (item: T) => Labels | undefined,
): SelectorIndex<T> {
  const matches = (item: T, labels: Labels): boolean => {
    const selector = selectorOf(item);
    return selector !== undefined && !hasNoLabels(selector) && matchesLabels(selector, labels);
  };
  if (items.length <= SMALL) {
    return { matching: (labels) => items.filter((item) => matches(item, labels)) };
  }
  const filed = fileByLabel(items, selectorOf);
  return {
    matching: (labels) => {
      const found: [number, T][] = [];
      for (const key in labels) {
        for (const entry of filed.get(key)?.get(labels[key] ?? '') ?? []) {
          if (matches(entry[1], labels)) found.push(entry);
        }
      }
      return found.sort((left, right) => left[0] - right[0]).map((entry) => entry[1]);
    },
  };
}

type Filed<T> = ReadonlyMap<string, ReadonlyMap<string, readonly [number, T][]>>;

function fileByLabel<T>(
  items: readonly T[],
  selectorOf: (item: T) => Labels | undefined,
): Filed<T> {
  const filed = new Map<string, Map<string, [number, T][]>>();
  for (const [rank, item] of items.entries()) {
    const first = Object.entries(selectorOf(item) ?? {})[0];
    if (first === undefined) continue;
    const [key, value] = first;
    const byValue = filed.get(key) ?? new Map<string, [number, T][]>();
    filed.set(key, byValue);
    const entries = byValue.get(value);
    if (entries === undefined) byValue.set(value, [[rank, item]]);
    else entries.push([rank, item]);
  }
  return filed;
}

/** Whether a control plane reads an object: one without the label `istio.io/rev` is for all of them (R2). */
export function isForRevision({ labels }: { readonly labels: Labels }, revision: string): boolean {
  return (labels['istio.io/rev'] ?? revision) === revision;
}
