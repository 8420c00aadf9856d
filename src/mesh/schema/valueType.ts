import { asObject } from '../model/json.ts';
import { typeProblem, quoted, type Problem } from '../model/problem.ts';

/** The type that an API server takes at a place: of a value, of each item of a list, of each field of a map. */
export type ValueType =
  | 'text'
  | 'number'
  | 'flag'
  | 'text or number'
  | 'map'
  /** A map of text, as labels and annotations are. */
  | 'labels'
  | 'texts'
  | { readonly items: ValueType }
  | { readonly fields: Readonly<Record<string, ValueType>> };

type Path = readonly (string | number)[];

/** Finds the values that are not of their type; fields that the type does not name may hold anything. */
export function checkType(value: unknown, type: ValueType, path: Path, problems: Problem[]): void {
  if (value === undefined || value === null) return;
  if (typeof type === 'string') checkNamed(value, type, path, problems);
  else if ('items' in type) {
    if (!Array.isArray(value)) problems.push(wrong(path, 'a list', value));
    else {
      for (const [index, item] of value.entries()) {
        checkType(item, type.items, [...path, index], problems);
      }
    }
  } else {
    const fields = asObject(value);
    if (fields === undefined) problems.push(wrong(path, 'a map', value));
    else {
      for (const [field, one] of Object.entries(type.fields)) {
        checkType(fields[field], one, [...path, field], problems);
      }
    }
  }
}

type NamedType = Extract<ValueType, string>;

function checkNamed(value: unknown, type: NamedType, path: Path, problems: Problem[]): void {
  switch (type) {
    case 'text':
      if (typeof value !== 'string') problems.push(wrong(path, 'text', value));
      break;
    case 'number':
      if (typeof value !== 'number') problems.push(wrong(path, 'a number', value));
      break;
    case 'flag':
      if (typeof value !== 'boolean') problems.push(wrong(path, 'true or false', value));
      break;
    case 'text or number':
      if (typeof value !== 'string' && typeof value !== 'number')
        problems.push(wrong(path, 'text or a number', value));
      break;
    case 'map':
      if (asObject(value) === undefined) problems.push(wrong(path, 'a map', value));
      break;
    case 'texts':
      checkType(value, { items: 'text' }, path, problems);
      break;
    case 'labels':
      if (asObject(value) === undefined) problems.push(wrong(path, 'a map', value));
      checkLabels(value, path, problems);
  }
}

/** A label, and an annotation, is text: an API server takes neither an unquoted number nor an unquoted `true`. */
export function checkLabels(value: unknown, path: Path, problems: Problem[]): void {
  const labels = asObject(value) ?? {};
  for (const [key, text] of Object.entries(labels)) {
    if (typeof text === 'string') continue;
    const message =
      typeof text === 'boolean' || typeof text === 'number'
        ? `Expected text, found ${String(text)}: put it in quotes.`
        : `Expected text, found ${quoted(text)}.`;
    problems.push(typeProblem([...path, key], message));
  }
}

function wrong(path: Path, expected: string, value: unknown): Problem {
  return typeProblem(path, `Expected ${expected}, found ${quoted(value)}.`);
}
