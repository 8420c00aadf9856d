import { asObject, type Json } from '../model/json.ts';

/** How the value of a configuration field is checked: what it has to be, in words, and whether it is. */
export interface FieldType {
  readonly words: string;
  readonly is: (value: unknown) => boolean;
}

/** A field whose value is not of its type. */
export interface WrongField {
  readonly field: string;
  /** What it should be: `true or false`. */
  readonly words: string;
}

/** The first field with a value of a wrong type. No value, `null`, counts as absent, as in Istio's own reader. */
export function wrongFieldOf(
  fields: Json,
  types: ReadonlyMap<string, FieldType>,
): WrongField | undefined {
  for (const [field, value] of Object.entries(fields)) {
    const type = types.get(field);
    if (type === undefined || value === null || type.is(value)) continue;
    return { field, words: type.words };
  }
  return undefined;
}

/** Whether a namespace may have this name (RFC 1123 label). */
export function isNamespace(name: string): boolean {
  return /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name);
}

export const text: FieldType = {
  words: 'text that is not empty',
  is: (value) => typeof value === 'string' && value !== '',
};

export const flag: FieldType = {
  words: 'true or false',
  is: (value) => typeof value === 'boolean',
};

export const texts: FieldType = {
  words: 'a list of texts',
  is: (value) => Array.isArray(value) && value.every(text.is),
};

export const labelSelectors: FieldType = {
  words: 'a list of label selectors',
  is: (value) => Array.isArray(value) && value.every(isLabelSelector),
};

export const namespaceName: FieldType = {
  words: 'the name of a namespace',
  is: (value) => typeof value === 'string' && isNamespace(value),
};

/** A list of objects, each with a list of texts at `field` if it has that field. */
export function objectsWithTexts(field: string): FieldType {
  return {
    words: `a list of objects with a list of texts "${field}"`,
    is: (value) =>
      Array.isArray(value) && value.every((one) => hasOnly(one, field, (list) => texts.is(list))),
  };
}

/** An object whose field `name`, if it is there, has one of these values. */
export function oneField(name: string, choices: readonly string[]): FieldType {
  return {
    words: `{ "${name}": ${choices.map((one) => `"${one}"`).join(' or ')} }`,
    is: (value) => hasOnly(value, name, (one) => typeof one === 'string' && choices.includes(one)),
  };
}

function hasOnly(value: unknown, field: string, is: (value: unknown) => boolean): boolean {
  const fields = asObject(value);
  const one = fields?.[field];
  return fields !== undefined && (one === undefined || one === null || is(one));
}

function isLabelSelector(value: unknown): boolean {
  const selector = asObject(value);
  if (selector === undefined) return false;
  const labels = selector['matchLabels'] ?? {};
  const expressions = selector['matchExpressions'] ?? [];
  return (
    Object.values(asObject(labels) ?? { none: undefined }).every(isText) &&
    Array.isArray(expressions) &&
    expressions.every(isRequirement)
  );
}

function isRequirement(value: unknown): boolean {
  const fields = asObject(value);
  const values = fields?.['values'] ?? [];
  return (
    isText(fields?.['key']) &&
    isText(fields?.['operator']) &&
    Array.isArray(values) &&
    values.every(isText)
  );
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}
