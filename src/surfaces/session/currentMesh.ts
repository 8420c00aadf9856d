import type { MeshSnapshot, MeshSource } from '../../sources/meshSource.ts';
import { Emitter } from '../../emitter.ts';
import type { MeshView } from './meshView.ts';
import type { Disposable } from '../platform/disposables.ts';

type Listener = (now: MeshSnapshot | undefined) => void;

/** One mesh source for all surfaces, whichever context is the active one at the moment; nothing when none is. */
export class CurrentMesh implements MeshSource, MeshView {
  readonly #changed = new Emitter<MeshSnapshot | undefined>();
  #source: MeshSource | undefined;
  #contextId: string | undefined;
  #subscription: Disposable | undefined;

  /** The id of the context whose mesh is followed. */
  get contextId(): string | undefined {
    return this.#contextId;
  }

  get current(): MeshSnapshot | undefined {
    return this.#source?.current;
  }

  /** Follows another source from now on; the source stays its owner's. */
  follow(source: MeshSource | undefined, contextId: string | undefined): void {
    this.#contextId = contextId;
    if (source === this.#source) return;
    this.#subscription?.dispose();
    this.#source = source;
    this.#subscription = source?.subscribe((now) => {
      this.#publish(now);
    });
    this.#publish(source?.current);
  }

  subscribe(listener: Listener): Disposable {
    return this.#changed.subscribe(listener);
  }

  dispose(): void {
    this.#subscription?.dispose();
    this.#subscription = undefined;
    this.#source = undefined;
    this.#changed.dispose();
  }

  #publish(now: MeshSnapshot | undefined): void {
    this.#changed.fire(now);
  }
}
