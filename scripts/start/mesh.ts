import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Demo } from '../../src/demo/demo.ts';
import { endTree, ownGroup } from '../processes.ts';
import { inProject } from '../project.ts';

/** The mesh that VS Code is opened on. */
export interface OpenMesh {
  readonly name: string;
  /** Settings of the extension that select it. */
  readonly settings: Readonly<Record<string, string>>;
  /** Arguments of the command line that select it. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Aborted when it ended without having been asked to; the reason is an Error with one sentence. */
  readonly crashed: AbortSignal;
  dispose(): Promise<void>;
}

/** Starts the demo mesh of the built product; its kubeconfig is a file in the folder. */
export async function openDemoMesh(folder: string): Promise<OpenMesh> {
  const child = fork(inProject('scripts/start/demoProcess.ts'), { ...ownGroup });
  const crash = new AbortController();
  const onExit = (code: number | null, signal: NodeJS.Signals | null): void => {
    crash.abort(new Error(`The demo mesh ended by itself (${code ?? signal}).`));
  };
  child.once('exit', onExit);
  const demo = await startedDemo(child, crash.signal);
  const kubeconfig = join(folder, 'kubeconfig');
  // It holds the key of a client, so nobody else may read it.
  writeFileSync(kubeconfig, demo.kubeconfig, { mode: 0o600 });
  return {
    name: `the demo mesh on ${demo.url}`,
    settings: { 'istioMtls.kubeconfig': kubeconfig },
    args: ['--context', currentContext(demo.kubeconfig)],
    env: { KUBECONFIG: kubeconfig },
    crashed: crash.signal,
    dispose: () => {
      child.off('exit', onExit);
      return endTree(child);
    },
  };
}

type DemoAddress = Pick<Demo, 'url' | 'kubeconfig'>;

/** What the process tells when its demo mesh listens. */
function startedDemo(child: ChildProcess, crashed: AbortSignal): Promise<DemoAddress> {
  return new Promise((resolve, reject) => {
    child.once('message', (demo: DemoAddress) => {
      resolve(demo);
    });
    crashed.addEventListener('abort', () => {
      reject(crashed.reason as Error);
    });
  });
}

function currentContext(kubeconfig: string): string {
  const { 'current-context': name } = parse(kubeconfig) as { readonly 'current-context': string };
  return name;
}

/** A context of the kubeconfig that the person has already. */
export function ownMesh(context: string): OpenMesh {
  return {
    name: `the context ${context}`,
    settings: { 'istioMtls.context': context },
    args: ['--context', context],
    env: {},
    crashed: new AbortController().signal,
    dispose: () => Promise.resolve(),
  };
}
