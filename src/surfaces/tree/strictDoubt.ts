import type {
  Accepts,
  Enforcement,
  MutualTlsMode,
  NamespaceMtls,
  PortMtls,
  WorkloadMtls,
} from '../../mesh/index.ts';
import { counted, missingWords } from '../../mesh/index.ts';

/**
 * Where STRICT is more than what holds, in the few words that fit a row; empty where it holds. Other
 * modes promise nothing that a pod without a proxy would break.
 */
export function namespaceDoubt(mtls: NamespaceMtls, workloads: readonly WorkloadMtls[]): string {
  if (mtls.mode !== 'STRICT') return '';
  const doubtful = workloads.filter((workload) => workloadDoubt(workload) !== '').length;
  const some = `${counted(doubtful, 'workload', 'workloads')} not enforced`;
  return notEnforced(mtls.enforcement) || (doubtful === 0 ? '' : some);
}

/** As `namespaceDoubt`, of a workload and the ports that share its mode. */
export function workloadDoubt({ mode, enforcement, accepts, ports }: WorkloadMtls): string {
  const unenforced = doubtOf({ mode, accepts }, enforcement);
  if (unenforced !== '') return unenforced;
  const doubtful = ports.filter((port) => portDoubt(port, enforcement) !== '').length;
  return doubtful === 0 ? '' : `${counted(doubtful, 'port', 'ports')} not enforced`;
}

/** As `namespaceDoubt`, of one port of a workload that is enforced like this. */
export function portDoubt(port: PortMtls, enforcement: Enforcement): string {
  return doubtOf(port, enforcement);
}

interface Claim {
  readonly mode: MutualTlsMode;
  readonly accepts: readonly Accepts[];
}

function doubtOf({ mode, accepts }: Claim, enforcement: Enforcement): string {
  if (mode !== 'STRICT') return '';
  const others = accepts.filter((accepted) => accepted !== 'mutual-tls');
  const words = others.map((accepted) => (accepted === 'tls' ? 'TLS' : 'plaintext')).join(' and ');
  return notEnforced(enforcement) || (words === '' ? '' : `accepts ${words}`);
}

/** What does not enforce a mode, in the words of a row; empty if everything does. */
export function notEnforced(enforcement: Enforcement): string {
  switch (enforcement.kind) {
    case 'enforced':
      return '';
    case 'not-enforced':
      return 'not enforced';
    case 'partly-enforced':
      return `${enforcement.unenforcedPods} of ${enforcement.pods} pods not enforced`;
    case 'unknown':
      return `enforcement unknown (${missingWords(enforcement.missing[0])})`;
  }
}
