import type { Mesh } from '../snapshot/mesh.ts';
import { findWorkload } from '../snapshot/mesh.ts';
import type { WorkloadRef } from '../model/reference.ts';

/** One container of one pod, where a command can run. */
export interface PodContainer {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

/** What is asked: `http://host:port/path`. The port is a Service port when the host is a Service. */
export interface ProbeTarget {
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly port: number;
  /** Starts with a slash. */
  readonly path: string;
}

/** A request to be sent from inside the mesh, as a value: nothing runs here. */
export interface Probe {
  readonly from: PodContainer;
  /** The workload that `from` belongs to. */
  readonly workload: WorkloadRef;
  readonly target: ProbeTarget;
  /** The program and its arguments; never a shell line. */
  readonly command: readonly [string, ...string[]];
}

/** The name that injection gives to a sidecar's container, and the gateway charts to theirs. */
export const proxyContainer = 'istio-proxy';

/** Marks the line that curl appends to the answer; see `readAnswer`. */
export const trailerMark = 'istio-mtls-probe';

/**
 * Over HTTP/2 a handshake that the server breaks ends in other exit codes from one time to the next. Who signed the
 * server's certificate is no question of a probe, which sends nothing secret.
 */
const unambiguousTls = ['--http1.1', '-k'];

/** A probe by curl. `timeoutSeconds` limits the whole request; curl then ends with exit code 28. */
export function curlProbe(
  from: PodContainer,
  workload: WorkloadRef,
  target: ProbeTarget,
  timeoutSeconds: number,
): Probe {
  const trailer = `\\n${trailerMark} http_code=%{http_code} time_total=%{time_total}\\n`;
  // Without -g, curl would read brackets and braces in a path as patterns.
  const options = ['-sS', '-i', '-g', '--max-time', String(timeoutSeconds), '-w', trailer];
  if (target.scheme === 'https') options.push(...unambiguousTls);
  return { from, workload, target, command: ['curl', ...options, urlOf(target)] };
}

export function urlOf({ scheme, host, port, path }: ProbeTarget): string {
  return `${scheme}://${host}:${port}${path}`;
}

/** The command as someone would type it, each argument quoted where a shell would need it. */
export function commandLine(command: readonly string[]): string {
  return command.map(quoteForReading).join(' ');
}

function quoteForReading(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}

/**
 * Where a workload's probe can run, the best place first: ready pods before others, containers that
 * are made for requests (sleep, curl) before applications, the proxy's own container last, because
 * its traffic bypasses the proxy (R142).
 */
export function probePods(mesh: Mesh, client: WorkloadRef): readonly PodContainer[] {
  const workload = findWorkload(mesh, client);
  if (workload === undefined) return [];
  const running = workload.pods.filter((pod) => pod.phase === 'Running' && !pod.terminating);
  const containers = running.flatMap((pod) =>
    pod.containers.map(({ name }) => ({
      container: { namespace: pod.namespace, pod: pod.name, container: name },
      rank: containerRank(name) + (pod.ready ? 0 : 10),
    })),
  );
  return containers.sort((left, right) => left.rank - right.rank).map(({ container }) => container);
}

/** Workloads in the order in which they are offered as clients: those made for requests first. */
export function clientRank({ name }: WorkloadRef): number {
  return containerRank(name);
}

function containerRank(name: string): number {
  if (name === proxyContainer) return 2;
  return /(^|[^a-z])(sleep|curl|netshoot|toolbox)([^a-z]|$)/.test(name) ? 0 : 1;
}
