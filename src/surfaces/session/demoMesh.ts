import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Target } from './kubeconfigs.ts';
import type { Log } from '../platform/log.ts';

/** A running demo mesh. */
export interface RunningDemo {
  /** The text of a kubeconfig that reaches it, and its one context. */
  readonly kubeconfig: string;
  readonly context: string;
  dispose(): Promise<void>;
}

/** The demo mesh of this window: it runs in the extension host and listens on loopback only. */
export class DemoMesh {
  readonly #start: () => Promise<RunningDemo>;
  readonly #kubeconfigFile: string;
  readonly #log: Log;
  #running: Promise<RunningDemo> | undefined;
  #stopped: Promise<void> = Promise.resolve();

  constructor(start: () => Promise<RunningDemo>, kubeconfigFile: string, log: Log) {
    this.#start = start;
    this.#kubeconfigFile = kubeconfigFile;
    this.#log = log;
  }

  /** Starts it, unless it runs already, and says how to reach it. */
  async start(): Promise<Target> {
    // What is being stopped deletes the same file.
    await this.#stopped;
    const running = (this.#running ??= this.#start());
    running.catch(() => {
      this.#running = undefined;
    });
    const { kubeconfig, context } = await running;
    await mkdir(dirname(this.#kubeconfigFile), { recursive: true });
    // The file holds a client key, so nobody else may read it.
    await writeFile(this.#kubeconfigFile, kubeconfig, { mode: 0o600 });
    return { kind: 'target', paths: [this.#kubeconfigFile], context, demo: true };
  }

  /** Stops it and removes its kubeconfig; resolves when nothing of it is left. */
  stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    if (running !== undefined) this.#stopped = this.#end(running);
    return this.#stopped;
  }

  async #end(running: Promise<RunningDemo>): Promise<void> {
    try {
      const demo = await running;
      await demo.dispose();
      await rm(this.#kubeconfigFile, { force: true });
    } catch (error) {
      this.#log.error(error instanceof Error ? error : String(error));
    }
  }
}
