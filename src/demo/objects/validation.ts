import type { KubeObject } from './json.ts';
import { listAt, objectAt, textMapAt } from './json.ts';
import { specSchemaOf } from './istioSchemas.ts';
import type { ResourceType } from './resources.ts';
import { deployments } from './resources.ts';
import { prune, validate } from './schema.ts';
import { matchesLabelSelector } from './selectors.ts';
import type { Answer, StatusCause, Subject } from './status.ts';
import { invalid } from './status.ts';

export type Validated =
  | { readonly kind: 'valid'; readonly object: KubeObject }
  | { readonly kind: 'invalid'; readonly answer: Answer };

const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

const subdomainRule =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', " +
  "and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is " +
  "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

/** Checks an object before it is stored; what the schema does not know is pruned. */
export function validateObject(
  type: ResourceType,
  object: KubeObject,
  subject: Subject,
): Validated {
  const schema = specSchemaOf(type);
  const spec = object['spec'];
  const causes = [
    ...nameProblems(object.metadata.name),
    ...(schema && spec !== undefined ? validate(spec, schema, 'spec') : []),
    ...(type === deployments ? deploymentProblems(object) : []),
  ];
  if (causes.length > 0) return { kind: 'invalid', answer: invalid(subject, causes) };
  const pruned = schema && spec !== undefined ? { ...object, spec: prune(spec, schema) } : object;
  return { kind: 'valid', object: pruned };
}

function nameProblems(name: string): readonly StatusCause[] {
  const field = 'metadata.name';
  if (name === '') {
    return [
      {
        reason: 'FieldValueRequired',
        field,
        message: 'Required value: name or generateName is required',
      },
    ];
  }
  if (name.length <= 253 && subdomain.test(name)) return [];
  const message = `Invalid value: ${JSON.stringify(name)}: ${subdomainRule}`;
  return [{ reason: 'FieldValueInvalid', field, message }];
}

function deploymentProblems(object: KubeObject): readonly StatusCause[] {
  const spec = objectAt(object, 'spec');
  if (listAt(spec, 'template', 'spec', 'containers').length === 0) {
    const field = 'spec.template.spec.containers';
    return [{ reason: 'FieldValueRequired', field, message: 'Required value' }];
  }
  const labels = textMapAt(spec, 'template', 'metadata', 'labels');
  if (matchesLabelSelector(spec['selector'], labels)) return [];
  return [
    {
      reason: 'FieldValueInvalid',
      field: 'spec.template.metadata.labels',
      message: `Invalid value: ${JSON.stringify(labels)}: \`selector\` does not match template \`labels\``,
    },
  ];
}
