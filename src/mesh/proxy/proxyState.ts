import type { Accepts, MutualTlsMode } from '../model/mode.ts';
import type { HostPort } from '../connection/hostPorts.ts';
import type { ObjectRef } from '../model/reference.ts';

/** A part of what a running proxy has, or one clause about why it is not known. */
export type Part<T> =
  { readonly kind: 'read'; readonly value: T } | { readonly kind: 'unread'; readonly why: string };

export function read<T>(value: T): Part<T> {
  return { kind: 'read', value };
}

export function unread(why: string): { readonly kind: 'unread'; readonly why: string } {
  return { kind: 'unread', why };
}

/** What a proxy takes on a port, and the mode that does so: what `PortMtls` says of the prediction. */
export interface PortTaken {
  readonly mode: MutualTlsMode;
  readonly accepts: readonly Accepts[];
}

/** What a proxy’s inbound listener takes. */
export interface ProxyInbound {
  /** Workload ports that have filter chains of their own, ascending. */
  readonly ports: readonly (PortTaken & { readonly port: number })[];
  /** Every other port; undefined where the proxy takes nothing there. */
  readonly others: PortTaken | undefined;
  /** It ends HBONE tunnels (R65). */
  readonly acceptsHbone: boolean;
  /** When the proxy took the listener over, as RFC 3339. */
  readonly updated: string | undefined;
}

/**
 * What a proxy puts on the wire: the mesh’s mutual TLS, the same in an HBONE tunnel, TLS without or with a certificate of
 * the user’s own, or the bytes of the application as they are.
 */
export type Sent = 'mutual-tls' | 'hbone' | 'tls' | 'user-mtls' | 'as-is';

/** What is sent to some of the endpoints of a cluster. */
export interface SentShare {
  readonly sent: Sent;
  /** How many endpoints; 0 where the proxy keeps the address that its client was given (R172). */
  readonly endpoints: number;
}

/** One cluster of a proxy: what it sends to a host and a port. */
export interface ProxyCluster {
  readonly to: HostPort;
  /** Empty for a cluster without endpoints. */
  readonly shares: readonly SentShare[];
  /** The rule in force, of those that Istio merged the first. */
  readonly rule: ObjectRef | undefined;
}

/** A certificate as a proxy holds it. Times are RFC 3339. */
export interface ProxyCertificate {
  /** Its SPIFFE identity; undefined for one without. */
  readonly identity: string | undefined;
  /** Hexadecimal, in lower case. */
  readonly serial: string;
  readonly validFrom: string;
  readonly validUntil: string;
  /** The distinguished name of whoever issued it. */
  readonly issuer: string | undefined;
}

/** What a proxy shows of itself, and whom it trusts. */
export interface ProxyCertificates {
  /** That of the mesh first; the same one is named once. */
  readonly own: readonly ProxyCertificate[];
  /** The roots by which certificates of the mesh are checked. */
  readonly roots: readonly ProxyCertificate[];
}

/** Who configures a proxy. */
export interface ProxyOrigin {
  /** The revision that injected it. */
  readonly revision: string | undefined;
  /** Host and port of its control plane. */
  readonly controlPlane: string | undefined;
  /** Istio’s version of the proxy. */
  readonly version: string | undefined;
}

/** Whether a proxy has taken over what its control plane sent. */
export type Acknowledgement =
  | { readonly kind: 'acknowledged'; readonly sent: string | undefined }
  /** `since` is when the oldest of it was sent, as RFC 3339. */
  | {
      readonly kind: 'waiting';
      readonly resources: readonly string[];
      readonly since: string | undefined;
    }
  /** The proxy itself says that it refused what it was sent last. */
  | { readonly kind: 'rejected'; readonly resources: readonly string[] }
  /** No control plane that was asked serves it. */
  | { readonly kind: 'not-connected' };

/** What a running proxy has, in the words of the prediction. */
export interface ProxyState {
  readonly inbound: Part<ProxyInbound>;
  readonly clusters: Part<readonly ProxyCluster[]>;
  readonly certificates: Part<ProxyCertificates>;
  readonly origin: Part<ProxyOrigin>;
  readonly acknowledgement: Part<Acknowledgement>;
}
