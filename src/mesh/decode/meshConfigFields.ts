/** A field of a MeshConfig whose value Istio would not take. */
export interface WrongField {
  readonly field: string;
  /** What it should be: `true or false`. */
  readonly words: string;
}

/**
 * The first field of a MeshConfig that mutual TLS depends on and that has a value of a wrong type (R250). Read as
 * the default instead, it would make answers wrong without a word.
 */
export function wrongMeshConfigField(
  value: Readonly<Record<string, unknown>>,
): WrongField | undefined {
  for (const [field, one] of Object.entries(value)) {
    const type = meshConfigFields[field];
    if (type !== undefined && !type.is(one)) return { field, words: type.words };
  }
  return undefined;
}

/** The fields that mutual TLS depends on; any other does nothing here. */
export const meshConfigFieldNames = (): readonly string[] => Object.keys(meshConfigFields);

/** Whether a namespace may have this name (RFC 1123 label). */
export function isNamespace(name: string): boolean {
  return /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name);
}

/** How a field's value is checked: what it has to be, in words, and whether it is. */
interface FieldType {
  readonly words: string;
  readonly is: (value: unknown) => boolean;
}

const text: FieldType = {
  words: 'text that is not empty',
  is: (value) => typeof value === 'string' && value !== '',
};
const flag: FieldType = { words: 'true or false', is: (value) => typeof value === 'boolean' };
const texts: FieldType = {
  words: 'a list of texts',
  is: (value) => Array.isArray(value) && value.every(text.is),
};
const objects: FieldType = {
  words: 'a list of label selectors',
  is: (value) => Array.isArray(value) && value.every(isObject),
};

/** An object with at most one field that has one of these values. */
function oneField(name: string, choices: readonly string[]): FieldType {
  return {
    words: `{ "${name}": ${choices.map((one) => `"${one}"`).join(' or ')} }`,
    is: (value) =>
      isObject(value) &&
      Object.entries(value).every(
        ([key, one]) => key === name && typeof one === 'string' && choices.includes(one),
      ),
  };
}

/** Source: istio.io/latest/docs/reference/config/istio.mesh.v1alpha1. */
const meshConfigFields: Readonly<Record<string, FieldType>> = {
  rootNamespace: {
    words: 'the name of a namespace',
    is: (value) => isText(value) && isNamespace(value),
  },
  trustDomain: text,
  trustDomainAliases: texts,
  enableAutoMtls: flag,
  meshMTLS: oneField('minProtocolVersion', ['TLS_AUTO', 'TLSV1_2', 'TLSV1_3']),
  outboundTrafficPolicy: oneField('mode', ['ALLOW_ANY', 'REGISTRY_ONLY']),
  defaultServiceExportTo: texts,
  defaultDestinationRuleExportTo: texts,
  discoverySelectors: objects,
};

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
