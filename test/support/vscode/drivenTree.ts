import type { TreeDataProvider, TreeItem } from 'vscode';

/** What VS Code asked for because of one change. */
export interface Refresh<Row> {
  /** The rows that the provider named; undefined for the whole tree. */
  readonly changed: readonly Row[] | undefined;
  /** The rows whose item was asked for, those below the changed ones included. */
  readonly asked: readonly Row[];
}

/** What of a provider a view of rows asks for; all at once, as VS Code awaits nothing that is no promise. */
type Provider<Row> = Pick<TreeDataProvider<Row>, 'onDidChangeTreeData'> & {
  getTreeItem(row: Row): TreeItem;
  getChildren(row?: Row): Row[];
};

/** VS Code passes on changes when none has come for so long, the first one at once. */
const QUIET_MS = 200;

/**
 * A tree view that asks its provider as VS Code does. Source: microsoft/vscode, extHostTreeViews.ts (debounce, changed
 * rows below changed rows left out) and customView.ts (the rows below an expanded row are asked for with it).
 */
export class DrivenTree<Row extends object> {
  readonly #provider: Provider<Row>;
  readonly #isExpanded: (row: Row) => boolean;
  readonly #onRefresh: (refresh: Refresh<Row>) => void;
  readonly #subscription: { dispose(): void } | undefined;
  readonly #parents = new Map<Row, Row | undefined>();
  readonly #items = new Map<Row, TreeItem>();
  #below = new Map<Row | undefined, readonly Row[]>();
  #waiting: (Row | undefined)[] = [];
  #quiet: NodeJS.Timeout | undefined;

  constructor(
    provider: Provider<Row>,
    isExpanded: (row: Row) => boolean,
    onRefresh: (refresh: Refresh<Row>) => void = () => undefined,
  ) {
    this.#provider = provider;
    this.#isExpanded = isExpanded;
    this.#onRefresh = onRefresh;
    this.#subscription = provider.onDidChangeTreeData?.((rows) => {
      this.#collect(Array.isArray(rows) ? rows : [rows ?? undefined]);
    });
    this.#refresh([undefined]);
  }

  /** Labels and descriptions of all rows that are shown, as a person reads them. */
  get texts(): readonly string[] {
    return this.rows.map((row) => {
      const item = this.#items.get(row);
      const parts = [item?.label, item?.description];
      return parts
        .flatMap((part) => (typeof part === 'string' && part !== '' ? part : []))
        .join(' ');
    });
  }

  /** All rows that are shown, from top to bottom. */
  get rows(): readonly Row[] {
    const under = (row: Row | undefined): readonly Row[] =>
      (this.#below.get(row) ?? []).flatMap((child) => [child, ...under(child)]);
    return under(undefined);
  }

  dispose(): void {
    clearTimeout(this.#quiet);
    this.#subscription?.dispose();
  }

  #collect(rows: readonly (Row | undefined)[]): void {
    if (rows.length === 0) return;
    this.#waiting.push(...rows);
    const isFirst = this.#quiet === undefined;
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => {
      this.#quiet = undefined;
      this.#flush();
    }, QUIET_MS);
    if (isFirst) this.#flush();
  }

  #flush(): void {
    const rows = this.#waiting;
    this.#waiting = [];
    if (rows.length > 0) this.#refresh(rows);
  }

  #refresh(rows: readonly (Row | undefined)[]): void {
    const asked: Row[] = [];
    if (rows.includes(undefined)) {
      this.#parents.clear();
      this.#below = new Map();
      this.#askBelow(undefined, asked);
    } else {
      const changed = new Set(rows.filter((row) => row !== undefined));
      for (const row of changed) {
        if (this.#parents.has(row) && !this.#isBelow(row, changed)) this.#ask(row, asked);
      }
    }
    const isAll = rows.includes(undefined);
    this.#onRefresh({ changed: isAll ? undefined : rows.flatMap((row) => row ?? []), asked });
  }

  #isBelow(row: Row, changed: ReadonlySet<Row>): boolean {
    const parent = this.#parents.get(row);
    return parent !== undefined && (changed.has(parent) || this.#isBelow(parent, changed));
  }

  #ask(row: Row, asked: Row[]): void {
    this.#items.set(row, this.#provider.getTreeItem(row));
    asked.push(row);
    if (this.#isExpanded(row)) this.#askBelow(row, asked);
  }

  #askBelow(parent: Row | undefined, asked: Row[]): void {
    const children = this.#provider.getChildren(parent);
    this.#below.set(parent, children);
    for (const child of children) {
      this.#parents.set(child, parent);
      this.#ask(child, asked);
    }
  }
}
