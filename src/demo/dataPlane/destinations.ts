import type { Json, KubeObject } from '../objects/json.ts';
import { listAt, numberAt, textAt } from '../objects/json.ts';
import { pods, services } from '../objects/resources.ts';
import type { Storage } from '../objects/storage.ts';
import { selects, targetPortOf } from '../controllers/endpointSliceController.ts';
import { isReady, isTerminating } from '../controllers/podStatus.ts';
import { podAddress } from './podFacts.ts';

/** What a host name or an address stands for inside the cluster. */
export type Destination =
  | { readonly kind: 'service'; readonly service: KubeObject }
  | { readonly kind: 'pod'; readonly pod: KubeObject }
  /** An address nobody has: packets vanish. */
  | { readonly kind: 'no-such-address' }
  | { readonly kind: 'no-such-name' };

/** A pod's port behind a Service port. */
export interface Endpoint {
  readonly pod: KubeObject;
  readonly port: number;
}

/** Resolves as cluster DNS does for a pod in a namespace, and addresses as routing does. */
export function resolveHost(storage: Storage, host: string, clientNamespace: string): Destination {
  if (/^\d+\.\d+\.\d+\.\d+$/.test(host)) return resolveAddress(storage, host);
  const [name = '', namespace = clientNamespace, ...suffix] = host.replace(/\.$/, '').split('.');
  const isServiceName = ['', 'svc', 'svc.cluster.local'].includes(suffix.join('.'));
  const service = isServiceName ? storage.get(services, namespace, name) : undefined;
  return service ? { kind: 'service', service } : { kind: 'no-such-name' };
}

function resolveAddress(storage: Storage, address: string): Destination {
  const service = storage
    .list(services)
    .find((one) => textAt(one, 'spec', 'clusterIP') === address);
  if (service) return { kind: 'service', service };
  const pod = storage.list(pods).find((one) => podAddress(one) === address);
  return pod ? { kind: 'pod', pod } : { kind: 'no-such-address' };
}

/** The ready pods behind a Service port; `undefined` when the Service has no such port. */
export function endpointsOf(
  storage: Storage,
  service: KubeObject,
  port: number,
): readonly Endpoint[] | undefined {
  const servicePort = findServicePort(service, port);
  if (servicePort === undefined) return undefined;
  return storage
    .list(pods, service.metadata.namespace)
    .filter((pod) => selects(service, pod) && isReady(pod) && !isTerminating(pod))
    .flatMap((pod) => {
      const target = targetPortOf(servicePort, pod);
      return target === undefined ? [] : [{ pod, port: target }];
    });
}

/** Whether Istio treats the port as HTTP (R43); undeclared ports are told apart by their bytes. */
export function isHttpPort(servicePort: Json | undefined): boolean {
  const declared = textAt(servicePort, 'appProtocol') ?? textAt(servicePort, 'name') ?? '';
  const [protocol = ''] = declared.toLowerCase().split('-');
  return ['http', 'http2', 'grpc', 'kubernetes.io/h2c', 'kubernetes.io/ws'].includes(protocol);
}

export function findServicePort(service: KubeObject, port: number): Json | undefined {
  return listAt(service, 'spec', 'ports').find((one) => numberAt(one, 'port') === port);
}

/** The protocol class of a pod's port: the oldest Service over it decides (R44). */
export function isHttpTarget(storage: Storage, pod: KubeObject, port: number): boolean {
  const over = storage
    .list(services, pod.metadata.namespace)
    .filter((service) => selects(service, pod))
    .flatMap((service) => listAt(service, 'spec', 'ports'))
    .filter((servicePort) => targetPortOf(servicePort, pod) === port);
  return isHttpPort(over[0]);
}
