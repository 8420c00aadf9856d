import type { MeshObject, MissingFact } from '../../mesh/index.ts';
import { MAX_WATCHED_NAMESPACES, refKey } from '../../mesh/index.ts';
import type { ResourceWatchOptions } from './resourceWatch.ts';
import type { KubeResource } from './kubeResource.ts';
import { ResourceWatch } from './resourceWatch.ts';
import type { WatchState } from './watchState.ts';
import { whyMissing } from './watchState.ts';

export interface KindWatchOptions extends Omit<ResourceWatchOptions, 'namespace'> {
  /** Never look everywhere: the kind matters in given namespaces only, as config maps do. */
  readonly namespacesOnly?: boolean;
}

/** One kind: everywhere if that is allowed, else in each namespace where it is; Namespaces themselves one by one. */
export class KindWatch {
  readonly #options: KindWatchOptions;
  readonly #everywhere: ResourceWatch | undefined;
  readonly #inNamespace = new Map<string, ResourceWatch>();
  #names: readonly string[] = [];
  #disposed = false;

  constructor(options: KindWatchOptions) {
    this.#options = options;
    this.#everywhere = options.namespacesOnly === true ? undefined : this.#start('');
  }

  get resource(): KubeResource {
    return this.#options.resource;
  }

  /** The state of the kind as a whole. */
  get state(): WatchState {
    return wholeState(this.#everywhere, [...this.#inNamespace.values()]);
  }

  /** The namespaces to look into where looking everywhere is forbidden. */
  setNamespaces(names: readonly string[]): void {
    this.#names = names;
    this.#fallBack();
  }

  *objects(): Iterable<MeshObject> {
    for (const watch of this.#all()) yield* watch.objects();
  }

  missing(): readonly MissingFact[] {
    return missingFacts({
      kind: this.#options.resource.kind,
      everywhere: this.#everywhere,
      inNamespace: this.#inNamespace,
      names: this.#names,
    });
  }

  dispose(): void {
    this.#disposed = true;
    for (const watch of this.#all()) watch.dispose();
  }

  #start(namespace: string): ResourceWatch {
    return new ResourceWatch({
      ...this.#options,
      namespace,
      onChange: (change) => {
        if (namespace === '') this.#fallBack();
        this.#options.onChange(change);
      },
    });
  }

  /** Opens and closes the watches of single namespaces as permissions and names change. */
  #fallBack(): void {
    if (this.#disposed) return;
    const wanted = this.#wantsNamespaces() ? this.#names.slice(0, MAX_WATCHED_NAMESPACES) : [];
    for (const [name, watch] of this.#inNamespace) {
      if (!wanted.includes(name)) this.#close(name, watch);
    }
    for (const name of wanted) {
      if (!this.#inNamespace.has(name)) this.#inNamespace.set(name, this.#start(name));
    }
  }

  #wantsNamespaces(): boolean {
    const { kind, namespaced } = this.#options.resource;
    if (!namespaced && kind !== 'Namespace') return false;
    return this.#everywhere === undefined || this.#everywhere.state.kind === 'denied';
  }

  #close(name: string, watch: ResourceWatch): void {
    this.#inNamespace.delete(name);
    watch.dispose();
    // What the watch of all namespaces meanwhile has must stay.
    const kept = new Set(Array.from(this.#everywhere?.objects() ?? [], refKey));
    const remove = [...watch.objects()].filter((object) => !kept.has(refKey(object)));
    this.#options.onChange({ upsert: [], remove });
  }

  #all(): readonly ResourceWatch[] {
    const single = [...this.#inNamespace.values()];
    return this.#everywhere === undefined ? single : [this.#everywhere, ...single];
  }
}

function wholeState(
  everywhere: ResourceWatch | undefined,
  single: readonly ResourceWatch[],
): WatchState {
  if (everywhere !== undefined && everywhere.state.kind !== 'denied') return everywhere.state;
  const states = single.map((watch) => watch.state);
  const telling =
    states.find((state) => state.kind === 'stale') ??
    states.find((state) => state.kind === 'synced') ??
    states.find((state) => state.kind === 'connecting' || state.kind === 'failed');
  return telling ?? everywhere?.state ?? states[0] ?? { kind: 'connecting' };
}

interface Parts {
  readonly kind: MissingFact['kind'];
  readonly everywhere: ResourceWatch | undefined;
  readonly inNamespace: ReadonlyMap<string, ResourceWatch>;
  readonly names: readonly string[];
}

function missingFacts({ kind, everywhere, inNamespace, names }: Parts): readonly MissingFact[] {
  const whole = everywhere === undefined ? undefined : whyMissing(everywhere.state);
  // Of Namespaces, others than those that are looked into may exist.
  const isOneAnswer = whole !== 'forbidden' || inNamespace.size === 0 || kind === 'Namespace';
  if (everywhere !== undefined && isOneAnswer) {
    return whole === undefined ? [] : [{ kind, namespace: '', why: whole }];
  }
  const facts = names.flatMap((namespace): MissingFact[] => {
    const watch = inNamespace.get(namespace);
    const why = watch === undefined ? 'not-watched' : whyMissing(watch.state);
    return why === undefined ? [] : [{ kind, namespace, why }];
  });
  // A kind that is never looked for everywhere is asked for in these places only: they stay named.
  if (everywhere === undefined) return facts;
  const allForbidden =
    facts.length === names.length &&
    facts.every(({ why }) => why === 'forbidden' || why === 'not-watched');
  return allForbidden ? [{ kind, namespace: '', why: 'forbidden' }] : facts;
}
