import * as vscode from 'vscode';
import type { Cluster } from './cluster.ts';
import type { MeshSource } from '../../sources/meshSource.ts';
import { setContextKey } from './contextKeys.ts';
import { CurrentMesh } from './currentMesh.ts';
import type { DemoMesh } from './demoMesh.ts';
import type { Disposable } from './disposables.ts';
import { HumanError } from './humanError.ts';
import type { Kubeconfigs, Target } from './kubeconfigs.ts';
import type { Log } from './log.ts';

/** What the window is connected to. */
export type Connection =
  | { readonly kind: 'none' }
  | { readonly kind: 'no-kubeconfig' }
  | { readonly kind: 'connecting' }
  | { readonly kind: 'connected'; readonly cluster: Cluster; readonly demo: boolean }
  | {
      readonly kind: 'failed';
      readonly context: string;
      readonly cause: string;
      readonly hint?: string;
    };

export interface SessionParts {
  /** Opens clusters; the client is loaded when this is first called. */
  readonly openCluster: (target: Target, signal: AbortSignal) => Promise<Opened>;
  readonly kubeconfigs: Kubeconfigs;
  readonly demo: DemoMesh;
  readonly log: Log;
}

export type Opened =
  | { readonly kind: 'opened'; readonly cluster: Cluster }
  | { readonly kind: 'failed'; readonly cause: string; readonly hint?: string };

/** The one cluster that this window is connected to. It connects when something needs it, not before. */
export class Session implements Disposable {
  readonly #parts: SessionParts;
  readonly #changed = new vscode.EventEmitter<Connection>();
  readonly #mesh = new CurrentMesh();
  /** Told when the connection changed; facts about the mesh come through `mesh`. */
  readonly onDidChange = this.#changed.event;
  #connection: Connection = { kind: 'none' };
  #attempt: Attempt | undefined;

  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  get connection(): Connection {
    return this.#connection;
  }

  /** The mesh of whichever cluster is connected. */
  get mesh(): MeshSource {
    return this.#mesh;
  }

  /** The connected cluster; connects first if need be. Says why in one sentence if it cannot. */
  async cluster(): Promise<Cluster> {
    if (this.#connection.kind !== 'connected') await (this.#attempt?.done ?? this.connect());
    const now = this.#connection;
    switch (now.kind) {
      case 'connected':
        return now.cluster;
      case 'failed':
        throw new HumanError(now.cause);
      case 'no-kubeconfig':
        throw new HumanError(
          vscode.l10n.t('No kubeconfig was found, so there is no cluster to ask.'),
        );
      case 'none':
      case 'connecting':
        throw new HumanError(vscode.l10n.t('No cluster is connected.'));
    }
  }

  /** Connects to the chosen context, again if it is connected already. Does nothing in Restricted Mode. */
  async connect(): Promise<void> {
    requireTrust();
    await this.#start(async (signal) => {
      const target = await this.#parts.kubeconfigs.target();
      if (target.kind === 'none') return { kind: 'no-kubeconfig' };
      if (target.kind === 'broken') return { kind: 'failed', context: '', cause: target.cause };
      return this.#open(target, signal, false);
    });
  }

  /** Drops the connection, if there is one, and makes it anew. */
  async reconnect(): Promise<void> {
    const now = this.#connection;
    await (now.kind === 'connected' && now.demo ? this.connectToDemo() : this.connect());
  }

  /** Starts the demo mesh and connects to it. */
  async connectToDemo(): Promise<void> {
    requireTrust();
    await this.#start(async (signal) => {
      const target = await this.#parts.demo.start();
      return this.#open(target, signal, true);
    });
  }

  disconnect(): void {
    this.#attempt?.controller.abort();
    this.#attempt = undefined;
    this.#become({ kind: 'none' });
    this.#parts.demo.stop();
  }

  dispose(): void {
    this.disconnect();
    this.#changed.dispose();
    this.#mesh.dispose();
  }

  async #open(target: Target, signal: AbortSignal, demo: boolean): Promise<Connection> {
    const opened = await this.#parts.openCluster(target, signal);
    if (opened.kind === 'failed') return { ...opened, context: target.context ?? '' };
    return { kind: 'connected', cluster: opened.cluster, demo };
  }

  /** Runs one attempt; a later one supersedes it, and its late result is thrown away. */
  async #start(connect: (signal: AbortSignal) => Promise<Connection>): Promise<void> {
    this.#attempt?.controller.abort();
    this.#become({ kind: 'connecting' });
    const controller = new AbortController();
    const done = this.#settle(connect, controller);
    this.#attempt = { controller, done };
    await done;
  }

  async #settle(
    connect: (signal: AbortSignal) => Promise<Connection>,
    { signal }: AbortController,
  ): Promise<void> {
    const result = await connect(signal).catch((error: unknown): Connection => {
      this.#parts.log.error(error instanceof Error ? error : String(error));
      const cause = error instanceof Error ? error.message : String(error);
      return { kind: 'failed', context: '', cause };
    });
    if (!signal.aborted) this.#become(result);
    else if (result.kind === 'connected') result.cluster.dispose();
  }

  #become(connection: Connection): void {
    const before = this.#connection;
    this.#connection = connection;
    if (connection.kind !== 'connecting') this.#attempt = undefined;
    this.#mesh.follow(connection.kind === 'connected' ? connection.cluster.source : undefined);
    if (before.kind === 'connected') before.cluster.dispose();
    if (connection.kind === 'connected' && !connection.demo) this.#parts.demo.stop();
    setContextKey('istioMtls.connection', connection.kind);
    this.#changed.fire(connection);
  }
}

/** A kubeconfig can run commands, so a workspace must be trusted before one is used. */
function requireTrust(): void {
  if (vscode.workspace.isTrusted) return;
  throw new HumanError(vscode.l10n.t('Cluster access is off in Restricted Mode.'));
}

interface Attempt {
  readonly controller: AbortController;
  readonly done: Promise<void>;
}
