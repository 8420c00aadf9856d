import { findWorkload, revisionOf, type Mesh } from '../snapshot/mesh.ts';
import type { Revision } from '../snapshot/controlPlane.ts';
import type { Labels, Pod, PodShape } from '../model/objects.ts';
import type { WorkloadRef } from '../model/reference.ts';
import type { Variant, Workload } from '../snapshot/workload.ts';
import type { Reason } from '../model/explanation.ts';
import type { DataPlane } from '../model/mode.ts';

/** Who opens a connection: a workload of the mesh, or something outside it. */
export type Client =
  | {
      readonly kind: 'workload';
      readonly workload: WorkloadRef;
      /** The call comes from the proxy's own container, where no proxy sees it (R142). */
      readonly bypassesProxy?: true;
    }
  | { readonly kind: 'outside' };

/** Client pods that the mesh treats alike. */
export interface ClientVariant {
  /** What carries the call; `none` for a call that the pod's own proxy does not see. */
  readonly dataPlane: DataPlane;
  /** The pod has a proxy, and the call comes from the proxy's own container (R142). */
  readonly bypassesProxy?: true;
  readonly namespace: string;
  readonly labels: Labels;
  readonly revision: Revision;
  /** Absent for a client outside the mesh. */
  readonly pods: SendingPods | undefined;
}

/** Pods of one workload that call. */
export interface SendingPods {
  readonly workload: Workload;
  readonly shape: PodShape;
  /** Empty for a template, which stands for one pod. */
  readonly members: readonly Pod[];
}

const NO_LABELS: Labels = Object.freeze({});

/** The client's pods by what they are; undefined when there is no such workload. */
export function clientVariantsOf(mesh: Mesh, client: Client): readonly ClientVariant[] | undefined {
  if (client.kind === 'outside') {
    const revision = revisionOf(mesh, undefined);
    return [{ dataPlane: 'none', namespace: '', labels: NO_LABELS, revision, pods: undefined }];
  }
  const workload = findWorkload(mesh, client.workload);
  const clients = workload?.variants.map((variant) => clientVariantOf(mesh, workload, variant));
  return client.bypassesProxy === true ? clients?.map(pastItsProxy) : clients;
}

/** A call by the proxy's own user, which is not captured (R142); ztunnel has no container in the pod. */
function pastItsProxy(client: ClientVariant): ClientVariant {
  const { dataPlane } = client;
  return dataPlane === 'none' || dataPlane === 'ambient'
    ? client
    : { ...client, dataPlane: 'none', bypassesProxy: true };
}

/** One group of a workload's pods as a client. */
export function clientVariantOf(mesh: Mesh, workload: Workload, variant: Variant): ClientVariant {
  return {
    dataPlane: variant.dataPlane,
    namespace: workload.namespace,
    labels: variant.shape.labels,
    revision: revisionOf(mesh, variant.revision),
    pods: { workload, shape: variant.shape, members: variant.pods },
  };
}

/** Pods of which one is called by its own address fare differently: that one meets no proxy (R57). */
export function apart(client: ClientVariant, called: Pod | undefined): readonly ClientVariant[] {
  const { pods } = client;
  if (pods === undefined || called === undefined || !pods.members.includes(called)) return [client];
  const others = pods.members.filter((pod) => pod !== called);
  const itself = { ...client, pods: { ...pods, members: [called] } };
  if (others.length === 0) return [itself];
  return [itself, { ...client, pods: { ...pods, members: others } }];
}

/** The fact about the client that everything else follows from (R140). */
export function clientReason(client: ClientVariant): Reason {
  if (client.pods === undefined) return { kind: 'outside-client' };
  const workload = client.pods.workload.ref;
  const { dataPlane } = client;
  if (client.bypassesProxy === true) return { kind: 'proxy-container', workload };
  return dataPlane === 'none'
    ? { kind: 'no-proxy', side: 'client', workload }
    : { kind: 'data-plane', side: 'client', workload, dataPlane };
}
