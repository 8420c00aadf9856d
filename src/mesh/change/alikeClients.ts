import type { Client, HostPort } from '../connection/connection.ts';
import { mayBeGuarded } from '../connection/authorized.ts';
import { outcomeKindAt } from '../connection/outcomeKind.ts';
import { ownCaller } from '../connection/ownPod.ts';
import type { ClientVariant } from '../destination/clientVariant.ts';
import { clientVariantsOf } from '../destination/clientVariant.ts';
import { memo } from '../model/kept.ts';
import { hasNoLabels } from '../model/labels.ts';
import type { NonEmpty, WorkloadRef } from '../model/reference.ts';
import type { Steps } from '../connection/steps.ts';
import { refKey, sameRef } from '../model/reference.ts';
import type { Mesh } from '../snapshot/mesh.ts';
import { destinationRulesIn, findWorkload, objectsIn } from '../snapshot/mesh.ts';

type Meshes = readonly [Mesh, Mesh];

/** Clients of which a server sees the same: one of them is asked, and speaks for the others. */
export type Alike = NonEmpty<Client>;

/** Clients of one namespace that nothing tells apart, wherever they call. */
export interface ClientGroup {
  readonly clients: Alike;
  /** A number for what the pods are, before and after; undefined where only clients of one namespace are known to be alike. */
  readonly pods: number | undefined;
  /** The group's calls as the engine knows them, in each of the two meshes. */
  readonly variants: readonly { readonly mesh: Mesh; readonly variant: ClientVariant }[];
}

/** Clients in groups by namespace and by what rules and proxies tell them apart by, before a change and after it. */
export function* clientGroups(
  meshes: Meshes,
  clients: readonly Client[],
): Steps<readonly ClientGroup[]> {
  const groups = new Map<string, [Client, ...Client[]]>();
  const kindsOfPods = new Map<string, number>();
  for (const client of clients) {
    const key = meshes.map((mesh) => clientKey(mesh, client)).join('\n');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [client]);
    else group.push(client);
    yield;
  }
  const all: ClientGroup[] = [];
  for (const alike of groups.values()) {
    all.push(groupOf(meshes, alike, kindsOfPods));
    yield;
  }
  return all;
}

function groupOf(meshes: Meshes, clients: Alike, kinds: Map<string, number>): ClientGroup {
  const [first] = clients;
  const isKnown = first.kind === 'workload' && meshes.every(({ missing }) => missing.length === 0);
  const variants = meshes.flatMap((mesh) =>
    (clientVariantsOf(mesh, first) ?? []).map((variant) => ({ mesh, variant })),
  );
  if (!isKnown) return { clients, pods: undefined, variants };
  const pods = meshes.map((mesh) => podsKey(mesh, first.workload)).join('\n');
  const known = kinds.get(pods) ?? kinds.size;
  kinds.set(pods, known);
  return { clients, pods: known, variants };
}

/** The groups as one server sees them: those of different namespaces become one where no rule tells them apart there. */
export function* alikeAt(
  meshes: Meshes,
  server: HostPort,
  groups: readonly ClientGroup[],
): Steps<readonly Alike[]> {
  const apart: Alike[] = [];
  const together = new Map<string, [Client, ...Client[]]>();
  const own = meshes.flatMap((mesh) => ownCaller(mesh, server) ?? []);
  for (const [index, { clients, pods, variants }] of groups.entries()) {
    if (index % GROUPS_A_STEP === 0) yield;
    const [others, itself] = withoutOwn(clients, own);
    for (const client of itself) apart.push([client]);
    if (others === undefined) continue;
    const kinds = pods === undefined ? [undefined] : kindsAt(server, variants);
    if (kinds.includes(undefined)) {
      apart.push(others);
      continue;
    }
    const key = [pods, ...kinds].join('\n');
    const known = together.get(key);
    if (known === undefined) together.set(key, [...others]);
    else known.push(...others);
  }
  return [...apart, ...together.values()];
}

/** How many groups of clients are looked at in one step: some hundred microseconds of work. */
const GROUPS_A_STEP = 64;

/** The clients that call somebody else, and those that call themselves. */
function withoutOwn(
  clients: Alike,
  own: readonly WorkloadRef[],
): readonly [others: Alike | undefined, itself: readonly Client[]] {
  if (own.length === 0) return [clients, []];
  const isOwn = (client: Client): boolean =>
    client.kind === 'workload' && own.some((ref) => sameRef(ref, client.workload));
  const [first, ...rest] = clients.filter((client) => !isOwn(client));
  return [first && [first, ...rest], clients.filter(isOwn)];
}

function kindsAt(
  server: HostPort,
  variants: ClientGroup['variants'],
): readonly (string | undefined)[] {
  return variants.map(({ mesh, variant }) => outcomeKindAt(mesh, variant, server));
}

/** What rules and proxies tell clients apart by: namespace, pods, and the workload itself where rules select some. */
function clientKey(mesh: Mesh, client: Client): string {
  if (client.kind === 'outside') return '';
  const { workload: ref } = client;
  const { namespace } = ref;
  const selects =
    selectsClients(mesh, namespace) ||
    selectsClients(mesh, mesh.rootNamespace) ||
    routesByLabels(mesh);
  return JSON.stringify([namespace, podsKey(mesh, ref), selects ? refKey(ref) : '']);
}

/** What proxies tell clients apart by: data plane, revision and capture, and identity where policies ask for it. */
function podsKey(mesh: Mesh, ref: WorkloadRef): string {
  const workload = findWorkload(mesh, ref);
  if (workload === undefined) return refKey(ref);
  const isAsked = mayBeGuarded(mesh);
  const pods = workload.variants.map(({ dataPlane, revision, shape, pods: { length } }) => {
    const { annotations, redirect, hostNetwork, runsAsProxyUser } = shape;
    const share = workload.variants.length > 1 ? length : 0;
    const who = isAsked ? shape.serviceAccount : '';
    return [dataPlane, revision, share, who, annotations, redirect, hostNetwork, runsAsProxyUser];
  });
  return JSON.stringify(pods);
}

/** Whether any route is for clients with certain labels only (R311). */
const routesByLabels = memo((mesh: Mesh): boolean =>
  [...mesh.namespaces.values()].some(({ virtualServices }) =>
    [...virtualServices.values()].some(({ routes }) =>
      routes.some(({ matches }) => matches.some(({ sourceLabels }) => !hasNoLabels(sourceLabels))),
    ),
  ),
);

/** Whether a DestinationRule or Sidecar of the namespace is for some clients only (R159). */
function selectsClients(mesh: Mesh, namespace: string): boolean {
  const { sidecars } = objectsIn(mesh, namespace);
  return [...destinationRulesIn(mesh, namespace), ...sidecars.values()].some(
    ({ workloadSelector }) => workloadSelector !== undefined,
  );
}
