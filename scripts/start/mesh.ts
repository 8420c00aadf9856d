import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parse } from 'yaml';
import type * as Demo from '../../src/demo/demo.ts';
import { inProject } from '../project.ts';

/** The mesh that VS Code is opened on. */
export interface OpenMesh {
  readonly name: string;
  /** Settings of the extension that select it. */
  readonly settings: Readonly<Record<string, string>>;
  /** Arguments of the command line that select it. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  dispose(): Promise<void>;
}

/** Starts the demo mesh of the built product in this process; its kubeconfig is a file in the folder. */
export async function openDemoMesh(folder: string): Promise<OpenMesh> {
  const require = createRequire(import.meta.url);
  const { startDemo } = require(inProject('dist/demo.js')) as typeof Demo;
  const demo = await startDemo();
  const kubeconfig = join(folder, 'kubeconfig');
  // It holds the key of a client, so nobody else may read it.
  writeFileSync(kubeconfig, demo.kubeconfig, { mode: 0o600 });
  return {
    name: `the demo mesh on ${demo.url}`,
    settings: { 'istioMtls.kubeconfig': kubeconfig },
    args: ['--context', currentContext(demo.kubeconfig)],
    env: { KUBECONFIG: kubeconfig },
    dispose: () => demo.dispose(),
  };
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
    dispose: () => Promise.resolve(),
  };
}
