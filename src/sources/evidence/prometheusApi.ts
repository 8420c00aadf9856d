import type { PrometheusAddress } from '../../mesh/index.ts';
import { asObject, textAt } from '../transport/jsonValue.ts';
import { describeFailure, isForbidden } from '../transport/kubeFailure.ts';
import type { KubeTransport } from '../transport/transport.ts';
import { queryString } from '../transport/transport.ts';
import { withoutSecrets } from '../transport/withoutSecrets.ts';

/** What a Prometheus answered to one question of its HTTP API: `data` undecoded, or why there is none. */
export type PrometheusAnswer =
  | { readonly kind: 'ok'; readonly data: unknown }
  /** The API server refuses `services/proxy`, or the Prometheus wants other credentials. */
  | { readonly kind: 'forbidden' }
  | { readonly kind: 'cancelled' }
  /** One sentence. */
  | { readonly kind: 'failed'; readonly cause: string };

/** The read-only HTTP API of one Prometheus. Source: prometheus.io/docs/prometheus/latest/querying/api. */
export interface PrometheusApi {
  /** For people; without credentials. */
  readonly where: string;
  /** What `forbidden` would have allowed. */
  readonly access: { readonly verb: string; readonly resource: string; readonly namespace: string };
  ask(path: 'query' | 'query_range', query: PrometheusQuery): Promise<PrometheusAnswer>;
}

export type PrometheusQuery = Readonly<Record<string, string | number>>;

/** Milliseconds for one answer, of which the Prometheus is told to need less. */
const ANSWER_LIMIT_MS = 30_000;
export const evaluationLimit = '25s';
/** More than this is not read of one answer. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** A Prometheus behind a Service, asked through the API server, with the rights and the credentials of the kubeconfig. */
export function prometheusBehindService(
  transport: KubeTransport,
  address: Extract<PrometheusAddress, { kind: 'service' }>,
  signal: AbortSignal,
): PrometheusApi {
  const { namespace, name, port, scheme } = address;
  const target = scheme === 'https' ? `https:${name}:${port}` : `${name}:${port}`;
  const proxy = `/api/v1/namespaces/${namespace}/services/${target}/proxy`;
  return {
    where: `Service ${namespace}/${name}`,
    access: { verb: 'get', resource: 'services/proxy', namespace },
    async ask(path, query) {
      const answer = await transport.request({
        method: 'GET',
        path: `${proxy}/api/v1/${path}`,
        query,
        timeoutMs: ANSWER_LIMIT_MS,
        signal,
      });
      if (answer.kind === 'ok') return decoded(answer.body);
      if (answer.kind === 'cancelled') return answer;
      if (isForbidden(answer)) return { kind: 'forbidden' };
      return { kind: 'failed', cause: describeFailure(answer) };
    },
  };
}

/** What goes into the `Authorization` header. */
export type PrometheusCredentials = string | undefined;

/** A Prometheus at an address of its own. What it answers decides about redirects: credentials go nowhere else. */
export function prometheusAt(
  url: string,
  credentials: PrometheusCredentials,
  signal: AbortSignal,
): PrometheusApi {
  const headers = {
    accept: 'application/json',
    ...(credentials !== undefined && { authorization: credentials }),
  };
  return {
    where: url,
    access: { verb: 'query', resource: url, namespace: '' },
    async ask(path, query) {
      const limit = AbortSignal.timeout(ANSWER_LIMIT_MS);
      try {
        const response = await fetch(`${url}/api/v1/${path}${queryString(query)}`, {
          headers,
          redirect: 'error',
          signal: AbortSignal.any([signal, limit]),
        });
        if (response.status === 401 || response.status === 403) return { kind: 'forbidden' };
        return decoded(parse(await limitedText(response)), response.status);
      } catch (error) {
        if (signal.aborted) return { kind: 'cancelled' };
        if (limit.aborted) return { kind: 'failed', cause: tooSlow };
        return { kind: 'failed', cause: causeOf(error, url) };
      }
    },
  };
}

const tooSlow = `The Prometheus did not answer within ${ANSWER_LIMIT_MS / 1000} s.`;

async function limitedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const body: AsyncIterable<Uint8Array> | null = response.body;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) throw new Error('it is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** `fetch` says of everything only that it failed; its cause says why. */
function causeOf(error: unknown, url: string): string {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const message = inner instanceof Error ? inner.message : String(inner);
  return `The Prometheus at ${url} could not be asked: ${withoutSecrets(message)}.`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Reads the envelope that every answer has. */
function decoded(body: unknown, status = 200): PrometheusAnswer {
  if (textAt(body, 'status') === 'success') return { kind: 'ok', data: asObject(body)?.['data'] };
  const said = textAt(body, 'error');
  const cause =
    said === undefined
      ? `What answered (${status}) is no Prometheus.`
      : `The Prometheus says: ${withoutSecrets(said.slice(0, 200))}`;
  return { kind: 'failed', cause };
}
