import type { Symptom } from '../../src/mesh/model/explanation.ts';

/** One short word a symptom, for the cells of tables. */
export const SYMPTOM_WORDS: Readonly<Record<Symptom, string>> = {
  'server-resets-plaintext': 'reset',
  'server-resets-proxy-plaintext': 'proxy-reset',
  'server-resets-ambient-plaintext': 'ambient-reset',
  'server-resets-foreign-tls': 'tls-reset',
  'protocol-mismatch': 'mismatch',
  'ztunnel-policy-rejection': 'rejected',
  'authorization-denied': 'denied',
  'authorization-closed': 'closed',
  'client-certificate-required': 'no-certificate',
  'tls-read-as-http': 'as-http',
  'route-leads-nowhere': 'route-leads-nowhere',
  'no-route': 'no-route',
  'unknown-to-waypoint': 'unknown-to-waypoint',
  'no-endpoints': 'nobody',
  'unknown-host-blocked': 'blocked',
  'server-identity-rejected': 'identity',
  'authorities-unreadable': 'authorities',
};
