import * as vscode from 'vscode';
import type { Settled } from '../../actions/unanswered.ts';
import { describeRef } from '../../mesh/index.ts';
import type { Disposable } from '../platform/disposables.ts';
import { DisposableStore } from '../platform/disposables.ts';
import type { Log } from '../platform/log.ts';
import { unlinked } from '../platform/notification.ts';
import type { ClusterConnection } from '../../kube.ts';
import type { Session } from '../session/session.ts';
import { offerUndo } from './offerUndo.ts';

/** Milliseconds between two looks, for one look, and how often is looked at most: a write lands within a minute and a half. */
const pause = 5_000;
const timeLimit = 10_000;
const looks = 24;

/** Looks again at writes whose answer never came, also of an earlier run of VS Code, and says what became of them. */
export class UnansweredWrites implements Disposable {
  readonly #log: Log;
  readonly #owned = new DisposableStore();
  readonly #seen = new WeakSet<ClusterConnection>();
  readonly #timers = new Map<ClusterConnection, NodeJS.Timeout>();
  readonly #life = new AbortController();

  constructor(session: Session, log: Log) {
    this.#log = log;
    this.#owned.add(
      session.onDidChange(() => {
        const open = session.contexts.flatMap(({ cluster }) => cluster ?? []);
        for (const cluster of open) this.#greet(cluster);
        for (const cluster of this.#timers.keys()) if (!open.includes(cluster)) this.#stop(cluster);
      }),
    );
  }

  /** Looks every few seconds until nothing is open any more. */
  follow(cluster: ClusterConnection): void {
    this.#stop(cluster);
    this.#look(cluster, looks);
  }

  dispose(): void {
    this.#life.abort();
    this.#owned.dispose();
    for (const cluster of [...this.#timers.keys()]) this.#stop(cluster);
  }

  /** A cluster that has just been connected may have what an earlier run never heard of. */
  #greet(cluster: ClusterConnection): void {
    if (this.#seen.has(cluster)) return;
    this.#seen.add(cluster);
    this.#look(cluster, looks);
  }

  #look(cluster: ClusterConnection, left: number): void {
    const signal = AbortSignal.any([this.#life.signal, AbortSignal.timeout(timeLimit)]);
    void cluster.actions.settle(signal).then(
      (settled) => {
        if (this.#life.signal.aborted) return;
        for (const one of settled) tell(one);
        if (left > 1 && settled.some(({ open }) => open.length > 0))
          this.#timers.set(
            cluster,
            setTimeout(() => {
              this.#look(cluster, left - 1);
            }, pause),
          );
      },
      (error: unknown) => {
        this.#log.error(error instanceof Error ? error : String(error));
      },
    );
  }

  #stop(cluster: ClusterConnection): void {
    clearTimeout(this.#timers.get(cluster));
    this.#timers.delete(cluster);
  }
}

function tell({ entry, landed, missed }: Settled): void {
  const names = (changes: Settled['landed']): string =>
    changes.map(({ ref }) => describeRef(ref)).join(', ');
  if (landed.length > 0)
    offerUndo(entry, `${entry.title}: ${names(landed)} was written, although no answer came.`);
  if (missed.length > 0)
    void vscode.window.showInformationMessage(
      unlinked(`${entry.title}: ${names(missed)} was not written.`),
    );
}
