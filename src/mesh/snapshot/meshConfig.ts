import { asObject, objectAt, objectsAt, stringAt, stringsAt, type Json } from '../model/json.ts';
import { decodeLabelSelector } from '../decode/controlPlane.ts';
import { outboundTrafficPolicy } from '../decode/networking.ts';
import { readPlainYaml } from '../decode/plainYaml.ts';
import type { LabelSelector, OutboundTrafficPolicy } from '../model/objects.ts';

/** The part of Istio's MeshConfig that mutual TLS depends on, defaults filled in (R250). */
export interface MeshConfig {
  readonly rootNamespace: string;
  readonly trustDomain: string;
  /** Whose certificates servers take: the own trust domain, its aliases, those of other authorities (R27). */
  readonly acceptedTrustDomains: readonly string[];
  readonly enableAutoMtls: boolean;
  readonly defaultDestinationRuleExportTo: readonly string[];
  readonly defaultServiceExportTo: readonly string[];
  readonly outboundTrafficPolicy: OutboundTrafficPolicy;
  /** Minimum TLS version of mesh mutual TLS (R26). */
  readonly minProtocolVersion: 'TLSV1_2' | 'TLSV1_3';
  /** Empty means every namespace (R3). */
  readonly discoverySelectors: readonly LabelSelector[];
}

export const DEFAULT_ROOT_NAMESPACE = 'istio-system';

export const DEFAULT_MESH_CONFIG: MeshConfig = Object.freeze({
  rootNamespace: DEFAULT_ROOT_NAMESPACE,
  trustDomain: 'cluster.local',
  acceptedTrustDomains: ['cluster.local'],
  enableAutoMtls: true,
  defaultDestinationRuleExportTo: ['*'],
  defaultServiceExportTo: ['*'],
  outboundTrafficPolicy: 'ALLOW_ANY',
  minProtocolVersion: 'TLSV1_2',
  discoverySelectors: [],
});

/** A MeshConfig as parsed YAML or JSON; fields that are absent or of a wrong type take Istio's defaults. */
export function decodeMeshConfig(value: unknown): MeshConfig {
  const fields = asObject(value);
  if (fields === undefined) return DEFAULT_MESH_CONFIG;
  const trustDomain = stringAt(fields, 'trustDomain') ?? DEFAULT_MESH_CONFIG.trustDomain;
  const ofAuthorities = objectsAt(fields, 'caCertificates').flatMap((authority) =>
    stringsAt(authority, 'trustDomains'),
  );
  const tls13 = objectAt(fields, 'meshMTLS')['minProtocolVersion'] === 'TLSV1_3';
  return {
    rootNamespace: stringAt(fields, 'rootNamespace') ?? DEFAULT_MESH_CONFIG.rootNamespace,
    trustDomain,
    acceptedTrustDomains: [
      trustDomain,
      ...stringsAt(fields, 'trustDomainAliases'),
      ...ofAuthorities,
    ],
    enableAutoMtls: fields['enableAutoMtls'] !== false,
    defaultDestinationRuleExportTo: exportTo(fields, 'defaultDestinationRuleExportTo'),
    defaultServiceExportTo: exportTo(fields, 'defaultServiceExportTo'),
    outboundTrafficPolicy:
      outboundTrafficPolicy(objectAt(fields, 'outboundTrafficPolicy')) ?? 'ALLOW_ANY',
    minProtocolVersion: tls13 ? 'TLSV1_3' : 'TLSV1_2',
    discoverySelectors: objectsAt(fields, 'discoverySelectors').map(decodeLabelSelector),
  };
}

function exportTo(fields: Json, field: string): readonly string[] {
  const list = stringsAt(fields, field);
  return list.length === 0 ? ['*'] : list;
}

/** The `mesh` text of an Istio ConfigMap, or undefined when it cannot be read with certainty. */
export function readMeshConfig(text: string): MeshConfig | undefined {
  const read = readPlainYaml(text);
  return read === undefined ? undefined : decodeMeshConfig(read.value);
}
