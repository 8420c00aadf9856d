import { asObject, objectAt, objectsAt, stringAt, stringsAt, type Json } from '../model/json.ts';
import {
  DEFAULT_MESH_CONFIG,
  type MeshConfig,
  type OutboundTrafficPolicy,
} from '../model/meshConfig.ts';
import {
  flag,
  labelSelectors,
  namespaceName,
  objectsWithTexts,
  oneField,
  text,
  texts,
  wrongFieldOf,
  type FieldType,
  type WrongField,
} from './fieldType.ts';
import { decodeLabelSelector } from './labelSelector.ts';

/** A MeshConfig as parsed YAML or JSON; fields that are absent or of a wrong type take Istio's defaults. */
export function decodeMeshConfig(value: unknown): MeshConfig {
  const fields = asObject(value);
  if (fields === undefined) return DEFAULT_MESH_CONFIG;
  const trustDomain = stringAt(fields, 'trustDomain') ?? DEFAULT_MESH_CONFIG.trustDomain;
  const ownTrustDomains = [trustDomain, ...stringsAt(fields, 'trustDomainAliases')];
  const ofAuthorities = objectsAt(fields, 'caCertificates').flatMap((authority) =>
    stringsAt(authority, 'trustDomains'),
  );
  const tls13 = objectAt(fields, 'meshMTLS')['minProtocolVersion'] === 'TLSV1_3';
  return {
    rootNamespace: stringAt(fields, 'rootNamespace') ?? DEFAULT_MESH_CONFIG.rootNamespace,
    trustDomain,
    ownTrustDomains,
    acceptedTrustDomains: [...ownTrustDomains, ...ofAuthorities],
    enableAutoMtls: fields['enableAutoMtls'] !== false,
    defaultDestinationRuleExportTo: exportTo(fields, 'defaultDestinationRuleExportTo'),
    defaultServiceExportTo: exportTo(fields, 'defaultServiceExportTo'),
    defaultVirtualServiceExportTo: exportTo(fields, 'defaultVirtualServiceExportTo'),
    outboundTrafficPolicy:
      outboundTrafficPolicy(objectAt(fields, 'outboundTrafficPolicy')) ?? 'ALLOW_ANY',
    minProtocolVersion: tls13 ? 'TLSV1_3' : 'TLSV1_2',
    discoverySelectors: objectsAt(fields, 'discoverySelectors').map(decodeLabelSelector),
  };
}

/** The mode of an outboundTrafficPolicy block; its first enumeration value is REGISTRY_ONLY. */
export function outboundTrafficPolicy(block: Json): OutboundTrafficPolicy | undefined {
  const mode = block['mode'];
  return mode === 'REGISTRY_ONLY' || mode === 'ALLOW_ANY' ? mode : undefined;
}

function exportTo(fields: Json, field: string): readonly string[] {
  const list = stringsAt(fields, field);
  return list.length === 0 ? ['*'] : list;
}

/**
 * The first field of a MeshConfig that mutual TLS depends on and that has a value of a wrong type (R250). Read as
 * the default instead, it would make answers wrong without a word.
 */
export function wrongMeshConfigField(value: Json): WrongField | undefined {
  return wrongFieldOf(value, FIELDS);
}

/** The fields that mutual TLS depends on; any other does nothing here. */
export const meshConfigFieldNames = (): readonly string[] => [...FIELDS.keys()];

/** Source: istio.io/latest/docs/reference/config/istio.mesh.v1alpha1. */
const FIELDS: ReadonlyMap<string, FieldType> = new Map([
  ['rootNamespace', namespaceName],
  ['trustDomain', text],
  ['trustDomainAliases', texts],
  ['caCertificates', objectsWithTexts('trustDomains')],
  ['enableAutoMtls', flag],
  ['meshMTLS', oneField('minProtocolVersion', ['TLS_AUTO', 'TLSV1_2', 'TLSV1_3'])],
  ['outboundTrafficPolicy', oneField('mode', ['ALLOW_ANY', 'REGISTRY_ONLY'])],
  ['defaultServiceExportTo', texts],
  ['defaultVirtualServiceExportTo', texts],
  ['defaultDestinationRuleExportTo', texts],
  ['discoverySelectors', labelSelectors],
]);
