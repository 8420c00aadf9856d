import type { ConversionNote, ConvertedPort, LegacyPolicy, Mesh } from '../mesh/index.ts';
import { convertedPorts, convertLegacyPolicies, describeConversionNote } from '../mesh/index.ts';
import { conversionYaml } from '../sources/yaml/conversionYaml.ts';
import { badInput } from './inputFile.ts';
import type { Answer } from './printAnswer.ts';
import { textTable } from './textTable.ts';

/** What is to be converted. */
export interface ToConvert {
  readonly policies: readonly LegacyPolicy[];
  /** Those of the documents in which the policies stand. */
  readonly comments: readonly string[];
  /** Of policies that name none, as with kubectl. */
  readonly namespace: string | undefined;
}

/** Legacy policies as PeerAuthentications, with everything that these cannot say (R200 to R211). */
export function conversion(mesh: Mesh, { namespace, comments, ...given }: ToConvert): Answer {
  const policies = given.policies.map((policy) => placedIn(policy, namespace));
  if (policies.length === 0) {
    throw badInput('There is no Policy or MeshPolicy of authentication.istio.io in the files.');
  }
  const converted = convertLegacyPolicies(mesh, policies);
  const { manifests, requestAuthentications, notes } = converted;
  const ports = convertedPorts(mesh, policies, manifests);
  return {
    document: {
      version: 1,
      manifests,
      requestAuthentications,
      notes: notes.map(noteJson),
      ports: ports.map(portJson),
    },
    yaml: () => conversionYaml(converted, comments),
    table: () =>
      portsTable(ports) + notes.map((note) => `${describeConversionNote(note)}\n`).join(''),
  };
}

function placedIn(policy: LegacyPolicy, namespace: string | undefined): LegacyPolicy {
  return namespace === undefined || !policy.namespaceIsAssumed
    ? policy
    : { ...policy, namespace, namespaceIsAssumed: false };
}

function noteJson(note: ConversionNote): Readonly<Record<string, unknown>> {
  return { ...note, text: describeConversionNote(note) };
}

function portJson({
  service,
  workload,
  before,
  after,
}: ConvertedPort): Readonly<Record<string, unknown>> {
  const { namespace, name, port } = service;
  const { kind, name: workloadName } = workload;
  return {
    service: `${namespace}/${name}:${port}`,
    workload: `${kind}/${namespace}/${workloadName}`,
    before,
    after,
  };
}

function portsTable(ports: readonly ConvertedPort[]): string {
  if (ports.length === 0) return 'No Service port with pods behind it is within their reach.\n\n';
  const rows = ports.map(({ service, workload, before, after }) => [
    `${service.namespace}/${service.name}:${service.port}`,
    workload.name,
    before['1.4'],
    before['1.5'],
    after === before['1.5'] ? after : `${after} (differs)`,
  ]);
  return `${textTable(['SERVICE PORT', 'WORKLOAD', 'ISTIO 1.4', 'ISTIO 1.5', 'CONVERTED'], rows)}\n`;
}
