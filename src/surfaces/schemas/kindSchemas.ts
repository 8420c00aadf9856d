import data from './istioSchemas.json' with { type: 'json' };

/** A JSON schema, as far as Istio's kinds need it. */
export interface Schema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema;
  readonly required?: readonly string[];
}

interface KindSchema {
  readonly versions: readonly string[];
  readonly spec: Schema;
}

/** Of Istio's policies and networking kinds, by `group/kind`. Made by `scripts/istioSchemas.ts` from Istio's definitions. */
const schemas: ReadonlyMap<string, KindSchema> = new Map(
  Object.entries(data as unknown as Readonly<Record<string, KindSchema>>),
);

const text: Schema = { type: 'string' };
const texts: Schema = { type: 'object', additionalProperties: text };

/** The schema of a manifest; undefined unless its group, version and kind are exactly one of Istio's. */
export function kindSchema(apiVersion: string, kind: string): Schema | undefined {
  const [group = '', version = ''] = apiVersion.split('/');
  const found = schemas.get(`${group}/${kind}`);
  if (found?.versions.includes(version) !== true) return undefined;
  return {
    type: 'object',
    required: ['apiVersion', 'kind', 'metadata'],
    properties: {
      apiVersion: { type: 'string', enum: found.versions.map((one) => `${group}/${one}`) },
      kind: { type: 'string', enum: [kind] },
      metadata: {
        type: 'object',
        properties: { name: text, namespace: text, labels: texts, annotations: texts },
      },
      spec: found.spec,
    },
  };
}

/** The kinds that there are schemas of, with their newest version. */
export function schemaKinds(): readonly { readonly apiVersion: string; readonly kind: string }[] {
  return [...schemas].map(([name, { versions }]) => {
    const [group = '', kind = ''] = name.split('/');
    return { apiVersion: `${group}/${versions[0] ?? 'v1'}`, kind };
  });
}

/** The part of a schema that describes the value at a path; undefined where it says nothing of it. */
export function schemaAt(
  schema: Schema | undefined,
  path: readonly (string | number)[],
): Schema | undefined {
  const [step, ...rest] = path;
  if (schema === undefined || step === undefined) return schema;
  if (typeof step === 'number') return schemaAt(schema.items, rest);
  return schemaAt(schema.properties?.[step] ?? schema.additionalProperties, rest);
}
