import { homedir } from 'node:os';
import type * as vscode from 'vscode';
import type { ContextSummary } from '../../sources/kubeconfig/contexts.ts';
import { setting } from './settings.ts';

/** Which kubeconfig files, and which context in them. */
export interface Target {
  readonly kind: 'target';
  /** Undefined for the files that kubectl would read. */
  readonly paths: readonly string[] | undefined;
  /** Undefined for the current context of the files. */
  readonly context: string | undefined;
}

/** What the kubeconfig files say; reading them runs nothing. */
export type ContextList =
  | { readonly kind: 'contexts'; readonly contexts: readonly ContextSummary[] }
  | { readonly kind: 'broken'; readonly cause: string };

/** Reads kubeconfig files; the code for it is loaded when it is first needed. */
export interface KubeconfigReader {
  contexts(paths: readonly string[] | undefined): Promise<ContextList>;
}

const chosenContextKey = 'context';

/** Finds the kubeconfig and the context of this workspace. Nothing is ever written into a kubeconfig. */
export class Kubeconfigs {
  readonly #reader: KubeconfigReader;
  readonly #memory: vscode.Memento;

  constructor(reader: KubeconfigReader, memory: vscode.Memento) {
    this.#reader = reader;
    this.#memory = memory;
  }

  /** What to connect to: the setting's context, else the one chosen in this workspace, else the current one. */
  async target(): Promise<
    Target | { readonly kind: 'none' } | Extract<ContextList, { kind: 'broken' }>
  > {
    const list = await this.contexts();
    if (list.kind === 'broken') return list;
    if (list.contexts.length === 0) return { kind: 'none' };
    const wanted = setting('istioMtls.context') || this.#chosen(list.contexts);
    return { kind: 'target', paths: kubeconfigPaths(), context: wanted };
  }

  async contexts(): Promise<ContextList> {
    return this.#reader.contexts(kubeconfigPaths());
  }

  /** Remembers the choice for this workspace. */
  async choose(context: string): Promise<void> {
    await this.#memory.update(chosenContextKey, context);
  }

  /** A context that has gone from the kubeconfig is forgotten, not complained about. */
  #chosen(contexts: readonly ContextSummary[]): string | undefined {
    const chosen = this.#memory.get<string>(chosenContextKey);
    return contexts.some(({ name }) => name === chosen) ? chosen : undefined;
  }
}

function kubeconfigPaths(): readonly string[] | undefined {
  const path = setting('istioMtls.kubeconfig').trim();
  if (path === '') return undefined;
  return [path.startsWith('~/') ? homedir() + path.slice(1) : path];
}
