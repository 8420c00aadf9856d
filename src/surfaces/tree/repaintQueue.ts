import type { Disposable } from '../platform/disposables.ts';
import type { TreeNode } from '../nodes/treeNode.ts';

/**
 * VS Code passes a tree's change on at once when none came within the last 200 ms; any other waits until none has come
 * for 200 ms. So changes that keep coming faster would never be shown. Source: microsoft/vscode,
 * src/vs/workbench/api/common/extHostTreeViews.ts, Event.debounce. The rest is for timers that are late.
 */
const PAUSE_MS = 205;

/** Tells VS Code about changed rows: at once, and while it would hold them back, all that changed when it no longer would. */
export class RepaintQueue implements Disposable {
  readonly #repaint: (rows: TreeNode[] | undefined) => void;
  readonly #rows = new Set<TreeNode>();
  #wantsAll = false;
  #pausing: NodeJS.Timeout | undefined;

  /** `repaint` gets the rows that say something else, or undefined for everything. */
  constructor(repaint: (rows: TreeNode[] | undefined) => void) {
    this.#repaint = repaint;
  }

  add(rows: readonly TreeNode[]): void {
    for (const row of rows) this.#rows.add(row);
    this.#flush();
  }

  addEverything(): void {
    this.#wantsAll = true;
    this.#flush();
  }

  dispose(): void {
    clearTimeout(this.#pausing);
    this.#rows.clear();
    this.#wantsAll = false;
  }

  #flush(): void {
    if (this.#pausing !== undefined || (this.#rows.size === 0 && !this.#wantsAll)) return;
    const rows = this.#wantsAll ? undefined : [...this.#rows];
    this.#rows.clear();
    this.#wantsAll = false;
    this.#pausing = setTimeout(() => {
      this.#pausing = undefined;
      this.#flush();
    }, PAUSE_MS);
    this.#repaint(rows);
  }
}
