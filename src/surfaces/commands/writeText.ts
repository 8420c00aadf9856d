import type { ApplyWarning } from '../../actions/apply.ts';
import type { ManagedBy } from '../../actions/managedBy.ts';
import type { Refusal } from '../../actions/refusal.ts';
import type { ClusterStatus } from '../../sources/cluster/clusterStatus.ts';
import { refWords } from './enforcementText.ts';

/** Why what is known of the mesh may be wrong by now; undefined while the cluster is followed. */
export function staleSentence(status: ClusterStatus): string | undefined {
  switch (status.kind) {
    case 'connecting':
    case 'synced':
      return undefined;
    case 'stale': {
      const since = new Date(status.since).toLocaleTimeString();
      return `The mesh below is not up to date since ${since}: ${status.cause}`;
    }
    case 'failed':
      return `The mesh below is not up to date, because the cluster cannot be read: ${status.cause}`;
  }
}

/** Why the cluster does not take a write, in one sentence. */
export function describeWriteRefusal(refusal: Refusal): string {
  switch (refusal.kind) {
    case 'denied':
      return `You may not ${refusal.verb} ${refusal.resource}${inNamespace(refusal.namespace)}. Nothing was written.`;
    case 'conflict':
      return `${refWords(refusal.ref)} is owned by ${owners(refusal.managers)}, so nothing was written. Change it where it is kept.`;
    case 'invalid':
      return `The API server refuses ${refWords(refusal.ref)}: ${refusal.causes.join('; ')}`;
    case 'changed-since':
      return `${refWords(refusal.ref)} was changed by someone else meanwhile. Look again and retry.`;
    case 'not-installed':
      return `The cluster does not know ${refusal.ref.kind}: Istio is not installed there.`;
    case 'failed':
      return `${refWords(refusal.ref)} could not be written: ${refusal.cause}`;
  }
}

function inNamespace(namespace: string): string {
  return namespace === '' ? '' : ` in namespace ${namespace}`;
}

function owners(managers: Extract<Refusal, { kind: 'conflict' }>['managers']): string {
  return managers.map(({ manager, fields }) => `"${manager}" (${fields.join(', ')})`).join(' and ');
}

/** Who may take a write back by itself, in one sentence. */
export function describeApplyWarning({ ref, by }: ApplyWarning): string {
  const name = by.name === undefined ? '' : ` (${by.name})`;
  return `${refWords(ref)} is kept by ${toolWords[by.tool]}${name}, which may take this change back.`;
}

const toolWords: Readonly<Record<ManagedBy['tool'], string>> = {
  'argo-cd': 'Argo CD',
  flux: 'Flux',
  helm: 'Helm',
};
