import type { JsonObject } from '../objects/json.ts';
import { specSchemaOf } from '../objects/istioSchemas.ts';
import { apiVersionOf } from '../objects/resources.ts';
import { unknownFields } from '../objects/schema.ts';
import type { Answer } from '../objects/status.ts';
import { badRequest, failure } from '../objects/status.ts';
import type { Target } from './writes.ts';

export type FieldValidation =
  | { readonly kind: 'accepted'; readonly warnings: readonly string[] }
  | { readonly kind: 'refused'; readonly answer: Answer };

/** Server-side apply knows no unknown fields, whatever `fieldValidation` says: it needs the type of each. */
export function untypedProblem(target: Target, body: JsonObject): Answer | undefined {
  const { type, version, namespace, name } = target;
  const [first, ...more] = unknownIn(target, body).map(
    (field) => `.${field}: field not declared in schema`,
  );
  if (first === undefined) return undefined;
  const list =
    more.length === 0 ? first : `errors:\n${[first, ...more].map((one) => `  ${one}`).join('\n')}`;
  const where = namespace === undefined ? `/${name}` : `${namespace}/${name}`;
  const what = `${apiVersionOf(type, version)}, Kind=${type.kind}`;
  return failure(
    500,
    undefined,
    `failed to create typed patch object (${where}; ${what}): ${list}`,
  );
}

function unknownIn({ type }: Pick<Target, 'type'>, body: JsonObject): readonly string[] {
  const schema = specSchemaOf(type);
  const spec = body['spec'];
  return schema && spec !== undefined ? unknownFields(spec, schema, 'spec') : [];
}

/**
 * `fieldValidation` Strict refuses unknown fields, Warn names them, Ignore drops them silently.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation
 */
export function unknownFieldsProblem(
  target: Pick<Target, 'type' | 'version'>,
  body: JsonObject,
  fieldValidation: string,
): FieldValidation {
  const warnings = unknownIn(target, body).map((field) => `unknown field "${field}"`);
  if (fieldValidation === 'Ignore') return { kind: 'accepted', warnings: [] };
  if (fieldValidation !== 'Strict' || warnings.length === 0) return { kind: 'accepted', warnings };
  const { kind } = target.type;
  const message =
    `${kind} in version "${target.version}" cannot be handled as a ${kind}: ` +
    `strict decoding error: ${warnings.join(', ')}`;
  return { kind: 'refused', answer: badRequest(message) };
}
