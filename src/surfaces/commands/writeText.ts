import type { ApplyWarning } from '../../actions/apply.ts';
import type { KeepingTool } from '../../actions/managedBy.ts';
import type { WriteRefusal } from '../../actions/refusal.ts';
import type { ClusterStatus } from '../../sources/cluster/clusterStatus.ts';
import { describeRef } from '../../mesh/index.ts';

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
    case 'paused':
      return `The mesh below is as it was at ${new Date(status.since).toLocaleTimeString()}: the cluster is being read again.`;
    case 'failed':
      return `The mesh below is not up to date, because the cluster cannot be read: ${status.cause}`;
  }
}

/** Why the cluster does not take a write, in one sentence. */
export function describeWriteRefusal(refusal: WriteRefusal): string {
  switch (refusal.kind) {
    case 'denied':
      return `You may not ${refusal.verb} ${refusal.resource}${inNamespace(refusal.namespace)}. Nothing was written.`;
    case 'conflict':
      return `${describeRef(refusal.ref)} is owned by ${owners(refusal.managers)}, so nothing was written. Change it where it is kept.`;
    case 'invalid':
      return `The API server refuses ${describeRef(refusal.ref)}: ${refusal.causes.join('; ')}`;
    case 'changed-since':
      return `${describeRef(refusal.ref)} was changed by someone else meanwhile. Look again and retry.`;
    case 'not-installed':
      return `The cluster does not know ${refusal.ref.kind}: Istio is not installed there.`;
    case 'failed':
      return `${describeRef(refusal.ref)} could not be written: ${refusal.cause}`;
    case 'unanswered':
      return `Whether ${describeRef(refusal.ref)} was written is not known: ${refusal.cause}`;
  }
}

function inNamespace(namespace: string): string {
  return namespace === '' ? '' : ` in namespace ${namespace}`;
}

function owners(managers: Extract<WriteRefusal, { kind: 'conflict' }>['managers']): string {
  return managers
    .map(({ manager, tool, fields }) => {
      const word = tool && toolWords[tool];
      const isTold = word === undefined || manager.startsWith(word.toLowerCase());
      return `"${manager}"${isTold ? '' : `, that is ${word}`} (${fields.join(', ')})`;
    })
    .join(' and ');
}

/** What the server warns of, or who takes a write back sooner or later, and when, in one sentence. */
export function describeApplyWarning(warning: ApplyWarning): string {
  const object = describeRef(warning.ref);
  if (warning.kind === 'server') return `The API server warns about ${object}: ${warning.text}`;
  const { by } = warning;
  const named = by.name === undefined ? '' : ` (${by.name})`;
  switch (by.tool) {
    case 'argo-cd':
      return `${object} is kept by Argo CD${named}, which will call it out of sync, and take this change back if it heals by itself.`;
    case 'flux':
      return `${object} is kept by Flux${named}, which takes back what its source says otherwise when it reconciles next.`;
    case 'helm':
      return `${object} belongs to a Helm release${named}, whose next upgrade may take this change back.`;
    case 'istio-install':
      return `${object} belongs to the installation of Istio${named}, whose next upgrade takes this change back.`;
    case 'terraform':
      return `${object} is kept by Terraform, whose next run takes back what its configuration says otherwise.`;
    case 'kubectl':
      return `${object} was applied from a file with kubectl: whoever applies that file again may take this change back.`;
  }
}

/** How a manifest is put into force that somebody else keeps, in one sentence for each of them. */
export function describeWayOn({ managers }: Extract<WriteRefusal, { kind: 'conflict' }>): string {
  const ways = managers.map(({ manager, tool }) => wayOn(manager, tool));
  return [...new Set(ways)].join(' ');
}

function wayOn(manager: string, tool: KeepingTool | undefined): string {
  switch (tool) {
    case 'argo-cd':
    case 'flux':
      return `Commit it to the repository that ${toolWords[tool]} follows.`;
    case 'helm':
      return 'Make the same change in the chart or its values, and upgrade the release.';
    case 'istio-install':
      return 'Make the same change in the settings of the installation, and install again.';
    case 'terraform':
      return 'Make the same change in the Terraform configuration, and apply that.';
    case 'kubectl':
      return 'Apply it with kubectl apply -f.';
    case undefined:
      // The server's name for what was written before anybody's fields were recorded.
      if (manager === 'before-first-apply') return 'Apply it the way in which it was made.';
      return `Apply it with the program that writes as "${manager}".`;
  }
}

const toolWords: Readonly<Record<KeepingTool, string>> = {
  'argo-cd': 'Argo CD',
  flux: 'Flux',
  helm: 'Helm',
  'istio-install': "Istio's installer",
  terraform: 'Terraform',
  kubectl: 'kubectl',
};
