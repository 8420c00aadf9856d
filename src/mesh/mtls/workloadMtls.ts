import { partOf, revisionOf, servicesSelecting, type Mesh } from '../model/mesh.ts';
import type { Service } from '../model/objects.ts';
import type { NonEmpty } from '../model/reference.ts';
import { targetPortsOf } from '../model/targetPort.ts';
import type { Variant, Workload } from '../model/workload.ts';
import { enforcementOf, portAcceptance } from './enforcement.ts';
import type { EffectiveMode, Enforcement, MissingFact, PortMtls } from './explanation.ts';
import { missingAny } from './missing.ts';
import type { Accepts, DataPlane } from './mode.ts';
import { governingPolicies, type Governing } from './peerAuthentication.ts';
import { explainMode, subjectOf } from './serverMode.ts';

/** The mutual TLS of one workload: what policies say, and what its data plane makes of it. */
export interface WorkloadMtls extends EffectiveMode {
  readonly dataPlane: DataPlane;
  readonly enforcement: Enforcement;
  /** What is taken on ports that nothing lists. */
  readonly accepts: readonly Accepts[];
  /** Container ports, ports that Services target, ports that the governing policy names; ascending. */
  readonly ports: readonly PortMtls[];
  /** What would have to be known for the mode to be certain. */
  readonly unknown?: NonEmpty<MissingFact>;
}

/** Everything the answer for one workload is computed from, besides the workload. */
interface Basis {
  readonly own: unknown;
  readonly root: unknown;
  readonly services: unknown;
  readonly controlPlane: unknown;
  readonly missing: unknown;
  readonly namespace: unknown;
}

const known = new WeakMap<Workload, { readonly basis: Basis; readonly answer: WorkloadMtls }>();

/** The same answer, by identity, for as long as nothing it depends on has changed. */
export function workloadMtls(mesh: Mesh, workload: Workload): WorkloadMtls {
  const basis = basisOf(mesh, workload);
  const found = known.get(workload);
  if (found !== undefined && isSameBasis(found.basis, basis)) return found.answer;
  const answer = compute(mesh, workload);
  known.set(workload, { basis, answer });
  return answer;
}

function basisOf(mesh: Mesh, workload: Workload): Basis {
  const part = partOf(mesh, workload.namespace);
  const { rootNamespace } = revisionOf(mesh, workload.variants[0].revision).config;
  const root = partOf(mesh, rootNamespace);
  return {
    own: part.peerAuthentications,
    root: root.peerAuthentications,
    services: part.services,
    controlPlane: mesh.controlPlane,
    missing: mesh.missing,
    namespace: part.namespace,
  };
}

function isSameBasis(left: Basis, right: Basis): boolean {
  return (
    left.own === right.own &&
    left.root === right.root &&
    left.services === right.services &&
    left.controlPlane === right.controlPlane &&
    left.missing === right.missing &&
    left.namespace === right.namespace
  );
}

/** A port that no Service and no container mentions: what is accepted there is what is accepted by default. */
const UNLISTED_PORT = 0;

function compute(mesh: Mesh, workload: Workload): WorkloadMtls {
  const governing = governingPolicies(mesh, subjectOf(workload, workload.variants[0]));
  const overall = explainMode(governing, workload, undefined);
  const at = { governing, port: UNLISTED_PORT, mode: overall.mode };
  const answer: WorkloadMtls = {
    ...overall,
    dataPlane: workload.dataPlane,
    enforcement: enforcementOf(mesh, workload),
    accepts: acceptedBy(mesh, workload, at),
    ports: portsOf(mesh, workload, governing).map((port): PortMtls => {
      const mode = explainMode(governing, workload, port);
      return {
        ...mode,
        port,
        accepts: acceptedBy(mesh, workload, { ...at, port, mode: mode.mode }),
      };
    }),
  };
  const [fact, ...more] = missingForModes(mesh, workload.namespace);
  return fact === undefined ? answer : { ...answer, unknown: [fact, ...more] };
}

/** PeerAuthentications of the own and of the root namespace decide modes (R8). */
export function missingForModes(mesh: Mesh, namespace: string): readonly MissingFact[] {
  return missingAny(mesh, [
    ['PeerAuthentication', namespace],
    ['PeerAuthentication', mesh.rootNamespace],
  ]);
}

type At = Parameters<typeof portAcceptance>[2];

/** What any pod of the workload takes: pods that differ add up. */
function acceptedBy(mesh: Mesh, workload: Workload, at: At): readonly Accepts[] {
  const [first, ...rest] = workload.variants;
  const { accepts } = portAcceptance(mesh, first, at);
  if (rest.length === 0) return accepts;
  const all = new Set<Accepts>(accepts);
  for (const variant of rest) {
    for (const accepted of portAcceptance(mesh, variant, at).accepts) all.add(accepted);
  }
  return [...all];
}

function portsOf(mesh: Mesh, workload: Workload, governing: Governing): readonly number[] {
  const ports = new Set<number>();
  for (const { port, protocol } of workload.ports) if (protocol === 'TCP') ports.add(port);
  for (const service of servicesSelecting(mesh, workload)) addTargets(ports, service, workload);
  for (const { port } of governing.workload?.portLevelMtls ?? []) ports.add(port);
  return [...ports].sort((left, right) => left - right);
}

function addTargets(ports: Set<number>, service: Service, workload: Workload): void {
  const variants: readonly Variant[] = workload.variants;
  for (const variant of variants) {
    for (const target of targetPortsOf(service, variant.shape)) ports.add(target);
  }
}
