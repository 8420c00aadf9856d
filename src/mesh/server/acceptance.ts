import type { Outcome, PortClass, Symptom } from '../model/explanation.ts';
import type { DataPlane, MutualTlsMode } from '../model/mode.ts';

/**
 * What reaches the server, W0 to W4 of R180. `plaintext` is what the application itself sends in the
 * clear; `tls` is TLS without a client certificate, from the application or from its proxy.
 */
export type Wire =
  | { readonly kind: 'plaintext' }
  | { readonly kind: 'istio-mtls' }
  | { readonly kind: 'hbone'; readonly innerTls: boolean }
  | { readonly kind: 'tls' }
  | { readonly kind: 'user-mtls' };

/** What receives it. */
export type Receiver =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'sidecar';
      readonly mode: MutualTlsMode;
      readonly portClass: PortClass;
      readonly acceptsHbone: boolean;
      /** TLS that the sidecar ends with a certificate that is not the mesh's (R47). */
      readonly ingressTls?: 'SIMPLE' | 'MUTUAL';
    }
  | { readonly kind: 'ambient'; readonly deniesPlaintext: boolean }
  | { readonly kind: 'ambient-bypassed' }
  | { readonly kind: 'waypoint' };

/** A connection as far as the server side is concerned. */
export interface Arrival {
  readonly wire: Wire;
  /** Who put it on the wire; undefined for a client that no proxy serves. */
  readonly clientProxy: Exclude<DataPlane, 'none'> | undefined;
  /** The client application opens TLS itself, inside whatever its proxy sends. */
  readonly carriesTls?: boolean;
  /** The server application itself speaks TLS. */
  readonly applicationTls: boolean;
}

/** What becomes of a connection at its server (R52, R180). */
export function accept(receiver: Receiver, arrival: Arrival): Outcome {
  switch (receiver.kind) {
    case 'none':
      return atApplication(arrival);
    case 'ambient-bypassed':
      return atApplication(arrival);
    case 'ambient':
      return atZtunnel(receiver.deniesPlaintext, arrival);
    case 'waypoint':
      return arrival.wire.kind === 'hbone' ? HBONE : refused('server-resets-plaintext');
    case 'sidecar':
      return atSidecar(receiver, arrival);
  }
}

const ISTIO: Outcome = Object.freeze({ kind: 'mutual-tls', transport: 'istio' });
const HBONE: Outcome = Object.freeze({ kind: 'mutual-tls', transport: 'hbone' });

function refused(symptom: Symptom): Outcome {
  return { kind: 'refused', by: 'server', symptom };
}

/** Nothing stands before the application: it must speak what arrives. */
function atApplication({ wire, applicationTls }: Arrival): Outcome {
  switch (wire.kind) {
    case 'plaintext':
      return applicationTls ? refused('protocol-mismatch') : { kind: 'plaintext' };
    case 'istio-mtls':
    case 'hbone':
      return refused('protocol-mismatch');
    case 'tls':
    case 'user-mtls':
      return applicationTls ? { kind: 'tls' } : refused('protocol-mismatch');
  }
}

function atZtunnel(deniesPlaintext: boolean, arrival: Arrival): Outcome {
  if (arrival.wire.kind === 'hbone') return throughTunnel(arrival.wire.innerTls, arrival);
  // Anything but HBONE has no identity, mesh certificates included (R86, R87).
  return deniesPlaintext ? refused('ztunnel-policy-rejection') : atApplication(arrival);
}

function throughTunnel(innerTls: boolean, { applicationTls }: Arrival): Outcome {
  return innerTls && !applicationTls ? refused('protocol-mismatch') : HBONE;
}

function atSidecar(sidecar: Extract<Receiver, { kind: 'sidecar' }>, arrival: Arrival): Outcome {
  const { wire } = arrival;
  if (wire.kind === 'hbone') {
    return sidecar.acceptsHbone
      ? throughTunnel(wire.innerTls, arrival)
      : refused('server-resets-plaintext'); // R65
  }
  switch (sidecar.mode) {
    case 'STRICT':
      return wire.kind === 'istio-mtls' ? withinMutualTls(sidecar, arrival) : atStrict(arrival);
    case 'PERMISSIVE':
      if (wire.kind === 'istio-mtls') return withinMutualTls(sidecar, arrival);
      if (wire.kind !== 'plaintext' && sidecar.portClass === 'HTTP')
        return refused('server-resets-foreign-tls'); // R50
      return atApplication(arrival);
    case 'DISABLE':
      if (sidecar.ingressTls !== undefined) return atIngressTls(sidecar.ingressTls, arrival);
      if (wire.kind !== 'plaintext' && sidecar.portClass === 'HTTP')
        return refused('tls-read-as-http'); // R51
      return atApplication(arrival);
  }
}

/** What the application sends inside is read by the port's protocol: TLS at an HTTP port is no request (R51). */
function withinMutualTls(
  { portClass }: Extract<Receiver, { kind: 'sidecar' }>,
  { carriesTls }: Arrival,
): Outcome {
  return carriesTls === true && portClass === 'HTTP' ? refused('tls-read-as-http') : ISTIO;
}

/** A certificate of the user's own: plaintext is refused, and proxies of the mesh do not trust it (R47). */
function atIngressTls(mode: 'SIMPLE' | 'MUTUAL', { wire, clientProxy: proxy }: Arrival): Outcome {
  switch (wire.kind) {
    case 'plaintext':
      return refused(plaintextSymptom(proxy));
    case 'istio-mtls':
    case 'hbone':
      return refused('protocol-mismatch');
    case 'tls':
      return mode === 'SIMPLE' ? { kind: 'tls' } : refused('client-certificate-required');
    case 'user-mtls':
      return { kind: 'tls' };
  }
}

/** A client certificate of the mesh or nothing (R49). */
function atStrict({ wire, clientProxy: proxy }: Arrival): Outcome {
  switch (wire.kind) {
    case 'istio-mtls':
      return ISTIO;
    case 'tls':
    case 'user-mtls':
    case 'hbone':
      return refused('client-certificate-required');
    case 'plaintext':
      return refused(plaintextSymptom(proxy));
  }
}

/** How refused plaintext looks to the client depends on who sent it (R190, R191, R195). */
function plaintextSymptom(proxy: Arrival['clientProxy']): Symptom {
  switch (proxy) {
    case undefined:
      return 'server-resets-plaintext';
    case 'sidecar':
    case 'gateway':
      return 'server-resets-proxy-plaintext';
    case 'ambient':
    case 'waypoint':
      return 'server-resets-ambient-plaintext';
  }
}
