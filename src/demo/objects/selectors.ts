import type { Json, KubeObject } from './json.ts';
import { at, listAt, textAt, textMapAt } from './json.ts';

/** Decides whether an object belongs to a list or a watch. */
export type Selector = (object: KubeObject) => boolean;

/** `labelSelector` and `fieldSelector` of a query; `undefined` when one of them cannot be read. */
export function selectorOf(query: URLSearchParams): Selector | undefined {
  const labels = parseLabelSelector(query.get('labelSelector') ?? '');
  const fields = parseFieldSelector(query.get('fieldSelector') ?? '');
  if (!labels || !fields) return undefined;
  return (object) => labels(object) && fields(object);
}

/** A `metav1.LabelSelector` (matchLabels and matchExpressions) against labels. Empty matches all. */
export function matchesLabelSelector(
  selector: Json | undefined,
  labels: Readonly<Record<string, string>>,
): boolean {
  const pairs = Object.entries(textMapAt(selector, 'matchLabels'));
  if (!pairs.every(([key, value]) => labels[key] === value)) return false;
  return listAt(selector, 'matchExpressions').every((expression) => {
    const value = labels[textAt(expression, 'key') ?? ''];
    const values = listAt(expression, 'values');
    switch (textAt(expression, 'operator')) {
      case 'In':
        return value !== undefined && values.includes(value);
      case 'NotIn':
        return value === undefined || !values.includes(value);
      case 'Exists':
        return value !== undefined;
      case 'DoesNotExist':
        return value === undefined;
      case undefined:
      default:
        return false;
    }
  });
}

function parseLabelSelector(text: string): Selector | undefined {
  const tests: ((labels: Readonly<Record<string, string>>) => boolean)[] = [];
  for (const requirement of splitRequirements(text)) {
    const test = labelRequirement(requirement);
    if (test === undefined) return undefined;
    tests.push(test);
  }
  return (object) => {
    const labels = textMapAt(object, 'metadata', 'labels');
    return tests.every((test) => test(labels));
  };
}

function labelRequirement(
  text: string,
): ((labels: Readonly<Record<string, string>>) => boolean) | undefined {
  const set = /^([^\s!=]+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(text);
  if (set) {
    const [, key = '', operator, list = ''] = set;
    const values = list.split(',').map((value) => value.trim());
    return (labels) => values.includes(labels[key] ?? '\0') === (operator === 'in');
  }
  const equality = /^([^\s!=]+)\s*(==|=|!=)\s*([^\s!=]*)$/.exec(text);
  if (equality) {
    const [, key = '', operator, value = ''] = equality;
    return (labels) => (labels[key] === value) === (operator !== '!=');
  }
  const presence = /^(!?)\s*([^\s!=]+)$/.exec(text);
  if (!presence) return undefined;
  const [, negation, key = ''] = presence;
  return (labels) => (labels[key] !== undefined) === (negation === '');
}

function parseFieldSelector(text: string): Selector | undefined {
  const tests: Selector[] = [];
  for (const requirement of splitRequirements(text)) {
    const match = /^([^=!]+)(==|=|!=)(.*)$/.exec(requirement);
    if (!match) return undefined;
    const [, path = '', operator, value = ''] = match;
    tests.push(
      (object) => ((at(object, ...path.split('.')) ?? '') === value) === (operator !== '!='),
    );
  }
  return (object) => tests.every((test) => test(object));
}

/** Splits at commas outside parentheses. */
function splitRequirements(text: string): readonly string[] {
  return text
    .split(/,(?![^(]*\))/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
