import type { Json, JsonObject } from './json.ts';
import { isList, isObject } from './json.ts';
import type { StatusCause } from './status.ts';

/** The part of a structural schema (OpenAPI v3) that the demo's kinds need. */
export interface Schema {
  readonly type: 'object' | 'array' | 'string' | 'integer' | 'boolean' | 'any';
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly enum?: readonly string[];
  readonly minProperties?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  /** Rules over the whole value, as CEL rules in a CRD: `holds` false gives `message`. */
  readonly rules?: readonly {
    readonly message: string;
    readonly holds: (value: Json) => boolean;
  }[];
}

/** Everything wrong with the value, worded as the API server words it. CEL rules run last. */
export function validate(value: Json, schema: Schema, path: string): readonly StatusCause[] {
  const structural = validateStructure(value, schema, path);
  return structural.length > 0 ? [...structural, rulesSkipped] : validateRules(value, schema, path);
}

/** What the API server adds when it did not get as far as the rules. */
const rulesSkipped = cause(
  'FieldValueInvalid',
  '<nil>',
  'Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
);

/** Paths of the fields that the schema does not know. */
export function unknownFields(value: Json, schema: Schema, path = ''): readonly string[] {
  if (isList(value)) {
    const { items } = schema;
    return items ? value.flatMap((item, i) => unknownFields(item, items, `${path}[${i}]`)) : [];
  }
  if (!isObject(value) || !isClosed(schema)) return [];
  return Object.entries(value).flatMap(([field, child]) => {
    const inner = childSchema(schema, field);
    const where = path === '' ? field : `${path}.${field}`;
    return inner ? unknownFields(child ?? null, inner, where) : [where];
  });
}

/** The value without the fields that the schema does not know. */
export function prune(value: Json, schema: Schema): Json {
  const { items } = schema;
  if (isList(value)) return items ? value.map((item) => prune(item, items)) : value;
  if (!isObject(value) || !isClosed(schema)) return value;
  const kept: Record<string, Json> = {};
  for (const [field, child] of Object.entries(value)) {
    const inner = childSchema(schema, field);
    if (inner && child !== undefined) kept[field] = prune(child, inner);
  }
  return kept;
}

function validateStructure(value: Json, schema: Schema, path: string): readonly StatusCause[] {
  const actual = typeOf(value);
  if (schema.type !== 'any' && actual !== schema.type)
    return [wrongType(schema.type, actual, path)];
  if (isList(value)) {
    const { items } = schema;
    return items ? value.flatMap((item, i) => validateStructure(item, items, `${path}[${i}]`)) : [];
  }
  return isObject(value)
    ? validateObject(value, schema, path)
    : validateScalar(value, schema, path);
}

function validateObject(value: JsonObject, schema: Schema, path: string): readonly StatusCause[] {
  const fields = Object.entries(value);
  const missing = (schema.required ?? [])
    .filter((field) => value[field] === undefined)
    .map((field) => cause('FieldValueRequired', `${path}.${field}`, 'Required value'));
  const inner = fields.flatMap(([field, child]) => {
    const known = childSchema(schema, field);
    return known && child !== undefined ? validateStructure(child, known, `${path}.${field}`) : [];
  });
  const { minProperties = 0 } = schema;
  const few =
    fields.length < minProperties
      ? [
          invalidValue(
            path,
            fields.length,
            `${path} in body should have at least ${minProperties} properties`,
          ),
        ]
      : [];
  return [...missing, ...few, ...inner];
}

function validateScalar(value: Json, schema: Schema, path: string): readonly StatusCause[] {
  if (schema.enum && typeof value === 'string' && !schema.enum.includes(value)) {
    const supported = schema.enum.map((entry) => JSON.stringify(entry)).join(', ');
    const text = `Unsupported value: ${JSON.stringify(value)}: supported values: ${supported}`;
    return [cause('FieldValueNotSupported', path, text)];
  }
  if (typeof value === 'string' && value.length > (schema.maxLength ?? Infinity)) {
    const limit = `may not be more than ${String(schema.maxLength)} bytes`;
    return [cause('FieldValueTooLong', path, `Too long: ${limit}`)];
  }
  if (typeof value === 'number') return validateRange(value, schema, path);
  return [];
}

function validateRange(value: number, schema: Schema, path: string): readonly StatusCause[] {
  const { minimum = -Infinity, maximum = Infinity } = schema;
  if (value < minimum) {
    return [
      invalidValue(path, value, `${path} in body should be greater than or equal to ${minimum}`),
    ];
  }
  if (value > maximum) {
    return [
      invalidValue(path, value, `${path} in body should be less than or equal to ${maximum}`),
    ];
  }
  return [];
}

function validateRules(value: Json, schema: Schema, path: string): readonly StatusCause[] {
  const broken = (schema.rules ?? [])
    .filter((rule) => !rule.holds(value))
    .map((rule) => cause('FieldValueInvalid', path, `Invalid value: ${rule.message}`));
  const { items } = schema;
  if (isList(value) && items) {
    return [...broken, ...value.flatMap((item, i) => validateRules(item, items, `${path}[${i}]`))];
  }
  if (!isObject(value)) return broken;
  const inner = Object.entries(value).flatMap(([field, child]) => {
    const known = childSchema(schema, field);
    return known && child !== undefined ? validateRules(child, known, `${path}.${field}`) : [];
  });
  return [...broken, ...inner];
}

function isClosed(schema: Schema): boolean {
  return schema.properties !== undefined || schema.additionalProperties !== undefined;
}

function childSchema(schema: Schema, field: string): Schema | undefined {
  return schema.properties?.[field] ?? schema.additionalProperties;
}

function typeOf(value: Json): Schema['type'] | 'null' | 'number' {
  if (value === null) return 'null';
  if (isList(value)) return 'array';
  if (isObject(value)) return 'object';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value === 'boolean' ? 'boolean' : 'string';
}

function wrongType(expected: string, actual: string, path: string): StatusCause {
  return cause(
    'FieldValueTypeInvalid',
    path,
    `Invalid value: ${JSON.stringify(actual)}: ${path} in body must be of type ${expected}: ${JSON.stringify(actual)}`,
  );
}

function invalidValue(path: string, value: Json, text: string): StatusCause {
  return cause('FieldValueInvalid', path, `Invalid value: ${JSON.stringify(value)}: ${text}`);
}

function cause(reason: string, field: string, message: string): StatusCause {
  return { reason, message, field };
}
