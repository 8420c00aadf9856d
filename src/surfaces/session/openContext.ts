import type { MeshSnapshot } from '../../sources/meshSource.ts';
import type { ClusterConnection } from '../../kube.ts';
import type { ClusterNeed } from './clusterNeed.ts';
import { contextId } from './contextId.ts';
import type { Disposable } from '../platform/disposables.ts';
import type { Target } from './kubeconfigs.ts';
import type { Log } from '../platform/log.ts';

/** What the connection of an open context is doing. */
export type Connection =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'connected'; readonly cluster: ClusterConnection }
  /** The cause is one sentence. */
  | { readonly kind: 'failed'; readonly cause: string; readonly hint?: string };

/** What holds while no context is open. */
export type Idle =
  | { readonly kind: 'none' }
  | { readonly kind: 'connecting' }
  | { readonly kind: 'no-kubeconfig' }
  /** The kubeconfig cannot be used; one sentence. */
  | { readonly kind: 'broken'; readonly cause: string };

export type Opened =
  | { readonly kind: 'opened'; readonly cluster: ClusterConnection }
  | { readonly kind: 'failed'; readonly cause: string; readonly hint?: string };

/** Opens clusters; the client is loaded when this is first called. */
export type ClusterOpener = (target: Target, signal: AbortSignal) => Promise<Opened>;

export interface OpenContextParts {
  readonly openCluster: ClusterOpener;
  readonly log: Log;
  /** The cluster is followed while this is there. */
  readonly need: ClusterNeed;
  /** Told when the connection or its mesh changed. */
  readonly onChange: () => void;
}

/** One context that is open in this window. It shares neither connection nor mesh with any other. */
export class OpenContext implements Disposable {
  readonly target: Target;
  readonly #parts: OpenContextParts;
  readonly #life = new AbortController();
  #connection: Connection = { kind: 'connecting' };
  #connecting: Promise<void> | undefined;
  #subscriptions: readonly Disposable[] = [];

  constructor(target: Target, parts: OpenContextParts) {
    this.target = target;
    this.#parts = parts;
  }

  /** By what rows and commands find it. */
  get id(): string {
    return contextId(this.target);
  }

  /** The context's name, for people. */
  get name(): string {
    return this.target.context;
  }

  get connection(): Connection {
    return this.#connection;
  }

  get cluster(): ClusterConnection | undefined {
    return this.#connection.kind === 'connected' ? this.#connection.cluster : undefined;
  }

  get mesh(): MeshSnapshot | undefined {
    return this.cluster?.source.current;
  }

  /** Connects, once, however often it is called; a result that comes after `dispose` is thrown away. */
  connect(): Promise<void> {
    return (this.#connecting ??= this.#connect());
  }

  dispose(): void {
    this.#life.abort();
    for (const one of this.#subscriptions) one.dispose();
    this.cluster?.dispose();
  }

  async #connect(): Promise<void> {
    const { signal } = this.#life;
    const opened = await this.#open(signal);
    if (signal.aborted) {
      if (opened.kind === 'opened') opened.cluster.dispose();
      return;
    }
    if (opened.kind === 'opened') {
      this.#connection = { kind: 'connected', cluster: opened.cluster };
      this.#follow(opened.cluster);
    } else this.#connection = opened;
    this.#parts.onChange();
  }

  /** Follows the cluster while anything needs it; what is known stays shown in between. */
  #follow(cluster: ClusterConnection): void {
    const { need, onChange } = this.#parts;
    const followNeed = (): void => {
      if (need.isThere) cluster.resume();
      else cluster.pause();
    };
    this.#subscriptions = [cluster.source.subscribe(onChange), need.subscribe(followNeed)];
    followNeed();
  }

  async #open(signal: AbortSignal): Promise<Opened> {
    try {
      return await this.#parts.openCluster(this.target, signal);
    } catch (error) {
      this.#parts.log.error(error instanceof Error ? error : String(error));
      return { kind: 'failed', cause: error instanceof Error ? error.message : String(error) };
    }
  }
}
