import type { Mesh } from '../../mesh/index.ts';
import { counted, withDesired } from '../../mesh/index.ts';
import type { Workbench } from './workbench.ts';
import type { WriteRequest } from './writeRequest.ts';

/** How many findings a confirmation tells before the rest is counted. */
const TOLD = 3;

/** The request, whose notes tell of the mistakes that it would bring about where it is written. */
export async function withFindings(
  { loadManifestTools }: Workbench,
  mesh: Mesh,
  request: WriteRequest,
): Promise<WriteRequest> {
  const { desired, notes } = request;
  const { findingsAdded } = await loadManifestTools();
  const namespaces = desired.map(({ ref }) =>
    ref.kind === 'Namespace' ? ref.name : ref.namespace,
  );
  const found = findingsAdded(mesh, withDesired(mesh, desired), namespaces);
  const told = found.slice(0, TOLD).map(({ code, message }) => `⚠ ${code}: ${message}`);
  const more = found.length - TOLD;
  const rest = more > 0 ? [`And ${counted(more, 'more finding')}.`] : [];
  return { ...request, notes: [...notes, ...told, ...rest] };
}
