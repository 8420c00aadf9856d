import { join } from 'node:path';
import * as vscode from 'vscode';
import { clusterOpener, journalLoader, kubeconfigReader } from './clusterBundle.ts';
import { commandHandlers } from './surfaces/commands/index.ts';
import { ProbeHistory } from './surfaces/commands/probeHistory.ts';
import { ProbeOutput } from './surfaces/commands/probeOutput.ts';
import { registerCommands } from './surfaces/commands/register.ts';
import { Reviews } from './surfaces/commands/reviews.ts';
import { UnansweredWrites } from './surfaces/commands/unansweredWrites.ts';
import { ChangeDocuments } from './surfaces/documents/changeDocuments.ts';
import { FindingPages } from './surfaces/documents/findingPages.ts';
import { ImpactDocuments } from './surfaces/documents/impactDocuments.ts';
import { ManifestDocuments } from './surfaces/documents/manifestDocuments.ts';
import { MatrixPanel } from './surfaces/matrix/matrixPanel.ts';
import { ClusterNeed } from './surfaces/session/clusterNeed.ts';
import { followConnectionSettings } from './surfaces/session/connectionSettings.ts';
import { DemoMesh } from './surfaces/session/demoMesh.ts';
import { DisposableStore } from './surfaces/platform/disposables.ts';
import { liveReader } from './surfaces/session/liveReader.ts';
import { Kubeconfigs } from './surfaces/session/kubeconfigs.ts';
import { KubeconfigFollower } from './surfaces/session/kubeconfigFollower.ts';
import type { RunningDemo } from './surfaces/session/demoMesh.ts';
import { Session } from './surfaces/session/session.ts';
import { openStatusItems } from './surfaces/status/statusItems.ts';
import { openMeshTreeView } from './surfaces/tree/meshTreeView.ts';
import { MeshTreeProvider } from './surfaces/tree/meshTreeProvider.ts';
import { loadManifestTools, registerYamlFeatures } from './surfaces/yamlFeatures.ts';

/** Ends what `activate` began; resolves when nothing of it is left. */
let end: (() => Promise<void>) | undefined;

/** Registers everything and does nothing else: no file, no cluster, no process until something asks. */
export function activate(context: vscode.ExtensionContext): void {
  const store = new DisposableStore();
  context.subscriptions.push(store);
  const log = store.add(vscode.window.createOutputChannel('Istio mTLS', { log: true }));
  const kubeconfigs = new Kubeconfigs(kubeconfigReader, context.workspaceState);
  const kubeconfigFile = join(context.globalStorageUri.fsPath, `demo-${process.pid}.kubeconfig`);
  const demo = new DemoMesh(startDemo, kubeconfigFile, log);
  end = async () => {
    store.dispose();
    await demo.stop();
  };
  const storage = context.storageUri ?? context.globalStorageUri;
  const loadJournal = journalLoader(join(storage.fsPath, 'journal'));
  const openCluster = clusterOpener(loadJournal, log);
  const need = store.add(new ClusterNeed());
  const session = store.add(new Session({ openCluster, kubeconfigs, demo, need, log }));
  const tree = store.add(new MeshTreeProvider(async () => (await loadManifestTools()).findingsIn));
  const changes = store.add(new ChangeDocuments(loadManifestTools));
  const impacts = store.add(new ImpactDocuments());
  const workbench = {
    session,
    tree,
    changes,
    impacts,
    reviews: store.add(new Reviews(changes, impacts)),
    unanswered: store.add(new UnansweredWrites(session, log)),
    manifests: store.add(new ManifestDocuments(session, loadManifestTools)),
    findingPages: store.add(new FindingPages(context.extensionUri)),
    loadManifestTools,
    loadJournal,
    probeOutput: store.add(new ProbeOutput()),
    matrix: store.add(new MatrixPanel(vscode.Uri.joinPath(context.extensionUri, 'dist'))),
    probeHistory: new ProbeHistory(context.workspaceState),
    secrets: context.secrets,
    log,
  };
  store.add(registerCommands(commandHandlers(workbench, kubeconfigs), need, log));
  store.add(openMeshTreeView(session, tree, need));
  store.add(openStatusItems(session));
  store.add(followConnectionSettings(session));
  store.add(new KubeconfigFollower(session, kubeconfigs, log));
  store.add(
    registerYamlFeatures({
      meshView: session.mesh,
      need,
      readLive: liveReader(session),
    }),
  );
}

/** VS Code waits for this, a few seconds at most: the demo mesh closes its sockets and deletes its kubeconfig. */
export async function deactivate(): Promise<void> {
  await end?.();
  end = undefined;
}

async function startDemo(): Promise<RunningDemo> {
  const { demoName, startDemo: start } = await import('./demo/demo.ts');
  return { ...(await start()), context: demoName };
}
