import { isNamespace } from './mesh/index.ts';
import type { LoadJournal } from './surfaces/commands/workbench.ts';
import type { Log } from './surfaces/platform/log.ts';
import { meshSettings, setting } from './surfaces/platform/settings.ts';
import type { KubeconfigReader } from './surfaces/session/kubeconfigs.ts';
import type { ClusterOpener } from './surfaces/session/openContext.ts';

/** The journal that is kept in a folder. */
export function journalLoader(folder: string): LoadJournal {
  return async () => {
    const { journalInFolder, openJournal } = await import('./kube.ts');
    return openJournal(journalInFolder(folder));
  };
}

/** Opens clusters as the settings say; what is written to them is kept in the journal. */
export function clusterOpener(loadJournal: LoadJournal, log: Log): ClusterOpener {
  return async ({ paths, context }, signal) => {
    const { openCluster } = await import('./kube.ts');
    const settings = meshSettings();
    if (settings.kind === 'unusable') return { kind: 'failed', cause: settings.cause };
    return openCluster({
      ...(paths === undefined ? {} : { kubeconfigPaths: paths }),
      context,
      overrides: settings.overrides,
      namespaces: setting('istioMtls.namespaces').filter(isNamespace),
      journal: await loadJournal(),
      log,
      signal,
    });
  };
}

export const kubeconfigReader: KubeconfigReader = {
  async contexts(paths) {
    const { readContexts } = await import('./kube.ts');
    const listing = await readContexts(paths);
    return listing.kind === 'failed'
      ? { kind: 'broken', cause: listing.cause }
      : { kind: 'contexts', contexts: listing.contexts };
  },
  async watch(paths, onChange) {
    const { watchContexts } = await import('./kube.ts');
    return watchContexts(paths, onChange);
  },
};
