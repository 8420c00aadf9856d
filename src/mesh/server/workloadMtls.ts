import { lastAlikeOf, memoPair } from '../model/kept.ts';
import { revisionOf, servicesSelecting, type Mesh, type MeshWideFacts } from '../snapshot/mesh.ts';
import type { Service } from '../model/objects.ts';
import type { NonEmpty } from '../model/reference.ts';
import { targetPortsOf } from '../snapshot/targetPort.ts';
import type { Variant, Workload } from '../snapshot/workload.ts';
import { enforcementOf, portAcceptance } from './enforcement.ts';
import type { EffectiveMode, Enforcement, MissingFact, PortMtls } from '../model/explanation.ts';
import { missingForModes } from '../known/missingModes.ts';
import type { Accepts, DataPlane } from '../model/mode.ts';
import { governedPods, modeOfPods, type GovernedPods } from '../policy/serverMode.ts';

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

/** The same answer, by identity, until an object of its namespace or a mesh-wide fact changes. */
export function workloadMtls(mesh: Mesh, workload: Workload): WorkloadMtls {
  return kept(workload, mesh.meshWide, mesh);
}

const kept = memoPair((workload: Workload, _meshWide: MeshWideFacts, mesh: Mesh) =>
  compute(mesh, workload),
);

/** A port that no Service and no container mentions: what is accepted there is what is accepted by default. */
const UNLISTED_PORT = 0;

function compute(mesh: Mesh, workload: Workload): WorkloadMtls {
  const governed = governedPods(mesh, workload);
  const overall = modeOfPods(governed, undefined);
  const { namespace } = workload;
  const answer: WorkloadMtls = {
    ...overall,
    dataPlane: workload.dataPlane,
    enforcement: enforcementOf(mesh, workload),
    accepts: acceptedBy(mesh, governed, { namespace, port: undefined }),
    ports: portsOf(mesh, workload, governed).map((port): PortMtls => ({
      ...modeOfPods(governed, port),
      port,
      accepts: acceptedBy(mesh, governed, { namespace, port }),
    })),
  };
  const [fact, ...more] = missingForModes(
    mesh,
    namespace,
    revisionOf(mesh, workload.variants[0].revision).config.rootNamespace,
  );
  if (fact !== undefined) return { ...answer, unknown: [fact, ...more] };
  return sharedAnswer(overall, answer);
}

/** Most workloads of a namespace have the same mode and fare alike: they share one answer. */
const sharedAnswer = lastAlikeOf<WorkloadMtls>(isAlike);

/** For two answers with the same mode. */
function isAlike(left: WorkloadMtls, right: WorkloadMtls): boolean {
  return (
    left.dataPlane === right.dataPlane &&
    left.accepts === right.accepts &&
    isSameEnforcement(left.enforcement, right.enforcement) &&
    left.ports.length === right.ports.length &&
    left.ports.every((port, index) => isSamePort(port, right.ports[index]))
  );
}

function isSamePort(left: PortMtls, right: PortMtls | undefined): boolean {
  return (
    left.port === right?.port &&
    left.mode === right.mode &&
    left.from === right.from &&
    left.ignored === right.ignored &&
    left.accepts === right.accepts
  );
}

/** Enforcement of pods that differ, or that is not known, is not compared. */
function isSameEnforcement(left: Enforcement, right: Enforcement): boolean {
  if (left.kind === 'enforced') return right.kind === 'enforced';
  return left.kind === 'not-enforced' && right.kind === 'not-enforced' && left.why === right.why;
}

/** What any pod of the workload takes: pods that differ add up. */
function acceptedBy(
  mesh: Mesh,
  governed: NonEmpty<GovernedPods>,
  at: { readonly namespace: string; readonly port: number | undefined },
): readonly Accepts[] {
  const [first, ...rest] = governed;
  const acceptedByPods = ({ variant, governing, explain }: GovernedPods): readonly Accepts[] => {
    const { mode } = explain(at.port);
    const port = at.port ?? UNLISTED_PORT;
    return portAcceptance(mesh, variant, { ...at, port, governing, mode }).accepts;
  };
  const accepts = acceptedByPods(first);
  if (rest.length === 0) return accepts;
  return [...new Set([...accepts, ...rest.flatMap(acceptedByPods)])];
}

function portsOf(
  mesh: Mesh,
  workload: Workload,
  governed: readonly GovernedPods[],
): readonly number[] {
  const ports = new Set<number>();
  for (const { port, protocol } of workload.ports) if (protocol === 'TCP') ports.add(port);
  for (const service of servicesSelecting(mesh, workload)) addTargets(ports, service, workload);
  for (const { governing } of governed) {
    for (const { port } of governing.workload?.portLevelMtls ?? []) ports.add(port);
  }
  return [...ports].sort((left, right) => left - right);
}

function addTargets(ports: Set<number>, service: Service, workload: Workload): void {
  const variants: readonly Variant[] = workload.variants;
  for (const variant of variants) {
    for (const target of targetPortsOf(service, variant.shape)) ports.add(target);
  }
}
