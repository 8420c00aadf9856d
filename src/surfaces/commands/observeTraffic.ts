import type { Evidence, EvidenceKind, Mesh, Preflight } from '../../mesh/index.ts';
import { evidenceLimits, readEvidenceWindow, refusingWorkloads } from '../../mesh/index.ts';
import type { ClusterConnection } from '../../kube.ts';
import { HumanError } from '../platform/humanError.ts';
import { setting } from '../platform/settings.ts';
import { withProgress } from './progress.ts';
import { prometheusAuthorization } from './prometheusCredentials.ts';
import type { Workbench } from './workbench.ts';

/** What a command wants to know of the traffic, and how much it may ask for that. */
export interface TrafficQuestion {
  readonly mesh: Mesh;
  readonly checked: Preflight;
  readonly kinds: readonly EvidenceKind[];
}

/** Reads who really calls the servers that a change would make refuse. Asked for by commands only; can be called off. */
export async function observeTraffic(
  { secrets }: Pick<Workbench, 'secrets'>,
  { readEvidence }: Pick<ClusterConnection, 'readEvidence'>,
  { mesh, checked, kinds }: TrafficQuestion,
): Promise<Evidence> {
  const to = Date.now();
  const window = { from: to - windowMs(), to };
  return withProgress('Looking who really calls', (signal, report) =>
    readEvidence({
      kinds,
      report,
      mesh,
      window,
      servers: refusingWorkloads(checked),
      prometheus: setting('istioMtls.prometheus').trim(),
      authorization: (url) => prometheusAuthorization(secrets, url),
      signal,
    }),
  );
}

function windowMs(): number {
  const text = setting('istioMtls.evidenceWindow');
  if (text === '') return evidenceLimits.usual;
  const read = readEvidenceWindow(text);
  if (read.kind === 'wrong') throw new HumanError(`istioMtls.evidenceWindow: ${read.why}`);
  return read.ms;
}
