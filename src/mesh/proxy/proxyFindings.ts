import type { Mesh } from '../snapshot/mesh.ts';
import { revisionOf } from '../snapshot/mesh.ts';
import type { ProxyOwner } from './predictedProxy.ts';
import type { ProxyCertificate, ProxyState } from './proxyState.ts';

/** Something that is wrong with a running proxy, whatever policies say. */
export type ProxyFinding =
  | { readonly kind: 'certificate-expired'; readonly certificate: ProxyCertificate }
  /** Less than a tenth of its life is left: the agent renews it long before. */
  | { readonly kind: 'certificate-expires-soon'; readonly certificate: ProxyCertificate }
  | { readonly kind: 'root-expires-soon'; readonly certificate: ProxyCertificate }
  | { readonly kind: 'no-certificate' }
  /** The proxy shows another identity than its pod has. */
  | { readonly kind: 'other-identity'; readonly has: string; readonly wanted: string }
  | {
      readonly kind: 'not-acknowledged';
      readonly resources: readonly string[];
      /** RFC 3339. */
      readonly since: string;
    }
  | { readonly kind: 'rejected'; readonly resources: readonly string[] }
  | { readonly kind: 'not-connected' };

/** A proxy that has not acknowledged what it was sent for so long is stuck, in milliseconds. */
const PATIENCE_MS = 60_000;

/** Roots are renewed by people: they need a month. */
const ROOT_NOTICE_MS = 30 * 24 * 3_600_000;

/** The share of a certificate’s life at whose end it should have been renewed; Istio’s agent does so at half. */
const LAST_PART = 0.1;

/** What is wrong with a proxy at a time, in milliseconds since 1970. */
export function proxyFindings(
  mesh: Mesh,
  owner: ProxyOwner,
  { state, now }: { readonly state: ProxyState; readonly now: number },
): readonly ProxyFinding[] {
  return [...ofCertificates(mesh, owner, { state, now }), ...ofAcknowledgement(state, now)];
}

function ofCertificates(
  mesh: Mesh,
  owner: ProxyOwner,
  { state, now }: { readonly state: ProxyState; readonly now: number },
): readonly ProxyFinding[] {
  const { certificates } = state;
  if (certificates.kind === 'unread') return [];
  const [own] = certificates.value.own;
  const roots = certificates.value.roots.flatMap((root): readonly ProxyFinding[] =>
    endOf(root) - now < ROOT_NOTICE_MS ? [{ kind: 'root-expires-soon', certificate: root }] : [],
  );
  if (own === undefined) return [{ kind: 'no-certificate' }, ...roots];
  return [...ofAge(own, now), ...ofIdentity(mesh, owner, own), ...roots];
}

function ofAge(certificate: ProxyCertificate, now: number): readonly ProxyFinding[] {
  const left = endOf(certificate) - now;
  if (left <= 0) return [{ kind: 'certificate-expired', certificate }];
  const life = endOf(certificate) - Date.parse(certificate.validFrom);
  return left < life * LAST_PART ? [{ kind: 'certificate-expires-soon', certificate }] : [];
}

function endOf({ validUntil }: ProxyCertificate): number {
  return Date.parse(validUntil);
}

function ofIdentity(
  mesh: Mesh,
  { workload, variant }: ProxyOwner,
  { identity }: ProxyCertificate,
): readonly ProxyFinding[] {
  const { trustDomain } = revisionOf(mesh, variant.revision).config;
  const wanted = `spiffe://${trustDomain}/ns/${workload.namespace}/sa/${variant.shape.serviceAccount}`;
  if (identity === undefined || identity === wanted) return [];
  return [{ kind: 'other-identity', has: identity, wanted }];
}

function ofAcknowledgement({ acknowledgement }: ProxyState, now: number): readonly ProxyFinding[] {
  if (acknowledgement.kind === 'unread') return [];
  const { value } = acknowledgement;
  switch (value.kind) {
    case 'acknowledged':
      return [];
    case 'waiting': {
      const { resources, since } = value;
      if (since === undefined || now - Date.parse(since) < PATIENCE_MS) return [];
      return [{ kind: 'not-acknowledged', resources, since }];
    }
    case 'rejected':
    case 'not-connected':
      return [value];
  }
}

/** A root that not all of several proxies trust, and the proxies that do. */
export interface UnlikeRoots {
  /** Hexadecimal serial number. */
  readonly serial: string;
  readonly proxies: readonly string[];
}

/**
 * The roots of proxies that were read, by which of them trust it; empty where all trust the same. Two proxies without a
 * common root refuse each other’s certificates.
 */
export function unlikeRoots(states: ReadonlyMap<string, ProxyState>): readonly UnlikeRoots[] {
  const bySerial = new Map<string, string[]>();
  let read = 0;
  for (const [proxy, { certificates }] of states) {
    if (certificates.kind === 'unread' || certificates.value.roots.length === 0) continue;
    read += 1;
    for (const { serial } of certificates.value.roots)
      bySerial.set(serial, [...(bySerial.get(serial) ?? []), proxy]);
  }
  const partial = [...bySerial].filter(([, proxies]) => proxies.length < read);
  return partial.map(([serial, proxies]) => ({ serial, proxies }));
}
