/** Something that is given back when it is no longer needed. */
export interface Disposable {
  dispose(): void;
}

/** Owns what it is given: disposes late additions at once, and all of them even when one throws. */
export class DisposableStore implements Disposable {
  readonly #owned = new Set<Disposable>();
  #disposed = false;

  /** Takes ownership and returns what was given. */
  add<T extends Disposable>(one: T): T {
    if (this.#disposed) one.dispose();
    else this.#owned.add(one);
    return one;
  }

  dispose(): void {
    this.#disposed = true;
    const owned = [...this.#owned].reverse();
    this.#owned.clear();
    const errors: unknown[] = [];
    for (const one of owned) {
      try {
        one.dispose();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0)
      throw new AggregateError(errors, 'Some resources could not be disposed.');
  }
}
