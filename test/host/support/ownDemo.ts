import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { startDemo } from '../../../src/demo/demo.ts';
import type { DemoOptions } from '../../../src/demo/demo.ts';
import { demoContext, rowReads } from './meshRows.ts';
import { OtherWriter } from './otherWriter.ts';
import { set } from './settings.ts';

/** The tutorial's mesh, reached through a kubeconfig, so that others can write to it as well. */
export interface OwnDemo {
  readonly other: OtherWriter;
  dispose(): Promise<void>;
}

/** Starts the mesh, connects the extension to it, and waits until the Mesh view shows it. */
export async function connectToOwnDemo(options: DemoOptions = {}): Promise<OwnDemo> {
  const folder = mkdtempSync(join(tmpdir(), 'istio-mtls-own-'));
  const demo = await startDemo({ meshes: ['tutorial'], ...options });
  const file = join(folder, 'kubeconfig');
  writeFileSync(file, demo.kubeconfig, { mode: 0o600 });
  await set('istioMtls.kubeconfig', file);
  await vscode.commands.executeCommand('istioMtls.reconnect');
  await rowReads([demoContext, 'foo', 'httpbin'], /PERMISSIVE|STRICT/);
  return {
    other: new OtherWriter(demo.kubeconfig),
    dispose: async () => {
      await vscode.commands.executeCommand('istioMtls.disconnect');
      await set('istioMtls.kubeconfig', undefined);
      await demo.dispose();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
