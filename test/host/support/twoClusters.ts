import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { startDemo } from '../../../src/demo/demo.ts';

interface Kubeconfig {
  readonly clusters: readonly [{ readonly cluster: unknown }];
  readonly users: readonly [{ readonly user: unknown }];
}

/** Two clusters in one kubeconfig that other programs may write. */
export interface TwoClusters {
  readonly file: string;
  /** What `kubectl config use-context` does. */
  useContext(name: string): void;
  dispose(): Promise<void>;
}

/** Starts two demo clusters with the tutorial's namespaces; the first is the current context. */
export async function startTwoClusters(
  [first, second]: readonly [string, string] = ['north', 'south'],
): Promise<TwoClusters> {
  const folder = mkdtempSync(join(tmpdir(), 'istio-mtls-two-'));
  const file = join(folder, 'kubeconfig');
  const [one, other] = await Promise.all([
    startDemo({ meshes: ['tutorial'] }),
    startDemo({ meshes: ['tutorial'] }),
  ]);
  const clusters = [
    { name: first, ...(parse(one.kubeconfig) as Kubeconfig) },
    { name: second, ...(parse(other.kubeconfig) as Kubeconfig) },
  ];
  const useContext = (current: string): void => {
    const kubeconfig = {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': current,
      contexts: clusters.map(({ name }) => ({ name, context: { cluster: name, user: name } })),
      clusters: clusters.map(({ name, clusters: [{ cluster }] }) => ({ name, cluster })),
      users: clusters.map(({ name, users: [{ user }] }) => ({ name, user })),
    };
    writeFileSync(file, stringify(kubeconfig), { mode: 0o600 });
  };
  useContext(first);
  return {
    file,
    useContext,
    dispose: async () => {
      await Promise.all([one.dispose(), other.dispose()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
