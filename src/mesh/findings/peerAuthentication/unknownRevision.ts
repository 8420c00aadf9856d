import { missingAnywhere } from '../../known/missing.ts';
import type { Mesh } from '../../snapshot/mesh.ts';
import { listed } from '../../words/modeWords.ts';
import type { Analyzer } from '../model/analyzer.ts';
import { isCluster } from '../model/knownWorld.ts';

const LABEL = 'istio.io/rev';

/** A policy for a revision that no control plane serves is read by nobody (R2). */
export const unknownRevision: Analyzer<'PeerAuthentication' | 'DestinationRule'> = {
  code: 'MTLS0132',
  name: 'label of a revision that no control plane has',
  severity: 'warning',
  law: 'A control plane reads only objects without the label istio.io/rev, and those whose label is its own revision.',
  source: 'https://istio.io/latest/docs/setup/upgrade/canary/',
  about: ['PeerAuthentication', 'DestinationRule'],
  analyze: (mesh, { labels }) => {
    const revision = labels[LABEL];
    if (revision === undefined || !knowsControlPlanes(mesh)) return [];
    const { revisions } = mesh.controlPlane;
    if (revisions.has(revision)) return [];
    const known = listed([...revisions.keys()], 3);
    return [
      {
        path: ['metadata', 'labels', LABEL],
        message: `No control plane has the revision ${revision}, so that none reads this object: the mesh has ${known}.`,
        ignored: true,
      },
    ];
  },
};

/** A control plane that runs elsewhere, or that nobody may see, may have the revision. */
function knowsControlPlanes(mesh: Mesh): boolean {
  const { revisions } = mesh.controlPlane;
  const isSeen = [...revisions.values()].some(({ env }) => env !== undefined);
  return isSeen && isCluster(mesh) && missingAnywhere(mesh, 'Deployment') === undefined;
}
