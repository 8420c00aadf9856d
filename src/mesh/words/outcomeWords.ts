import type { Outcome } from '../model/explanation.ts';

/** An outcome in as few words as fit beside a name: `mutual TLS`, `refused by the server`. */
export function outcomeWords(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'mutual-tls':
      return 'mutual TLS';
    case 'tls':
      return 'one-way TLS';
    case 'plaintext':
      return 'plaintext';
    case 'refused':
      return `refused by the ${outcome.by}`;
    case 'unknown':
      return 'unknown';
  }
}
