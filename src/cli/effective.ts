import type {
  Accepts,
  DataPlane,
  Mesh,
  MissingFact,
  MutualTlsMode,
  PortMtls,
  Workload,
  WorkloadMtls,
} from '../mesh/index.ts';
import {
  allWorkloads,
  meshMtls,
  namespaceMtls,
  namespacesOf,
  workloadMtls,
} from '../mesh/index.ts';
import { ignoredJson, sourceJson, type IgnoredJson, type SourceJson } from './policyJson.ts';
import { portWarning } from './portWarning.ts';
import type { Answer } from './printAnswer.ts';
import { textTable } from './textTable.ts';

/** Data planes as the JSON contract names them; a waypoint is a gateway that serves other workloads. */
type DataPlaneJson = 'sidecar' | 'ambient' | 'gateway' | 'none';

interface PortJson {
  readonly mode: MutualTlsMode;
  readonly from: SourceJson;
  readonly accepts: readonly Accepts[];
  /** All pods by their mode, where they are governed differently; `mode` is then one that lets plaintext in. */
  readonly unlike?: readonly {
    readonly mode: MutualTlsMode;
    readonly from: SourceJson;
    readonly pods: number;
  }[];
  /** What the mode or what is accepted depends on and could not be read. */
  readonly missing?: readonly MissingFact[];
}

interface NamedPortJson extends PortJson {
  /** A policy names this port, but no container has it: what is probably wrong, in a sentence. */
  readonly warning?: string;
}

interface WorkloadJson extends PortJson {
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
  readonly dataPlane: DataPlaneJson;
  readonly ports: Readonly<Record<string, NamedPortJson>>;
  readonly ignored: readonly IgnoredJson[];
}

interface NamespaceJson {
  readonly name: string;
  readonly mode: MutualTlsMode;
  readonly from: SourceJson;
  readonly uniform: boolean | null;
  readonly dataPlane: DataPlaneJson | 'mixed' | 'unknown';
  readonly missing?: readonly MissingFact[];
}

/** The document of `effective -o json`, version 1. Fields may be added; none changes its meaning. */
export interface EffectiveJson {
  readonly version: 1;
  readonly rootNamespace: string;
  readonly mesh: {
    readonly mode: MutualTlsMode;
    readonly from: SourceJson;
    readonly missing?: readonly MissingFact[];
  };
  readonly namespaces: readonly NamespaceJson[];
  readonly workloads: readonly WorkloadJson[];
}

/** The modes of everything, or of one namespace; everything decides in either case. */
export function effective(mesh: Mesh, only: string | undefined): Answer {
  const document = effectiveJson(mesh, only);
  return { document: { ...document }, table: () => effectiveTable(document) };
}

export function effectiveJson(mesh: Mesh, only: string | undefined): EffectiveJson {
  const shown = (namespace: string): boolean => only === undefined || namespace === only;
  const { mode, from, unknown } = meshMtls(mesh);
  return {
    version: 1,
    rootNamespace: mesh.rootNamespace,
    mesh: { mode, from: sourceJson(from), ...(unknown === undefined ? {} : { missing: unknown }) },
    namespaces: namespacesOf(mesh)
      .filter(({ name }) => shown(name))
      .map(({ name }) => namespaceJson(mesh, name)),
    workloads: [...allWorkloads(mesh)]
      .filter(({ namespace }) => shown(namespace))
      .sort(byNamespace)
      .map((workload) => workloadJson(mesh, workload)),
  };
}

/** Stable, so workloads of one namespace keep the order in which the mesh lists them: by name. */
function byNamespace(left: Workload, right: Workload): number {
  if (left.namespace === right.namespace) return 0;
  return left.namespace < right.namespace ? -1 : 1;
}

function namespaceJson(mesh: Mesh, name: string): NamespaceJson {
  const { mode, from, uniform, dataPlane, unknown } = namespaceMtls(mesh, name);
  return {
    name,
    mode,
    from: sourceJson(from),
    uniform: uniform === 'unknown' ? null : uniform,
    dataPlane: dataPlane === 'waypoint' ? 'gateway' : dataPlane,
    ...(unknown === undefined ? {} : { missing: unknown }),
  };
}

function workloadJson(mesh: Mesh, workload: Workload): WorkloadJson {
  const mtls = workloadMtls(mesh, workload);
  const { mode, from, accepts, ignored, ports, unlike } = mtls;
  const unread = missingFor(mtls);
  const { namespace, kind, name } = workload.ref;
  return {
    namespace,
    kind,
    name,
    dataPlane: dataPlaneJson(workload.dataPlane),
    mode,
    from: sourceJson(from),
    accepts,
    ...unlikeJson(unlike),
    ports: Object.fromEntries(
      ports.map((port): [string, NamedPortJson] => {
        const warning = portWarning(mesh, workload, port.port);
        const warned = warning === undefined ? {} : { warning };
        return [String(port.port), { ...portJson(port), ...unread, ...warned }];
      }),
    ),
    ignored: ignored.map(ignoredJson),
    ...unread,
  };
}

function missingFor({ unknown, enforcement }: WorkloadMtls): Pick<PortJson, 'missing'> {
  const unenforced = enforcement.kind === 'unknown' ? enforcement.missing : [];
  const missing = [...new Set([...(unknown ?? []), ...unenforced])];
  return missing.length === 0 ? {} : { missing };
}

function portJson({ mode, from, accepts, unlike }: PortMtls): PortJson {
  return { mode, from: sourceJson(from), accepts, ...unlikeJson(unlike) };
}

/** Where pods are governed differently: how many have which mode. */
function unlikeJson(unlike: PortMtls['unlike']): Pick<PortJson, 'unlike'> {
  if (unlike === undefined) return {};
  return { unlike: unlike.map((group) => ({ ...group, from: sourceJson(group.from) })) };
}

function dataPlaneJson(dataPlane: DataPlane): DataPlaneJson {
  return dataPlane === 'waypoint' ? 'gateway' : dataPlane;
}

function effectiveTable({ mesh, namespaces, workloads, rootNamespace }: EffectiveJson): string {
  const scopes = textTable(
    ['NAMESPACE', 'MODE', 'FROM', 'DATA PLANE', 'UNIFORM'],
    [
      ['(mesh)', modeCell(mesh), cellOf(mesh.from), '', ''],
      ...namespaces.map((row) => [
        row.name,
        modeCell(row),
        cellOf(row.from),
        row.dataPlane,
        row.uniform === null ? 'unknown' : row.uniform ? 'yes' : 'no',
      ]),
    ],
  );
  if (workloads.length === 0) return `${scopes}\nNo workloads.\n`;
  const rows = workloads.flatMap(workloadRows);
  const heading = ['WORKLOAD', 'PORT', 'MODE', 'FROM', 'ACCEPTS', 'DATA PLANE'];
  const warnings = workloads.flatMap(portWarnings).join('');
  return `Root namespace: ${rootNamespace}\n\n${scopes}\n${textTable(heading, rows)}${warnings}`;
}

function portWarnings({ kind, namespace, name, ports }: WorkloadJson): readonly string[] {
  return Object.entries(ports).flatMap(([port, { warning }]) =>
    warning === undefined ? [] : [`\n⚠ ${kind}/${namespace}/${name}:${port}: ${warning}\n`],
  );
}

/** A line for the workload, and one for each port that differs from it. */
function workloadRows(workload: WorkloadJson): readonly (readonly string[])[] {
  const name = `${workload.namespace}/${workload.name}`;
  const same = (port: PortJson): boolean =>
    port.mode === workload.mode && port.accepts.join() === workload.accepts.join();
  const different = Object.entries(workload.ports).filter(([, port]) => !same(port));
  return [
    [
      name,
      '',
      modeCell(workload),
      cellOf(workload.from),
      acceptsCell(workload),
      workload.dataPlane,
    ],
    ...different.map(([port, row]) => [
      name,
      port,
      modeCell(row),
      cellOf(row.from),
      acceptsCell(row),
      workload.dataPlane,
    ]),
  ];
}

/** Which pods there are decides what is accepted, not the mode. */
function modeCell({ mode, missing = [] }: Pick<PortJson, 'mode' | 'missing'>): string {
  return missing.some(({ kind }) => kind !== 'Pod') ? `${mode}?` : mode;
}

function acceptsCell({ accepts, missing }: Pick<PortJson, 'accepts' | 'missing'>): string {
  return missing === undefined ? accepts.join(', ') : `${accepts.join(', ')}?`;
}

function cellOf(from: SourceJson): string {
  return from.kind === 'default' ? 'Istio’s default' : `${from.namespace}/${from.name}`;
}
