import { Emitter } from '../../emitter.ts';
import type { Disposable } from '../platform/disposables.ts';

/** Milliseconds for which the clusters are still followed after nothing needs them any more. */
const GRACE_MS = 120_000;

/**
 * Whether anything needs the clusters to be followed: the view while it is visible, a visible manifest, a running
 * command. The need outlasts them by a grace, so that glancing elsewhere does not read a cluster anew.
 */
export class ClusterNeed implements Disposable {
  readonly #graceMs: number;
  readonly #needing = new Set<symbol>();
  readonly #changed = new Emitter();
  #isThere = false;
  #grace: NodeJS.Timeout | undefined;

  constructor(graceMs = GRACE_MS) {
    this.#graceMs = graceMs;
  }

  get isThere(): boolean {
    return this.#isThere;
  }

  /** Notes whether one needs the clusters; the need begins at once, before this returns. */
  set(who: symbol, needs: boolean): void {
    if (needs) this.#needing.add(who);
    else this.#needing.delete(who);
    if (this.#needing.size > 0) {
      this.#stopGrace();
      this.#enter(true);
    } else if (this.#isThere) {
      this.#grace ??= setTimeout(() => {
        this.#grace = undefined;
        this.#enter(false);
      }, this.#graceMs);
    }
  }

  /** Called when the need has begun or ended. */
  subscribe(listener: () => void): Disposable {
    return this.#changed.subscribe(listener);
  }

  dispose(): void {
    this.#changed.dispose();
    this.#needing.clear();
    this.#stopGrace();
  }

  #stopGrace(): void {
    clearTimeout(this.#grace);
    this.#grace = undefined;
  }

  #enter(isThere: boolean): void {
    if (this.#isThere === isThere) return;
    this.#isThere = isThere;
    this.#changed.fire();
  }
}
