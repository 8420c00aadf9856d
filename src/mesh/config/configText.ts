import { asObject, objectAt, objectsAt, type Json } from '../model/json.ts';
import {
  ALL_PORTS,
  type InjectorPolicy,
  type MeshConfig,
  type ProxyDefaults,
} from '../model/meshConfig.ts';
import type { Configured } from '../model/objects.ts';
import { labelSelectors, wrongFieldOf, type FieldType } from './fieldType.ts';
import { decodeLabelSelector } from './labelSelector.ts';
import { decodeMeshConfig, wrongMeshConfigField } from './meshConfig.ts';
import type { ParseYaml } from './parseYaml.ts';

/** The mesh config of a ConfigMap: its text `mesh` (R250). */
export function readMeshConfig(text: string, parseYaml: ParseYaml): Configured<MeshConfig> {
  return configuredBy(text, parseYaml, meshConfigIn);
}

/** What the injector decides by: the text `config` of its ConfigMap (R112). */
export function readInjectorPolicy(text: string, parseYaml: ParseYaml): Configured<InjectorPolicy> {
  return configuredBy(text, parseYaml, injectorPolicyIn);
}

/** The chart's values that the injector fills its template with: the text `values` of its ConfigMap (R54). */
export function readProxyDefaults(text: string, parseYaml: ParseYaml): Configured<ProxyDefaults> {
  return configuredBy(text, parseYaml, proxyDefaultsIn);
}

type ReadFields<T> = (fields: Json) => Configured<T>;

/** What a text configures, once it is read and every value in it is of the type that Istio takes. */
function configuredBy<T>(
  text: string,
  parseYaml: ParseYaml,
  readFields: ReadFields<T>,
): Configured<T> {
  const parsed = parseYaml(text);
  if (parsed.kind === 'unreadable') return parsed;
  // An empty text configures nothing, and leaves every default.
  const fields = asObject(parsed.value ?? {});
  return fields === undefined ? unreadable('it is no mapping of fields') : readFields(fields);
}

function unreadable(why: string): { readonly kind: 'unreadable'; readonly why: string } {
  return { kind: 'unreadable', why };
}

function meshConfigIn(fields: Json): Configured<MeshConfig> {
  const wrong = wrongMeshConfigField(fields);
  if (wrong !== undefined) return unreadable(`${wrong.field} is not ${wrong.words}`);
  return { kind: 'read', value: decodeMeshConfig(fields) };
}

const policyWord: FieldType = { words: 'text', is: (value) => typeof value === 'string' };

const INJECTOR_FIELDS: ReadonlyMap<string, FieldType> = new Map([
  ['policy', policyWord],
  ['neverInjectSelector', labelSelectors],
  ['alwaysInjectSelector', labelSelectors],
]);

function injectorPolicyIn(fields: Json): Configured<InjectorPolicy> {
  const wrong = wrongFieldOf(fields, INJECTOR_FIELDS);
  if (wrong !== undefined) return unreadable(`${wrong.field} is not ${wrong.words}`);
  const word = fields['policy'] ?? 'enabled';
  return {
    kind: 'read',
    value: {
      policy: word === 'enabled' || word === 'disabled' ? word : 'illegal',
      neverInject: objectsAt(fields, 'neverInjectSelector').map(decodeLabelSelector),
      alwaysInject: objectsAt(fields, 'alwaysInjectSelector').map(decodeLabelSelector),
    },
  };
}

/** A number stands for itself: the chart's template prints it as it prints text. */
const portList: FieldType = {
  words: 'text with ports',
  is: (value) => typeof value === 'string' || Number.isInteger(value),
};

const PROXY_FIELDS: ReadonlyMap<string, FieldType> = new Map([
  ['includeInboundPorts', portList],
  ['excludeInboundPorts', portList],
]);

function proxyDefaultsIn(fields: Json): Configured<ProxyDefaults> {
  const proxy = objectAt(objectAt(fields, 'global'), 'proxy');
  const wrong = wrongFieldOf(proxy, PROXY_FIELDS);
  if (wrong !== undefined) return unreadable(`global.proxy.${wrong.field} is not ${wrong.words}`);
  const portsAt = (field: keyof ProxyDefaults): string => {
    const value = proxy[field];
    return typeof value === 'string' || typeof value === 'number'
      ? String(value)
      : ALL_PORTS[field];
  };
  return {
    kind: 'read',
    value: {
      includeInboundPorts: portsAt('includeInboundPorts'),
      excludeInboundPorts: portsAt('excludeInboundPorts'),
    },
  };
}
