import type { Manifest } from '../../src/mesh/model/manifest.ts';
import { at, list } from '../reference/json.ts';

/** One port of a Service as clients call it. */
export interface CalledPort {
  readonly service: Manifest;
  /** The entry of spec.ports. */
  readonly declared: unknown;
  readonly host: string;
  readonly port: number;
}

/** Every port of every Service of a mesh. */
export function calledPorts(objects: readonly Manifest[]): readonly CalledPort[] {
  return objects
    .filter(({ kind }) => kind === 'Service')
    .flatMap((service) =>
      list(at(service, 'spec', 'ports')).map((declared) => ({
        service,
        declared,
        host: `${service.metadata.name}.${service.metadata.namespace ?? ''}.svc.cluster.local`,
        port: Number(at(declared, 'port')),
      })),
    );
}

export function podKey(pod: Manifest): string {
  return `${pod.metadata.namespace ?? ''}/${pod.metadata.name}`;
}

export function podsByKey(objects: readonly Manifest[]): ReadonlyMap<string, Manifest> {
  const pods = objects.filter(({ kind }) => kind === 'Pod');
  return new Map(pods.map((pod) => [podKey(pod), pod]));
}
