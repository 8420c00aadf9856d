import { asObject } from '../model/json.ts';
import type { RefusalCause } from './evidence.ts';

/** An address and a port. */
export interface Place {
  readonly address: string;
  readonly port: number;
}

/** What one line of a proxy's log says of one connection. Nothing else of the line is kept: no path, no header, no token. */
export interface LoggedCall {
  /** Milliseconds since 1970. */
  readonly at?: number;
  readonly from: Place;
  /** Where it arrived: at the pod, or, as its client's proxy saw it, at an endpoint. */
  readonly to: Place;
  /** Which side's proxy wrote it. */
  readonly side: 'server' | 'client';
  readonly wire: 'mutual-tls' | 'plaintext' | 'refused';
  readonly cause?: RefusalCause;
  readonly decidedBy?: string;
}

/** Reads a line of Envoy's access log, in Istio's text or JSON format, or of ztunnel's. Undefined for any other line. */
export function readLogLine(line: string): LoggedCall | undefined {
  if (line.includes('src.addr=')) return readZtunnelLine(line);
  const fields = line.startsWith('{') ? jsonFields(line) : textFields(line);
  return fields === undefined ? undefined : callOf(fields);
}

/** What decides, of all that an access log has. */
interface EnvoyFields {
  readonly time: string;
  readonly code: string;
  readonly flags: string;
  readonly details: string;
  readonly transportFailure: string;
  readonly cluster: string;
  readonly upstream: string;
  readonly local: string;
  readonly remote: string;
  readonly serverName: string;
}

/** Source: istio.io/latest/docs/tasks/observability/logs/access-log, the default format. */
function textFields(line: string): EnvoyFields | undefined {
  const tokens = [...line.matchAll(/"((?:[^"\\]|\\.)*)"|\[([^\]]*)\]|(\S+)/g)].map(
    ([, quoted, bracketed, bare]) => quoted ?? bracketed ?? bare ?? '',
  );
  // Clients choose paths and agents, which may have quotes in them: what stands behind is counted from the end.
  const [time = '', , code = '', flags = '', details = '', , transportFailure = ''] = tokens;
  const [upstream = '', cluster = '', , local = '', remote = '', serverName = ''] =
    tokens.slice(-7);
  if (tokens.length < 20 || !/^\d{1,3}$/.test(code)) return undefined;
  return {
    time,
    code,
    flags,
    details,
    transportFailure,
    cluster,
    upstream,
    local,
    remote,
    serverName,
  };
}

function jsonFields(line: string): EnvoyFields | undefined {
  const object = asObject(parsed(line));
  if (object === undefined) return undefined;
  const text = (name: string): string => {
    const value = object[name];
    return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '-';
  };
  return {
    time: text('start_time'),
    code: text('response_code'),
    flags: text('response_flags'),
    details: text('response_code_details'),
    transportFailure: text('upstream_transport_failure_reason'),
    cluster: text('upstream_cluster'),
    upstream: text('upstream_host'),
    local: text('downstream_local_address'),
    remote: text('downstream_remote_address'),
    serverName: text('requested_server_name'),
  };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function callOf(fields: EnvoyFields): LoggedCall | undefined {
  const from = placeOf(fields.remote);
  if (from === undefined) return undefined;
  const at = Date.parse(fields.time);
  const when = Number.isNaN(at) ? {} : { at };
  if (fields.cluster.startsWith('outbound|')) {
    const to = placeOf(fields.upstream);
    const failure = clientFailure(fields);
    if (to === undefined || failure === undefined) return undefined;
    return { ...when, from, to, side: 'client', wire: 'refused', ...failure };
  }
  const to = placeOf(fields.local);
  if (to === undefined) return undefined;
  const failure = serverFailure(fields);
  if (failure !== undefined)
    return { ...when, from, to, side: 'server', wire: 'refused', ...failure };
  if (!fields.cluster.startsWith('inbound|')) return undefined;
  // Istio's clients name the service in the handshake; plaintext names nothing.
  const wire = fields.serverName.startsWith('outbound_') ? 'mutual-tls' : 'plaintext';
  return { ...when, from, to, side: 'server', wire };
}

interface Failure {
  readonly cause: RefusalCause;
  readonly decidedBy?: string;
}

function serverFailure({ details, flags, cluster }: EnvoyFields): Failure | undefined {
  if (details.includes('filter_chain_not_found')) return { cause: 'no-filter-chain' };
  if (details.startsWith('rbac_access_denied'))
    return { cause: 'authorization-policy', ...denier(details) };
  if (cluster.startsWith('inbound|')) return undefined;
  return flags.split(',').includes('NR') ? { cause: 'no-route' } : undefined;
}

/** `rbac_access_denied_matched_policy[ns[shop]-policy[deny-all]-rule[0]]`; `none` where no policy allows it. */
function denier(details: string): { readonly decidedBy?: string } {
  const [, namespace, name] = /ns\[([^\]]+)\]-policy\[([^\]]+)\]/.exec(details) ?? [];
  return namespace === undefined || name === undefined
    ? {}
    : { decidedBy: `AuthorizationPolicy ${namespace}/${name}` };
}

function clientFailure({ flags, transportFailure }: EnvoyFields): Failure | undefined {
  const all = flags.split(',');
  if (transportFailure.includes('TLS_error')) return { cause: 'tls-error' };
  if (all.includes('NR')) return { cause: 'no-route' };
  return all.includes('UF') || all.includes('UC') ? { cause: 'connection-failed' } : undefined;
}

/** Source: the access log of ztunnel, src/proxy/metrics.rs of istio/ztunnel. */
function readZtunnelLine(line: string): LoggedCall | undefined {
  if (!/direction="?inbound"?/.test(line)) return undefined;
  const field = (name: string): string =>
    new RegExp(`\\b${name}="?([^"\\s]*)"?`).exec(line)?.[1] ?? '';
  const from = placeOf(field('src\\.addr'));
  const inner = placeOf(field('dst\\.hbone_addr'));
  const to = inner ?? placeOf(field('dst\\.addr'));
  if (from === undefined || to === undefined) return undefined;
  const at = Date.parse(/^\S+/.exec(line)?.[0] ?? '');
  const when = Number.isNaN(at) ? {} : { at };
  const failure = ztunnelFailure(line);
  if (failure !== undefined)
    return { ...when, from, to, side: 'server', wire: 'refused', ...failure };
  const wire = field('src\\.identity') === '' ? 'plaintext' : 'mutual-tls';
  return { ...when, from, to, side: 'server', wire };
}

/** What PeerAuthentications become in ztunnel begins with `istio_converted_` (R90). */
function ztunnelFailure(line: string): Failure | undefined {
  if (!line.includes('policy rejection')) return undefined;
  const [, namespace, name] = /denied by: ([-a-z0-9.]+)\/([-a-z0-9._]+)/i.exec(line) ?? [];
  if (namespace === undefined || name === undefined) return { cause: 'authorization-policy' };
  return name.startsWith('istio_converted_')
    ? { cause: 'strict-in-ambient' }
    : { cause: 'authorization-policy', decidedBy: `AuthorizationPolicy ${namespace}/${name}` };
}

/** `10.0.0.1:8080` or `[fd00::1]:8080`. */
function placeOf(text: string): Place | undefined {
  const [, six, four, port] = /^(?:\[([0-9a-f:.]+)\]|([\d.]+)):(\d{1,5})$/i.exec(text) ?? [];
  const address = six ?? four;
  return address === undefined ? undefined : { address, port: Number(port) };
}
