import type { Mesh, ProbeTarget, Service, ServicePort, WorkloadRef } from '../../mesh/index.ts';
import {
  findWorkload,
  namespacesOf,
  servicesIn,
  servicesSelecting,
  targetPortOf,
} from '../../mesh/index.ts';

/** A workload, or one port of it, that a probe is to end at; without one, any. */
export interface ProbeEnd {
  readonly to?: WorkloadRef;
  readonly port?: number;
}

/** What can be asked: the ports of all Services, or those that lead to the workload or the port where the probe is to end. */
export function servedTargets(mesh: Mesh, { to, port }: ProbeEnd): readonly ProbeTarget[] {
  const workload = to && findWorkload(mesh, to);
  if (to !== undefined && workload === undefined) return [];
  const services =
    workload === undefined
      ? namespacesOf(mesh).flatMap(({ name }) => servicesIn(mesh, name))
      : servicesSelecting(mesh, workload);
  const leads = (one: ServicePort): boolean =>
    workload === undefined ||
    port === undefined ||
    targetPortOf(one, workload.variants[0].shape) === port;
  return services.flatMap((service) =>
    service.ports
      .filter((one) => one.protocol === 'TCP' && leads(one))
      .map((one) => targetOf(service, one)),
  );
}

function targetOf({ name, namespace }: Service, { port }: ServicePort): ProbeTarget {
  return { scheme: 'http', host: `${name}.${namespace}`, port, path: usualPath(name) };
}

/** httpbin, the sample server of Istio's tasks, answers there with the headers that it received (R66). */
function usualPath(service: string): string {
  return service === 'httpbin' ? '/headers' : '/';
}

export const invalidUrl = 'Give a URL such as http://httpbin.foo:8000/headers.';

/** Reads `http://host:port/path`; undefined for anything else. */
export function parseTarget(text: string): ProbeTarget | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname, port, pathname, search } = new URL(text);
  if ((protocol !== 'http:' && protocol !== 'https:') || hostname === '') return undefined;
  const scheme = protocol === 'http:' ? 'http' : 'https';
  const fallback = scheme === 'http' ? 80 : 443;
  return {
    scheme,
    host: hostname,
    port: port === '' ? fallback : Number(port),
    path: `${pathname}${search}`,
  };
}

/** A path as a browser would send it; undefined for what is none. */
export function parsePath(text: string): string | undefined {
  if (!text.startsWith('/')) return undefined;
  const { pathname, search } = new URL(`http://host${text}`);
  return `${pathname}${search}`;
}
