import * as vscode from 'vscode';
import type { MeshSource } from '../../sources/meshSource.ts';
import type { ClusterConnection } from '../../kube.ts';
import type { MeshView } from './meshView.ts';
import type { ClusterNeed } from './clusterNeed.ts';
import { contextId } from './contextId.ts';
import { setContextKey } from '../platform/contextKeys.ts';
import { connectionKey } from './connectionKey.ts';
import { CurrentMesh } from './currentMesh.ts';
import type { DemoMesh } from './demoMesh.ts';
import type { Disposable } from '../platform/disposables.ts';
import { HumanError } from '../platform/humanError.ts';
import type { Kubeconfigs, Target } from './kubeconfigs.ts';
import type { Log } from '../platform/log.ts';
import { OpenContext } from './openContext.ts';
import type { ClusterOpener, Idle } from './openContext.ts';

export interface SessionParts {
  readonly openCluster: ClusterOpener;
  readonly kubeconfigs: Kubeconfigs;
  readonly demo: DemoMesh;
  /** Clusters are followed while this is there. */
  readonly need: ClusterNeed;
  readonly log: Log;
}

/**
 * The contexts that are open in this window, side by side. One of them is active: commands without a
 * row and the YAML surfaces are about that one. Nothing connects before something needs it.
 */
export class Session implements Disposable {
  readonly #parts: SessionParts;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #mesh = new CurrentMesh();
  readonly #open = new Map<string, OpenContext>();
  /** Told when a context was opened or closed, or became active, and when a connection or a mesh changed. */
  readonly onDidChange = this.#changed.event;
  #active: OpenContext | undefined;
  #idle: Idle = { kind: 'none' };
  #offered: string | undefined;
  #turn: Turn | undefined;
  #hasReopened = false;

  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  /** The open contexts in the order in which they were opened. */
  get contexts(): readonly OpenContext[] {
    return [...this.#open.values()];
  }

  get active(): OpenContext | undefined {
    return this.#active;
  }

  /** What holds while no context is open. */
  get idle(): Idle {
    return this.#idle;
  }

  /** The context that another program switched to, while the person has not answered. */
  get offered(): string | undefined {
    return this.#offered;
  }

  /** Whether anything asked for a cluster yet. */
  get isUsed(): boolean {
    return this.#open.size > 0 || this.#idle.kind !== 'none';
  }

  /** The mesh of the active context. */
  get mesh(): MeshSource & MeshView {
    return this.#mesh;
  }

  find(id: string): OpenContext | undefined {
    return this.#open.get(id);
  }

  /**
   * The cluster of a row, or the active one without a row; connects first if need be.
   *
   * @throws {HumanError} which says in one sentence why there is none.
   */
  async clusterOf(row?: { readonly context: string }): Promise<ClusterConnection> {
    if (row === undefined) await this.#settle();
    const context = row === undefined ? this.#active : this.#open.get(row.context);
    await context?.connect();
    return connectedCluster(context, this.#idle);
  }

  /** Connects to the context of this workspace in place of the active one, again if it is that one. */
  async connect(): Promise<void> {
    await this.#take(() => this.#parts.kubeconfigs.target());
  }

  /** Opens a context of the kubeconfig beside the others, also after a restart, and makes it the active one. */
  async open(context: string): Promise<void> {
    await this.#take(() => Promise.resolve(this.#parts.kubeconfigs.named(context)), 'beside');
    await this.#parts.kubeconfigs.rememberBeside(context);
  }

  /** Opens a context of the kubeconfig in place of the active one. */
  async switchTo(context: string): Promise<void> {
    await this.#take(() => Promise.resolve(this.#parts.kubeconfigs.named(context)));
  }

  /** Starts the demo mesh and opens it, in place of the active context or beside the others. */
  async openDemo(place: ContextPlacement = 'instead'): Promise<void> {
    await this.#take(() => this.#parts.demo.start(), place);
  }

  /** Drops one connection and makes it anew: that of the row, or of the active context. */
  async reconnect(id?: string): Promise<void> {
    requireTrust();
    const known = id === undefined ? this.#active : this.#open.get(id);
    if (known === undefined) return this.connect();
    if (known.target.demo) return this.#connectTo(known.target, known === this.#active);
    const besides = await this.#parts.kubeconfigs.besides();
    const beside = besides.find((target) => contextId(target) === known.id);
    const isActive = known === this.#active;
    // Which context is the chosen one may have changed, also by the setting; one beside it stays the one that it is.
    if (isActive && beside === undefined) return this.connect();
    return this.#connectTo(beside ?? this.#parts.kubeconfigs.named(known.name), isActive);
  }

  /** Makes every connection anew, after the settings that choose or read clusters have changed. */
  async reload(): Promise<void> {
    const ids = [...this.#open.keys()];
    if (ids.length === 0) await this.connect();
    else await Promise.all(ids.map((id) => this.reconnect(id)));
  }

  /** Makes an open context the active one. */
  activate(id: string): void {
    this.#active = this.#open.get(id) ?? this.#active;
    this.#tell();
  }

  /** Closes one context, also for the next start, and leaves the others alone. */
  async close(id: string): Promise<void> {
    const closed = this.find(id);
    this.#closeNow(id);
    if (closed?.target.demo === false) await this.#parts.kubeconfigs.forgetBeside([closed.name]);
  }

  /** Closes everything, also for the next start. */
  async disconnect(): Promise<void> {
    const names = this.contexts.map(({ name }) => name);
    this.#closeAll();
    await this.#parts.kubeconfigs.forgetBeside(names);
  }

  /** Offers a context that another program switched to; undefined takes the offer back. */
  offer(context: string | undefined): void {
    this.#offered = context;
    this.#tell();
  }

  dispose(): void {
    this.#closeAll();
    this.#changed.dispose();
    this.#mesh.dispose();
  }

  #closeNow(id: string): void {
    const closed = this.#remove(id);
    if (closed?.target.demo === true) void this.#parts.demo.stop();
    this.#tell();
  }

  #closeAll(): void {
    this.#turn = undefined;
    this.#idle = { kind: 'none' };
    this.#offered = undefined;
    for (const id of [...this.#open.keys()]) this.#remove(id);
    void this.#parts.demo.stop();
    this.#tell();
  }

  /** Finds out what to connect to, and connects. A later call supersedes an earlier one that is still finding out. */
  async #take(find: () => Promise<Found>, place: ContextPlacement = 'instead'): Promise<void> {
    requireTrust();
    const turn: Turn = { done: Promise.resolve() };
    turn.done = this.#run(turn, find, place).finally(() => {
      if (this.#turn === turn) this.#turn = undefined;
    });
    this.#turn = turn;
    await turn.done;
  }

  async #run(turn: Turn, find: () => Promise<Found>, place: ContextPlacement): Promise<void> {
    if (this.#open.size === 0) this.#idle = { kind: 'connecting' };
    this.#tell();
    const found = await find().catch((error: unknown): Found => {
      this.#parts.log.error(error instanceof Error ? error : String(error));
      return { kind: 'broken', cause: error instanceof Error ? error.message : String(error) };
    });
    if (this.#turn !== turn) return;
    const replaced = place === 'instead' ? this.#active?.id : undefined;
    if (found.kind === 'target') {
      if (replaced !== undefined && replaced !== contextId(found)) this.#closeNow(replaced);
      // Who starts the demo mesh has not asked for any cluster.
      if (!found.demo) void this.#reopen();
      await this.#connectTo(found, true);
      return;
    }
    if (replaced !== undefined) this.#closeNow(replaced);
    this.#idle = found.kind === 'none' ? { kind: 'no-kubeconfig' } : found;
    this.#tell();
  }

  /** Waits until it is clear which context is the active one; looks for one anew where there is none that works. */
  async #settle(): Promise<void> {
    const works = this.#active !== undefined && this.#active.connection.kind !== 'failed';
    if (!works && this.#turn === undefined) await this.connect();
    while (this.#turn !== undefined) await this.#turn.done;
  }

  /** Opens, once, what the person had open beside the chosen context when the window was last used. */
  async #reopen(): Promise<void> {
    if (this.#hasReopened) return;
    this.#hasReopened = true;
    try {
      const targets = await this.#parts.kubeconfigs.besides();
      // Everything may have been closed meanwhile.
      if (this.#open.size === 0) return;
      const missing = targets.filter((target) => !this.#open.has(contextId(target)));
      await Promise.all(missing.map((target) => this.#connectTo(target, false)));
    } catch (error) {
      this.#parts.log.error(error instanceof Error ? error : String(error));
    }
  }

  async #connectTo(target: Target, activate: boolean): Promise<void> {
    const id = contextId(target);
    const wasActive = this.#active?.id === id;
    this.#open.get(id)?.dispose();
    const { openCluster, need, log } = this.#parts;
    const onChange = (): void => {
      this.#tell();
    };
    const context = new OpenContext(target, { openCluster, need, log, onChange });
    this.#open.set(id, context);
    if (activate || wasActive) this.#active = context;
    if (this.#offered === target.context && !target.demo) this.#offered = undefined;
    this.#idle = { kind: 'none' };
    this.#tell();
    await context.connect();
  }

  #remove(id: string): OpenContext | undefined {
    const removed = this.#open.get(id);
    removed?.dispose();
    this.#open.delete(id);
    if (this.#active === removed) this.#active = this.contexts.at(-1);
    return removed;
  }

  #tell(): void {
    this.#mesh.follow(this.#active?.cluster?.source, this.#active?.id);
    setContextKey('istioMtls.connection', connectionKey(this.contexts, this.#idle));
    setContextKey('istioMtls.severalContexts', this.#open.size > 1);
    this.#changed.fire();
  }
}

/** Where a context is opened: in place of the active one, or beside all others. */
export type ContextPlacement = 'instead' | 'beside';

type Found = Awaited<ReturnType<Kubeconfigs['target']>>;

interface Turn {
  done: Promise<void>;
}

function connectedCluster(context: OpenContext | undefined, idle: Idle): ClusterConnection {
  const { cluster, connection } = context ?? {};
  if (cluster !== undefined) return cluster;
  if (connection?.kind === 'failed') throw new HumanError(connection.cause);
  if (idle.kind === 'broken') throw new HumanError(idle.cause);
  throw new HumanError(
    idle.kind === 'no-kubeconfig'
      ? 'No kubeconfig was found, so there is no cluster to ask.'
      : 'No cluster is connected.',
  );
}

/** A kubeconfig can run commands, so a workspace must be trusted before one is used. */
function requireTrust(): void {
  if (vscode.workspace.isTrusted) return;
  throw new HumanError('Cluster access is off in Restricted Mode.');
}
