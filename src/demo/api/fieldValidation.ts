import type { JsonObject } from '../json.ts';
import { specSchemaOf } from './istioSchemas.ts';
import { unknownFields } from './schema.ts';
import type { Answer } from './status.ts';
import { badRequest } from './status.ts';
import type { Target } from './writes.ts';

export type FieldValidation =
  | { readonly kind: 'accepted'; readonly warnings: readonly string[] }
  | { readonly kind: 'refused'; readonly answer: Answer };

/**
 * `fieldValidation` Strict refuses unknown fields, Warn names them, Ignore drops them silently.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation
 */
export function unknownFieldsProblem(
  target: Pick<Target, 'type' | 'version'>,
  body: JsonObject,
  fieldValidation: string,
): FieldValidation {
  const schema = specSchemaOf(target.type);
  const spec = body['spec'];
  const unknown = schema && spec !== undefined ? unknownFields(spec, schema, 'spec') : [];
  const warnings = unknown.map((field) => `unknown field "${field}"`);
  if (fieldValidation === 'Ignore') return { kind: 'accepted', warnings: [] };
  if (fieldValidation !== 'Strict' || warnings.length === 0) return { kind: 'accepted', warnings };
  const { kind } = target.type;
  const message =
    `${kind} in version "${target.version}" cannot be handled as a ${kind}: ` +
    `strict decoding error: ${warnings.join(', ')}`;
  return { kind: 'refused', answer: badRequest(message) };
}
