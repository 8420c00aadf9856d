import { workloadsIn, type Mesh } from '../snapshot/mesh.ts';
import { describeEnforcement } from '../words/describe.ts';
import { namespaceMtls, type NamespaceMtls } from '../server/namespaceMtls.ts';
import { dataPlaneWords } from '../words/dataPlaneWords.ts';
import { acceptsByMode, counted } from '../words/modeWords.ts';
import { policyChain } from './policyChain.ts';
import { paragraph, shortList, type Block, type Line } from './blocks.ts';
import { unknownText } from './unknownText.ts';

/** What the mesh says about a namespace. */
export function namespaceText(mesh: Mesh, namespace: string): readonly Block[] {
  const mtls = namespaceMtls(mesh, namespace);
  if (mtls.unknown !== undefined) return unknownText(namespace, mtls.unknown);
  return [
    sentence(namespace, mtls),
    ...exceptionLines(mtls),
    ...policyChain(mesh, mtls),
    dataPlaneParagraph(mesh, namespace, mtls),
  ];
}

function sentence(namespace: string, { mode, uniform }: NamespaceMtls): Block {
  const unless = uniform ? '' : ', with the exceptions below';
  return paragraph(
    { strong: mode },
    ': workloads of ',
    { code: namespace },
    ' that have a proxy',
    ` ${acceptsByMode(mode)}${unless}.`,
  );
}

/** Workloads and ports of a namespace whose mode differs from the namespace's. */
export function exceptionLines({ exceptions }: NamespaceMtls): readonly Block[] {
  const lines = exceptions.map(({ workload, port, mode }): Line => {
    return [
      { code: workload.name },
      port === undefined ? ': ' : ` port ${port}: `,
      { strong: mode },
    ];
  });
  return lines.length === 0 ? [] : [paragraph('Exceptions:'), ...shortList(lines, 10)];
}

function dataPlaneParagraph(mesh: Mesh, namespace: string, mtls: NamespaceMtls): Block {
  const { dataPlane, enforcement } = mtls;
  const carrier = `ata plane: ${dataPlaneWords(dataPlane)}.`;
  const enforced = enforcement.kind === 'enforced' ? '' : ` ${describeEnforcement(enforcement)}`;
  // Where pods may run unseen, so may workloads: a count would say that there are no others.
  if (dataPlane === 'unknown') return paragraph(`D${carrier}${enforced}`);
  const workloads = counted(workloadsIn(mesh, namespace).length, 'workload');
  return paragraph(`${workloads}; d${carrier}${enforced}`);
}
