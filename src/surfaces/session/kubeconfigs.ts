import { homedir } from 'node:os';
import type * as vscode from 'vscode';
import type { ContextSummary } from '../../sources/kubeconfig/contexts.ts';
import type { Disposable } from '../platform/disposables.ts';
import { kubernetesExtensionPaths } from './kubernetesExtension.ts';
import { setting } from '../platform/settings.ts';

/** Which kubeconfig files, and which context in them. */
export interface Target {
  readonly kind: 'target';
  /** Undefined for the files that kubectl would read. */
  readonly paths: readonly string[] | undefined;
  readonly context: string;
  /** Whether it is the demo mesh of this window. */
  readonly demo: boolean;
}

/** What the kubeconfig files say; reading them runs nothing. */
export type ContextList =
  | { readonly kind: 'contexts'; readonly contexts: readonly ContextSummary[] }
  /** One sentence. */
  | { readonly kind: 'broken'; readonly cause: string };

/** Reads kubeconfig files; the code for it is loaded when it is first needed. */
export interface KubeconfigReader {
  contexts(paths: readonly string[] | undefined): Promise<ContextList>;
  /** Calls back when one of the files was written by whatever program. */
  watch(paths: readonly string[] | undefined, onChange: () => void): Promise<Disposable>;
}

type Memory = Pick<vscode.Memento, 'get' | 'update'>;

const chosenContextKey = 'context';
const besidesKey = 'contextsBeside';

/** Finds the kubeconfig and the context of this workspace. Nothing is ever written into a kubeconfig. */
export class Kubeconfigs {
  readonly #reader: KubeconfigReader;
  readonly #memory: Memory;

  constructor(reader: KubeconfigReader, memory: Memory) {
    this.#reader = reader;
    this.#memory = memory;
  }

  /** What to connect to: the setting's context, else the one chosen in this workspace, else the current one. */
  async target(): Promise<
    Target | { readonly kind: 'none' } | Extract<ContextList, { kind: 'broken' }>
  > {
    const list = await this.contexts();
    if (list.kind === 'broken') return list;
    const { contexts } = list;
    if (contexts.length === 0) return { kind: 'none' };
    const context = setting('istioMtls.context') || (this.#chosen(contexts) ?? currentOf(contexts));
    if (context !== undefined) return this.named(context);
    const cause = 'The kubeconfig names no current context. Select one.';
    return { kind: 'broken', cause };
  }

  /** A context of the files that are in use. */
  named(context: string): Target {
    return { kind: 'target', paths: this.paths(), context, demo: false };
  }

  async contexts(): Promise<ContextList> {
    return this.#reader.contexts(this.paths());
  }

  /** The files in use: the setting's, else the Kubernetes extension's if it is to be followed; undefined for kubectl's. */
  paths(): readonly string[] | undefined {
    const path = setting('istioMtls.kubeconfig').trim();
    if (path !== '') return [path.startsWith('~/') ? homedir() + path.slice(1) : path];
    return setting('istioMtls.kubernetesExtension') === 'follow'
      ? kubernetesExtensionPaths()
      : undefined;
  }

  /** Calls back when one of the files in use was written by whatever program. */
  async watch(onChange: () => void): Promise<Disposable> {
    return this.#reader.watch(this.paths(), onChange);
  }

  /** Remembers the choice for this workspace. */
  async choose(context: string): Promise<void> {
    await this.#memory.update(chosenContextKey, context);
  }

  /** The contexts to open beside the chosen one, as far as the kubeconfig still has them. */
  async besides(): Promise<readonly Target[]> {
    const remembered = this.#besides();
    if (remembered.length === 0) return [];
    const list = await this.contexts();
    const known = list.kind === 'contexts' ? list.contexts.map(({ name }) => name) : [];
    return remembered.filter((name) => known.includes(name)).map((name) => this.named(name));
  }

  /** Remembers for this workspace that the context was opened beside the chosen one. */
  async rememberBeside(context: string): Promise<void> {
    await this.#memory.update(besidesKey, [...new Set([...this.#besides(), context])]);
  }

  async forgetBeside(contexts: readonly string[]): Promise<void> {
    const kept = this.#besides().filter((name) => !contexts.includes(name));
    await this.#memory.update(besidesKey, kept);
  }

  #besides(): readonly string[] {
    const kept: unknown = this.#memory.get(besidesKey);
    return Array.isArray(kept) ? kept.filter((name) => typeof name === 'string') : [];
  }

  /** A context that has gone from the kubeconfig is forgotten; none counts where the current one is followed. */
  #chosen(contexts: readonly ContextSummary[]): string | undefined {
    if (setting('istioMtls.followCurrentContext') === 'follow') return undefined;
    const chosen = this.#memory.get<string>(chosenContextKey);
    return contexts.some(({ name }) => name === chosen) ? chosen : undefined;
  }
}

/** The kubeconfig's own current context. */
export function currentOf(contexts: readonly ContextSummary[]): string | undefined {
  return contexts.find(({ current }) => current)?.name;
}
