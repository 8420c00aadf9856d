import type { Memento } from 'vscode';
import type { ProbeRequest } from './probeChoices.ts';

/** How many probes of a context are offered again. */
const KEPT = 5;
const KEY = 'istioMtls.recentProbes';

type Recent = Readonly<Record<string, readonly ProbeRequest[]>>;

/** The last probes of each context, kept for the workspace. */
export class ProbeHistory {
  readonly #memory: Pick<Memento, 'get' | 'update'>;

  constructor(memory: Pick<Memento, 'get' | 'update'>) {
    this.#memory = memory;
  }

  /** The last probes of a context by its id, the newest first. */
  of(contextId: string): readonly ProbeRequest[] {
    return this.#recent()[contextId] ?? [];
  }

  async remember(contextId: string, request: ProbeRequest): Promise<void> {
    const key = JSON.stringify(request);
    const others = this.of(contextId).filter((known) => JSON.stringify(known) !== key);
    const kept = [request, ...others].slice(0, KEPT);
    await this.#memory.update(KEY, { ...this.#recent(), [contextId]: kept });
  }

  #recent(): Recent {
    return this.#memory.get<Recent>(KEY) ?? {};
  }
}
