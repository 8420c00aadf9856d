import type { Evidence, Mesh, Preflight } from '../../mesh/index.ts';
import { evidenceLimits, readEvidenceWindow, refusingWorkloads } from '../../mesh/index.ts';

/** What was asked for about traffic on the command line. */
export interface EvidenceOptions {
  /** Context of the kubeconfig; undefined when no cluster is asked. */
  readonly context: string | undefined;
  /** A Service or an address; empty for the Prometheus beside the control plane. */
  readonly prometheus: string;
  /** Milliseconds. */
  readonly windowMs: number;
}

/** What a terminal does about it. */
export interface Waiting {
  readonly progress: (doing: string) => void;
  readonly signal: AbortSignal;
}

/** The environment variable with the `Authorization` header for an address: what stands on a command line, others see. */
export const authorizationVariable = 'ISTIO_MTLS_PROMETHEUS_AUTHORIZATION';

/** The options as they are typed; a sentence where one of them means nothing. Undefined where no evidence is asked for. */
export function readEvidenceOptions(
  context: string | undefined,
  typed: {
    readonly evidence: boolean;
    readonly prometheus: string | undefined;
    readonly window: string | undefined;
  },
): EvidenceOptions | string | undefined {
  const { evidence, prometheus = '', window } = typed;
  if (!evidence) {
    const lonely = prometheus !== '' ? 'prometheus' : window === undefined ? undefined : 'window';
    return lonely === undefined ? undefined : `--${lonely} says something with --evidence only.`;
  }
  if (context === undefined && !/^https?:\/\//i.test(prometheus))
    return '--evidence is read from a cluster, with --context NAME, or from --prometheus ADDRESS.';
  if (window === undefined) return { context, prometheus, windowMs: evidenceLimits.usual };
  const read = readEvidenceWindow(window);
  return read.kind === 'wrong'
    ? `--window: ${read.why}`
    : { context, prometheus, windowMs: read.ms };
}

/** Reads who really calls the servers that a change makes refuse. Never fails: what cannot be read is an absent source. */
export async function observeTraffic(
  { context, prometheus, windowMs }: EvidenceOptions,
  mesh: Mesh,
  checked: Preflight,
  { progress, signal }: Waiting,
): Promise<Evidence> {
  progress('Looking who really calls …');
  const to = Date.now();
  // The cluster client is a bundle of its own, which commands without evidence never load.
  const { readEvidenceOfContext } = await import('../../kube.ts');
  return readEvidenceOfContext(context, {
    mesh,
    window: { from: to - windowMs, to },
    servers: refusingWorkloads(checked),
    kinds: ['prometheus', 'proxy-stats', 'logs'],
    prometheus,
    authorization: () => Promise.resolve(process.env[authorizationVariable]),
    signal,
  });
}
