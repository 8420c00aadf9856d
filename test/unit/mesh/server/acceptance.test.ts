import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { accept, type Receiver, type Wire } from '../../../../src/mesh/server/acceptance.ts';
import type { Outcome, PortClass } from '../../../../src/mesh/model/explanation.ts';
import type { MutualTlsMode } from '../../../../src/mesh/model/mode.ts';
import { rows, type Row } from '../../../support/meshRules.ts';
import { SYMPTOM_WORDS } from '../../../support/symptomWords.ts';

/** W0 plaintext, W1 Istio mTLS, W2 HBONE, W3 one-way TLS, W4 mTLS with a certificate of one's own. */
const WIRES: readonly Wire[] = [
  { kind: 'plaintext' },
  { kind: 'istio-mtls' },
  { kind: 'hbone', innerTls: false },
  { kind: 'tls' },
  { kind: 'user-mtls' },
];

interface AcceptRow extends Row {
  readonly receiver: Receiver;
  /** Outcomes for W0 to W4, with a plaintext application and a client without proxy. */
  readonly plainApp: string;
  readonly tlsApp: string;
}

function sidecar(mode: MutualTlsMode, portClass: PortClass, acceptsHbone = true): Receiver {
  return { kind: 'sidecar', mode, portClass, acceptsHbone };
}

const table: readonly AcceptRow[] = [
  {
    says: 'an application without a proxy reads what it speaks itself',
    rules: ['R180', 'R63'],
    receiver: { kind: 'none' },
    plainApp: 'plaintext mismatch mismatch mismatch mismatch',
    tlsApp: 'mismatch mismatch mismatch tls tls',
  },
  {
    says: 'a STRICT sidecar takes mutual TLS of the mesh only, on any port',
    rules: ['R49', 'R52', 'R180'],
    receiver: sidecar('STRICT', 'HTTP'),
    plainApp: 'reset istio hbone no-certificate no-certificate',
    tlsApp: 'reset istio hbone no-certificate no-certificate',
  },
  {
    says: 'a sidecar without the tunnel label closes HBONE, which it does not listen for',
    rules: ['R65', 'R180'],
    receiver: sidecar('STRICT', 'HTTP', false),
    plainApp: 'reset istio reset no-certificate no-certificate',
    tlsApp: 'reset istio reset no-certificate no-certificate',
  },
  {
    says: 'a STRICT sidecar treats a port of no Service alike',
    rules: ['R45', 'R52'],
    receiver: sidecar('STRICT', 'AUTO'),
    plainApp: 'reset istio hbone no-certificate no-certificate',
    tlsApp: 'reset istio hbone no-certificate no-certificate',
  },
  {
    says: 'a PERMISSIVE sidecar has no way for other TLS into an HTTP port',
    rules: ['R50', 'R52', 'R53'],
    receiver: sidecar('PERMISSIVE', 'HTTP'),
    plainApp: 'plaintext istio hbone tls-reset tls-reset',
    tlsApp: 'mismatch istio hbone tls-reset tls-reset',
  },
  {
    says: 'a PERMISSIVE sidecar hands other TLS on a TCP port to the application',
    rules: ['R50', 'R52', 'R53'],
    receiver: sidecar('PERMISSIVE', 'TCP'),
    plainApp: 'plaintext istio hbone mismatch mismatch',
    tlsApp: 'mismatch istio hbone tls tls',
  },
  {
    says: 'a DISABLE sidecar reads TLS on an HTTP port as broken HTTP',
    rules: ['R51', 'R52'],
    receiver: sidecar('DISABLE', 'HTTP'),
    plainApp: 'plaintext as-http hbone as-http as-http',
    tlsApp: 'mismatch as-http hbone as-http as-http',
  },
  {
    says: 'a DISABLE sidecar hands any bytes on a TCP port to the application',
    rules: ['R51', 'R52'],
    receiver: sidecar('DISABLE', 'AUTO'),
    plainApp: 'plaintext mismatch hbone mismatch mismatch',
    tlsApp: 'mismatch mismatch hbone tls tls',
  },
  {
    says: 'ztunnel closes what has no identity where plaintext is denied',
    rules: ['R86', 'R87', 'R180', 'R193'],
    receiver: { kind: 'ambient', deniesPlaintext: true },
    plainApp: 'rejected rejected hbone rejected rejected',
    tlsApp: 'rejected rejected hbone rejected rejected',
  },
  {
    says: 'ztunnel takes TLS for plaintext where plaintext is let in',
    rules: ['R86', 'R180'],
    receiver: { kind: 'ambient', deniesPlaintext: false },
    plainApp: 'plaintext mismatch hbone mismatch mismatch',
    tlsApp: 'mismatch mismatch hbone tls tls',
  },
  {
    says: 'an ambient pod that keeps inbound traffic from ztunnel has no one to end HBONE',
    rules: ['R83', 'R180'],
    receiver: { kind: 'ambient-bypassed' },
    plainApp: 'plaintext mismatch mismatch mismatch mismatch',
    tlsApp: 'mismatch mismatch mismatch tls tls',
  },
  {
    says: 'a waypoint takes HBONE',
    rules: ['R97', 'R180'],
    receiver: { kind: 'waypoint' },
    plainApp: 'reset reset hbone reset reset',
    tlsApp: 'reset reset hbone reset reset',
  },
];

function shown(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'mutual-tls':
      return outcome.transport;
    case 'tls':
    case 'plaintext':
    case 'unknown':
      return outcome.kind;
    case 'refused':
      return SYMPTOM_WORDS[outcome.symptom];
  }
}

describe('what a server makes of what arrives', () => {
  rows(table, ({ receiver, plainApp, tlsApp }) => {
    const outcomes = (applicationTls: boolean): string =>
      WIRES.map((wire) =>
        shown(accept(receiver, { wire, clientProxy: undefined, applicationTls })),
      ).join(' ');
    assert.equal(outcomes(false), plainApp);
    assert.equal(outcomes(true), tlsApp);
  });
});
