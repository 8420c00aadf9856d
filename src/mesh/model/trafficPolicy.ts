import type { ClientTlsMode } from './mode.ts';
import type { FieldRef } from './reference.ts';

/** The tls block of a DestinationRule (R165: a missing mode is DISABLE). */
export interface ClientTlsSettings {
  readonly mode: ClientTlsMode;
  readonly credentialName: string | undefined;
  readonly clientCertificate: string | undefined;
  readonly privateKey: string | undefined;
  readonly caCertificates: string | undefined;
  /** The identities that the server may have; absent when any of its service accounts will do (R168). */
  readonly subjectAltNames?: readonly string[];
  /** Where it is written, if not in the rule that it stands in (R160). */
  readonly from?: FieldRef;
}

export interface PortTrafficPolicy {
  /** A Service port (R161). */
  readonly port: number;
  readonly tls: ClientTlsSettings | undefined;
  readonly passthrough: boolean;
}

export interface TrafficPolicy {
  readonly tls: ClientTlsSettings | undefined;
  readonly ports: readonly PortTrafficPolicy[];
  /** loadBalancer.simple is PASSTHROUGH: endpoints are not balanced by the proxy (R172). */
  readonly passthrough: boolean;
}
