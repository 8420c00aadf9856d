import type { Accepts, ClientTlsMode, MutualTlsMode } from '../model/mode.ts';
import type { OverallMode } from '../server/namespaceMtls.ts';

/** What a mode makes a server do, as the verb phrase of a sentence. */
export function acceptsByMode(mode: MutualTlsMode): string {
  switch (mode) {
    case 'STRICT':
      return 'accept only mutual TLS';
    case 'PERMISSIVE':
      return 'accept mutual TLS and plaintext';
    case 'DISABLE':
      return 'accept only plaintext';
  }
}

/** What a server takes on the wire, as the object of a sentence. */
export function acceptedWords(accepts: readonly Accepts[]): string {
  const words = accepts.map(acceptedWord);
  if (words.length === 0) return 'nothing';
  return words.length === 1 ? `only ${words.join('')}` : words.join(' and ');
}

function acceptedWord(accepts: Accepts): string {
  switch (accepts) {
    case 'mutual-tls':
      return 'mutual TLS';
    case 'tls':
      return 'TLS';
    case 'plaintext':
      return 'plaintext';
  }
}

/** What clients with a proxy put on the wire under a TLS mode of a DestinationRule (R167). */
export function sentByMode(mode: ClientTlsMode): string {
  switch (mode) {
    case 'ISTIO_MUTUAL':
      return 'mutual TLS with the mesh certificates';
    case 'MUTUAL':
      return 'TLS with a client certificate of their own';
    case 'SIMPLE':
      return 'TLS without a client certificate';
    case 'DISABLE':
      return 'plaintext';
  }
}

/** `1 workload`, `3 workloads`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** What a namespace is as a whole, in the words of a count: `2 STRICT`, `1 mixed`. */
export function overallModeWords(mode: OverallMode): string {
  return mode === 'unenforced' ? 'STRICT but not enforced' : mode;
}

/** The first few of a list, and how many more there are. */
export function listed(all: readonly string[], limit: number): string {
  const named = all.slice(0, limit).join(', ');
  return all.length > limit ? `${named} and ${all.length - limit} more` : named;
}
