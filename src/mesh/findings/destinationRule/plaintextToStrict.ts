import { CONTROLLERS, missingPods } from '../../known/missing.ts';
import type { ClientTlsMode } from '../../model/mode.ts';
import type { DestinationRule } from '../../model/objects.ts';
import { workloadMtls } from '../../server/workloadMtls.ts';
import { revisionOf, type Mesh } from '../../snapshot/mesh.ts';
import { sentByMode } from '../../words/modeWords.ts';
import type { Analyzer } from '../model/analyzer.ts';
import type { Fix, Related, Remark } from '../model/finding.ts';
import {
  reachedBy,
  servicesFollowing,
  tlsBlocksOf,
  type Reached,
  type TlsBlock,
} from './ruleHosts.ts';

/** Where only mutual TLS of the mesh is accepted, anything else is refused (R49). */
export const plaintextToStrict: Analyzer<'DestinationRule'> = {
  code: 'MTLS0230',
  name: 'rule that makes clients send what the server refuses',
  severity: 'error',
  law: 'A workload port whose mode is STRICT accepts mutual TLS with the certificates of the mesh, and nothing else.',
  source:
    'https://istio.io/latest/docs/ops/common-problems/network-issues/#service-unavailable-errors-after-setting-destination-rule',
  kiali: ['KIA0207', 'KIA0208'],
  needs: { own: [...CONTROLLERS] },
  about: ['DestinationRule'],
  analyze: (mesh, rule) => {
    const blocks = tlsBlocksOf(rule).filter(({ tls }) => tls.mode !== 'ISTIO_MUTUAL');
    if (blocks.length === 0) return [];
    const services = servicesFollowing(mesh, rule);
    return blocks.flatMap((block) => {
      const refusing = [...reachedBy(mesh, services, block)].filter((one) => refuses(mesh, one));
      const [first] = refusing;
      return first === undefined ? [] : [remark(mesh, rule, { block, first, refusing })];
    });
  },
};

function refuses(mesh: Mesh, { workload, port }: Reached): boolean {
  if (missingPods(mesh, workload) !== undefined) return false;
  const mtls = workloadMtls(mesh, workload);
  if (mtls.unknown !== undefined || mtls.enforcement.kind !== 'enforced') return false;
  const accepts = mtls.ports.find((one) => one.port === port)?.accepts ?? mtls.accepts;
  return accepts.length === 1 && accepts[0] === 'mutual-tls';
}

interface Refusal {
  readonly block: TlsBlock;
  readonly first: Reached;
  readonly refusing: readonly Reached[];
}

function remark(mesh: Mesh, rule: DestinationRule, { block, first, refusing }: Refusal): Remark {
  const { mode } = block.tls;
  const others = new Set(refusing.map(({ workload }) => workload)).size - 1;
  const more = others > 0 ? `, as ${others} more do` : '';
  const { workload, port } = first;
  return {
    path: [...block.path, 'mode'],
    message: `Clients that follow this rule are refused: they send ${sentByMode(mode)}, and ${workload.name} in ${workload.namespace} accepts only mutual TLS on port ${port}${more}.`,
    related: decidingPolicy(mesh, first),
    fix: fixOf(mesh, rule, block),
  };
}

/** What auto mutual TLS does by itself need not be written; a port or a subset may have settings of the host to undo. */
function fixOf(mesh: Mesh, { kind, namespace, name }: DestinationRule, block: TlsBlock): Fix {
  const object = { kind, namespace, name };
  const isWhole = block.path.length === WHOLE_HOST.length;
  if (isWhole && revisionOf(mesh, undefined).config.enableAutoMtls) {
    const title = 'Remove the TLS setting, and leave it to auto mutual TLS';
    return { title, steps: [{ kind: 'remove', object, path: block.path }], safe: false };
  }
  const value: ClientTlsMode = 'ISTIO_MUTUAL';
  const path = [...block.path, 'mode'];
  const title = 'Change the TLS mode to ISTIO_MUTUAL';
  return { title, steps: [{ kind: 'set', object, path, value }], safe: false };
}

const WHOLE_HOST = ['spec', 'trafficPolicy', 'tls'];

/** The policy that makes the server refuse. */
export function decidingPolicy(mesh: Mesh, { workload, port }: Reached): readonly Related[] {
  const mtls = workloadMtls(mesh, workload);
  const { from } = mtls.ports.find((one) => one.port === port) ?? mtls;
  if (from.kind === 'default') return [];
  const message = `This policy decides what ${workload.name} accepts on port ${port}.`;
  return [{ object: from.field.object, path: ['spec'], message }];
}
