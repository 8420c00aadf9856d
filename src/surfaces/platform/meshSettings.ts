import type { Overrides } from '../../mesh/model/controlPlane.ts';
import type { Settings } from '../../contributions.ts';

/** What the settings say instead of what a cluster or the manifests say about Istio, checked. */
export type MeshSettings =
  | { readonly kind: 'usable'; readonly overrides: Overrides }
  /** One sentence. */
  | { readonly kind: 'unusable'; readonly cause: string };

type Values = Pick<Settings, 'istioMtls.rootNamespace' | 'istioMtls.meshConfig'>;

/**
 * Reads the settings that override Istio's own. A value that is not what Istio would take makes all of them unusable: an
 * override that silently did nothing would make every answer wrong.
 * Source: istio.io/latest/docs/reference/config/istio.mesh.v1alpha1.
 */
export function readMeshSettings(values: Values): MeshSettings {
  const rootNamespace = values['istioMtls.rootNamespace'].trim();
  const meshConfig = values['istioMtls.meshConfig'];
  if (rootNamespace !== '' && !isNamespace(rootNamespace)) {
    const cause = `The setting istioMtls.rootNamespace is not the name of a namespace: "${rootNamespace}".`;
    return { kind: 'unusable', cause };
  }
  const wrong = wrongField(meshConfig, meshConfigFields);
  if (wrong !== undefined) {
    return {
      kind: 'unusable',
      cause: `The setting istioMtls.meshConfig cannot be used: ${wrong}.`,
    };
  }
  return {
    kind: 'usable',
    overrides: {
      ...(rootNamespace !== '' && { rootNamespace }),
      ...(Object.keys(meshConfig).length > 0 && { meshConfig }),
    },
  };
}

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

/** The fields of MeshConfig that mutual TLS depends on (R250); any other would do nothing here. */
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

function wrongField(
  value: Readonly<Record<string, unknown>>,
  fields: Readonly<Record<string, FieldType>>,
): string | undefined {
  for (const [key, one] of Object.entries(value)) {
    const type = fields[key];
    if (type === undefined) {
      return `"${key}" is none of the fields that are used, which are ${Object.keys(fields).join(', ')}`;
    }
    if (!type.is(one)) return `"${key}" is not ${type.words}`;
  }
  return undefined;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
