/** Tells values to whoever listens at that moment. VS Code has such a thing too, but what runs in a terminal cannot use that. */
export class Emitter<T = void> {
  readonly #subscriptions = new Set<{ readonly listener: (value: T) => void }>();

  /** Calls the listener with each value from now on, until what is returned is disposed. */
  subscribe(listener: (value: T) => void): { dispose(): void } {
    const subscription = { listener };
    this.#subscriptions.add(subscription);
    return {
      dispose: () => {
        this.#subscriptions.delete(subscription);
      },
    };
  }

  /** Tells everybody who listens now; who begins or ends while others are told makes no difference to them. */
  fire(value: T): void {
    for (const { listener } of [...this.#subscriptions]) listener(value);
  }

  /** Forgets everybody who listens. */
  dispose(): void {
    this.#subscriptions.clear();
  }
}
