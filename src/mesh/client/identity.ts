import { revisionOf, type Mesh } from '../snapshot/mesh.ts';
import type { MeshConfig } from '../model/meshConfig.ts';
import type { Revision } from '../snapshot/controlPlane.ts';
import type { FieldRef, WorkloadRef } from '../model/reference.ts';
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
  /** The missing fact that may undo the refusal. */
  readonly missing?: MissingFact;
}

/**
 * Whether the two proxies take each other's certificates. The client checks the server's first: for the identity that its
 * rule asks for (R168), else for an account under a trust domain that it knows. The server checks the trust domain of its
 * client (R27).
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
  } else {
    const rejected = rejectedByClient(client.revision, server, endpoint.workload.ref);
    if (rejected !== undefined) return rejected;
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

/** Clients look for the accounts of the service under the trust domains of their own control plane (R27, R168). */
function rejectedByClient(
  client: Revision,
  server: Revision,
  workload: WorkloadRef,
): IdentityRefusal | undefined {
  const { trustDomain } = server.config;
  if (client.config === server.config || client.config.ownTrustDomains.includes(trustDomain))
    return undefined;
  return {
    outcome: { kind: 'refused', by: 'client', symptom: 'server-identity-rejected' },
    reason: { kind: 'unexpected-trust-domain', workload, trustDomain },
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
