// node scripts/istioSchemas.ts CRDS    writes src/surfaces/schemas/istioSchemas.json anew from Istio's custom resource definitions

import { readFile, writeFile } from 'node:fs/promises';
import { parseAllDocuments } from 'yaml';
import { inProject } from './project.ts';

const target = 'src/surfaces/schemas/istioSchemas.json';
const groups = ['security.istio.io', 'networking.istio.io'];

type Fields = Readonly<Record<string, unknown>>;

/** The part of a CustomResourceDefinition that a schema is made of. */
export interface Definition {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly {
      readonly name: string;
      readonly storage?: boolean;
      readonly schema: { readonly openAPIV3Schema: { readonly properties: Fields } };
    }[];
  };
}

/** What editors complete and check by, of one kind: its versions, and what its `spec` holds. */
export interface KindSchema {
  readonly versions: readonly string[];
  readonly spec: unknown;
}

/** The schemas of Istio's policies and networking kinds, by `group/kind`, without descriptions: they are to be small. */
export function schemasOf(
  definitions: readonly Definition[],
): Readonly<Record<string, KindSchema>> {
  const ours = definitions.filter(({ spec }) => groups.includes(spec.group));
  const named = ours.map(({ spec }): [string, KindSchema] => {
    const stored = spec.versions.find(({ storage }) => storage === true) ?? spec.versions[0];
    const properties = stored?.schema.openAPIV3Schema.properties;
    return [
      `${spec.group}/${spec.names.kind}`,
      {
        versions: spec.versions.map(({ name }) => name).sort(newestFirst),
        spec: reduced(properties?.['spec']),
      },
    ];
  });
  return Object.fromEntries(named.sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** `v1` before `v1beta1` before `v1alpha3`, as Kubernetes orders versions. */
function newestFirst(left: string, right: string): number {
  const rank = (version: string): number =>
    ['v1', 'beta', 'alpha'].findLastIndex((part) => version.includes(part));
  return rank(left) - rank(right);
}

/** A schema with its types, values and fields, and nothing else. */
function reduced(schema: unknown): unknown {
  if (!isFields(schema)) return {};
  const { type, enum: values, properties, items, additionalProperties, required } = schema;
  return {
    ...(typeof type === 'string' && { type }),
    ...(values !== undefined && { enum: values }),
    ...(isFields(properties) && { properties: mapped(properties) }),
    ...(items !== undefined && { items: reduced(items) }),
    ...(isFields(additionalProperties) && { additionalProperties: reduced(additionalProperties) }),
    ...(required !== undefined && { required }),
  };
}

function mapped(properties: Fields): Fields {
  return Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [name, reduced(schema)]),
  );
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The schemas as they are kept: a line for each kind, so that a change of one can be read. */
export function schemaFile(schemas: ReturnType<typeof schemasOf>): string {
  const lines = Object.entries(schemas).map(
    ([kind, schema]) => `${JSON.stringify(kind)}:${JSON.stringify(schema)}`,
  );
  return `{\n${lines.join(',\n')}\n}\n`;
}

if (import.meta.main) {
  const [path] = process.argv.slice(2);
  if (path === undefined) throw new Error('Name the file that holds the definitions.');
  const documents = parseAllDocuments(await readFile(path, 'utf8'));
  const definitions = [...documents].flatMap((document) => {
    const value: unknown = document.toJS();
    return isFields(value) ? [value as unknown as Definition] : [];
  });
  await writeFile(inProject(target), schemaFile(schemasOf(definitions)));
  console.log(target);
}
