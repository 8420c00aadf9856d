import { onSwitch } from './currentContext.ts';
import { DisposableStore } from '../platform/disposables.ts';
import type { Disposable } from '../platform/disposables.ts';
import type { Kubeconfigs } from './kubeconfigs.ts';
import { currentOf } from './kubeconfigs.ts';
import { watchKubernetesExtension } from './kubernetesExtension.ts';
import type { Log } from '../platform/log.ts';
import type { Session } from './session.ts';
import { setting } from '../platform/settings.ts';

/** Watches the kubeconfig files in use for as long as the session is used, and follows what other programs do to them. */
export class KubeconfigFollower implements Disposable {
  readonly #session: Session;
  readonly #kubeconfigs: Kubeconfigs;
  readonly #log: Log;
  readonly #owned = new DisposableStore();
  #watched: Watched | undefined;
  #current: string | undefined;

  constructor(session: Session, kubeconfigs: Kubeconfigs, log: Log) {
    this.#session = session;
    this.#kubeconfigs = kubeconfigs;
    this.#log = log;
    this.#owned.add(
      session.onDidChange(() => {
        this.#keepWatching();
      }),
    );
  }

  dispose(): void {
    this.#owned.dispose();
    this.#watched?.store.dispose();
  }

  /** Begins to watch when the session is first used, and anew when other files are in use. */
  #keepWatching(): void {
    const paths = this.#session.isUsed ? (this.#kubeconfigs.paths() ?? []).join('\n') : undefined;
    if (paths === this.#watched?.paths) return;
    this.#watched?.store.dispose();
    this.#watched = undefined;
    if (paths === undefined) return;
    this.#watched = { paths, store: new DisposableStore() };
    void this.#watch(this.#watched).catch(this.#report);
  }

  async #watch({ store }: Watched): Promise<void> {
    this.#current = await this.#readCurrent();
    const onWritten = (): void => {
      void this.#look().catch(this.#report);
    };
    store.add(await this.#kubeconfigs.watch(onWritten));
    const onNeighbour = (): void => {
      if (setting('istioMtls.kubernetesExtension') !== 'follow') return;
      void this.#session.reload().catch(this.#report);
    };
    store.add(watchKubernetesExtension(onNeighbour));
  }

  /** A kubeconfig was written: repairs what did not work, and follows or offers a switch of the current context. */
  async #look(): Promise<void> {
    const before = this.#current;
    this.#current = await this.#readCurrent();
    const { idle, contexts, active } = this.#session;
    if (idle.kind === 'no-kubeconfig' || idle.kind === 'broken') {
      await this.#session.connect();
      return;
    }
    const next = onSwitch({
      setting: setting('istioMtls.followCurrentContext'),
      before,
      now: this.#current,
      open: contexts.filter(({ target }) => !target.demo).map(({ name }) => name),
      active: active?.target.demo === false ? active.name : undefined,
      pinned: setting('istioMtls.context') !== '',
    });
    switch (next.kind) {
      case 'nothing':
        return;
      case 'take-offer-back':
        this.#session.offer(undefined);
        return;
      case 'offer':
        this.#session.offer(next.context);
        return;
      case 'follow':
        await this.#session.switchTo(next.context);
    }
  }

  async #readCurrent(): Promise<string | undefined> {
    const list = await this.#kubeconfigs.contexts();
    return list.kind === 'contexts' ? currentOf(list.contexts) : this.#current;
  }

  readonly #report = (error: unknown): void => {
    this.#log.error(error instanceof Error ? error : String(error));
  };
}

interface Watched {
  readonly paths: string;
  readonly store: DisposableStore;
}
