import { revisionOf, type Mesh } from '../snapshot/mesh.ts';
import type { MeshConfig } from '../model/meshConfig.ts';
import type { Revision } from '../snapshot/controlPlane.ts';
import type { FieldRef } from '../model/reference.ts';
import type { Endpoint } from '../destination/destination.ts';
import type { MissingFact, Outcome, Reason } from '../model/explanation.ts';
import { missingIstiod } from '../known/missing.ts';
import type { ClientVariant } from '../destination/clientVariant.ts';

/** The identities that a client's rule lets its server have (R168). */
export interface WantedIdentity {
  readonly subjectAltNames: readonly string[];
  readonly rule: FieldRef;
}

/** A handshake that fails although both sides speak mutual TLS of the mesh. */
export interface IdentityRefusal {
  readonly outcome: Outcome;
  readonly reason: Reason;
  /** What keeps the refusal from being certain. */
  readonly missing?: MissingFact;
}

/**
 * Whether the two proxies take each other's certificates: the server checks the trust domain of its
 * client (R27), the client the identity that its rule asks for (R168).
 */
export function identityRefusal(
  mesh: Mesh,
  client: ClientVariant,
  { endpoint, wanted }: { readonly endpoint: Endpoint; readonly wanted?: WantedIdentity },
): IdentityRefusal | undefined {
  const server = revisionOf(mesh, endpoint.variant.revision);
  if (wanted !== undefined) {
    const identity = identityOf(endpoint, server.config);
    if (!wanted.subjectAltNames.includes(identity)) {
      const outcome: Outcome = {
        kind: 'refused',
        by: 'client',
        symptom: 'server-identity-rejected',
      };
      return { outcome, reason: { kind: 'server-identity-rejected', rule: wanted.rule, identity } };
    }
  }
  const { trustDomain } = client.revision.config;
  if (acceptsTrustDomain(server, client.revision.config)) return undefined;
  const workload = endpoint.workload.ref;
  const missing = missingIstiod(mesh, server);
  return {
    ...(missing === undefined ? {} : { missing }),
    outcome: { kind: 'refused', by: 'server', symptom: 'client-certificate-required' },
    reason: { kind: 'foreign-trust-domain', workload, trustDomain },
  };
}

/** The SPIFFE identity in the certificate of a proxy. */
function identityOf({ workload, variant }: Endpoint, { trustDomain }: MeshConfig): string {
  return `spiffe://${trustDomain}/ns/${workload.namespace}/sa/${variant.shape.serviceAccount}`;
}

function acceptsTrustDomain({ config, env }: Revision, client: MeshConfig): boolean {
  if (config === client || config.acceptedTrustDomains.includes(client.trustDomain)) return true;
  return env?.['PILOT_SKIP_VALIDATE_TRUST_DOMAIN'] === 'true';
}
