import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Journal } from '../../../src/actions/journal.ts';
import { journalInMemory, openJournal } from '../../../src/actions/journal.ts';
import { openCluster, type ClusterConnection } from '../../../src/kube.ts';
import type { MeshSnapshot } from '../../../src/sources/meshSource.ts';
import type { TestCluster } from '../environment.ts';
import { kubeconfig, type Credential } from '../../support/kubernetes/kubeconfig.ts';
import { waitFor } from '../../support/kubernetes/waitFor.ts';

/** The product, connected to a test cluster as some user. */
export interface Product {
  readonly cluster: ClusterConnection;
  readonly journal: Journal;
  /** The journal as it is stored: JSON by name. */
  readonly stored: ReadonlyMap<string, string>;
  readonly signal: AbortSignal;
  /** What the mesh is now; undefined before the first one. */
  readonly now: MeshSnapshot | undefined;
  /** Waits until a mesh answers the question with something other than undefined or false. */
  until<T>(what: string, ask: (now: MeshSnapshot) => T | undefined | false): Promise<T>;
  /** Waits until everything that this user may see has been seen. */
  untilSettled(): Promise<MeshSnapshot>;
  /**
   * Disposes the product and asserts that nothing that it logged or showed holds a part of the
   * credentials.
   */
  dispose(): void;
}

export interface ProductOptions {
  readonly credential: Credential;
  readonly namespace?: string;
  /** The server to go to instead of the cluster's own, such as a proxy before it. */
  readonly server?: string;
}

const untilMs = 30_000;
let kubeconfigs = 0;

/** Opens the product the way the extension does: from a kubeconfig file. */
export async function openProduct(test: TestCluster, options: ProductOptions): Promise<Product> {
  const { credential, namespace } = options;
  const path = join(test.files.folder, `kubeconfig-${(kubeconfigs += 1)}`);
  const context = {
    name: `context-${kubeconfigs}`,
    server: options.server ?? test.url,
    authority: test.authority,
    credential,
    ...(namespace !== undefined && { namespace }),
  };
  await writeFile(path, kubeconfig(context), { mode: 0o600 });
  const spoken: string[] = [];
  const log = {
    info: (line: string) => spoken.push(line),
    warn: (line: string) => spoken.push(line),
  };
  const { signal } = new AbortController();
  const stored = new Map<string, string>();
  const journal = openJournal(journalInMemory(stored));
  const opening = await openCluster({ kubeconfigPaths: [path], journal, log, signal });
  if (opening.kind !== 'opened') throw new Error(opening.cause);
  const { cluster } = opening;
  cluster.source.subscribe((now) => spoken.push(JSON.stringify(now?.status ?? null)));
  const until: Product['until'] = (what, ask) =>
    waitFor(what, untilMs, () => {
      const now = cluster.source.current;
      return now === undefined ? undefined : ask(now);
    });
  return {
    cluster,
    journal,
    stored,
    signal,
    get now() {
      return cluster.source.current;
    },
    until,
    untilSettled: () => until('everything to be loaded', (now) => isSettled(now) && now),
    dispose: () => {
      cluster.dispose();
      spoken.push(...stored.values());
      assertSilent(spoken, secretsOf(credential));
    },
  };
}

function isSettled({ mesh, status }: MeshSnapshot): boolean {
  const loading = mesh.missing.some(({ why }) => why === 'not-loaded');
  return !loading && status.kind !== 'connecting';
}

/** Asserts that no line holds a secret, or what a header looks like. */
export function assertSilent(lines: readonly string[], secrets: readonly string[]): void {
  for (const line of lines) {
    for (const secret of secrets) assert.ok(!line.includes(secret), 'a secret was spoken');
    assert.doesNotMatch(line, /bearer |authorization:|BEGIN (?:CERTIFICATE|[A-Z ]*PRIVATE KEY)/i);
  }
}

function secretsOf(credential: Credential): readonly string[] {
  switch (credential.kind) {
    case 'token':
      return [credential.token];
    case 'certificate': {
      const { key, certificate } = credential.pair;
      return [key, certificate].flatMap((pem) =>
        pem.split('\n').filter((line) => line.length > 40),
      );
    }
    case 'token-file':
    case 'exec':
      return [];
  }
}
