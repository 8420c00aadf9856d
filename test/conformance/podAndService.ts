import type { Manifest } from '../../src/mesh/model/manifest.ts';
import { hostOf, isAlias } from '../reference/destination.ts';
import { at, list, texts } from '../reference/json.ts';

/** One port of a Service or ServiceEntry as clients call it. */
export interface CalledPort {
  /** The Service or ServiceEntry. */
  readonly service: Manifest;
  /** The entry of spec.ports. */
  readonly declared: unknown;
  /** As Istio names it: a ServiceEntry may have a wildcard. */
  readonly pattern: string;
  /** As a client spells it. */
  readonly host: string;
  readonly port: number;
  /** The ExternalName that it is called by. */
  readonly alias?: Manifest;
}

/** Every port of every Service and ServiceEntry of a mesh, by every name that it has. */
export function calledPorts(objects: readonly Manifest[]): readonly CalledPort[] {
  const own = objects.flatMap((service) =>
    isAlias(service) ? [] : hostsOf(service).flatMap((pattern) => portsOf(service, pattern)),
  );
  const byOtherName = objects.filter(isAlias).flatMap((alias) => {
    const target = own.filter(({ pattern }) => pattern === at(alias, 'spec', 'externalName'));
    const outside = target.length === 0 ? portsOf(alias, hostOf(alias)) : target;
    return outside.map((called): CalledPort => ({ ...called, host: hostOf(alias), alias }));
  });
  return [...own, ...byOtherName];
}

function portsOf(service: Manifest, pattern: string): readonly CalledPort[] {
  return list(at(service, 'spec', 'ports')).map((declared) => {
    const port = Number(at(declared, service.kind === 'Service' ? 'port' : 'number'));
    return { service, declared, pattern, host: pattern.replace('*', 'any'), port };
  });
}

function hostsOf(object: Manifest): readonly string[] {
  if (object.kind === 'ServiceEntry') return texts(at(object, 'spec', 'hosts'));
  return object.kind === 'Service' ? [hostOf(object)] : [];
}

/** `namespace/name` of a pod or a WorkloadEntry. */
export function podKey(pod: Manifest): string {
  return `${pod.metadata.namespace ?? ''}/${pod.metadata.name}`;
}

/** Everything that an Envoy may run in: pods and the machines of WorkloadEntries. */
export function nodesByKey(objects: readonly Manifest[]): ReadonlyMap<string, Manifest> {
  const nodes = objects.filter(({ kind }) => kind === 'Pod' || kind === 'WorkloadEntry');
  return new Map(nodes.map((node) => [podKey(node), node]));
}
