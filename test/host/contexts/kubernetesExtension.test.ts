import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activate, rootsAre } from '../support/meshRows.ts';
import { set } from '../support/settings.ts';
import { startTwoClusters } from '../support/twoClusters.ts';
import type { TwoClusters } from '../support/twoClusters.ts';

/** The Kubernetes extension as it is once somebody activated it: its API tells which kubeconfig it uses. */
class KubernetesExtension {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #getExtension = vscode.extensions.getExtension.bind(vscode.extensions);
  path: string;
  isActive = true;

  constructor(path: string) {
    this.path = path;
    const configuration = {
      getKubeconfigPath: () => ({ pathType: 'host', hostPath: this.path }),
      onDidChangeKubeconfigPath: this.#changed.event,
    };
    const isActive = (): boolean => this.isActive;
    const neighbour = {
      get isActive() {
        return isActive();
      },
      exports: { get: () => ({ available: true, api: configuration }) },
      activate: () => assert.fail('it was activated'),
    };
    const getExtension = (id: string): unknown =>
      id === 'ms-kubernetes-tools.vscode-kubernetes-tools' ? neighbour : this.#getExtension(id);
    Object.assign(vscode.extensions, { getExtension });
  }

  turnTo(path: string): void {
    this.path = path;
    this.#changed.fire();
  }

  dispose(): void {
    Object.assign(vscode.extensions, { getExtension: this.#getExtension });
    this.#changed.dispose();
  }
}

describe('the kubeconfig of the Kubernetes extension', () => {
  let two: TwoClusters;
  let others: TwoClusters;
  let neighbour: KubernetesExtension;

  before(async () => {
    await activate();
    [two, others] = await Promise.all([
      startTwoClusters(['east', 'west']),
      startTwoClusters(['up', 'down']),
    ]);
    neighbour = new KubernetesExtension(two.file);
  });
  after(async () => {
    await vscode.commands.executeCommand('istioMtls.disconnect');
    neighbour.dispose();
    await set('istioMtls.kubernetesExtension', undefined);
    await set('istioMtls.kubeconfig', undefined);
    await Promise.all([two.dispose(), others.dispose()]);
  });

  it('is used where the person has chosen so and that extension is active', async () => {
    await set('istioMtls.kubernetesExtension', 'follow');
    await vscode.commands.executeCommand('istioMtls.reconnect');
    await rootsAre(['east']);
  });

  it('is followed when that extension turns to another', async () => {
    neighbour.turnTo(others.file);
    await rootsAre(['up']);
  });

  it('comes after the kubeconfig that the person names', async () => {
    await set('istioMtls.kubeconfig', two.file);
    await rootsAre(['east']);
    await set('istioMtls.kubeconfig', undefined);
    await rootsAre(['up']);
  });

  it('is left alone by default', async () => {
    await set('istioMtls.kubeconfig', two.file);
    await set('istioMtls.kubernetesExtension', undefined);
    await rootsAre(['east']);
    neighbour.turnTo(others.file);
    await new Promise((resolve) => setTimeout(resolve, 500));
    await rootsAre(['east']);
  });
});
