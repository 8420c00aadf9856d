import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { meshView } from '../../../src/contributions.ts';
import type { TreeNode } from '../../../src/surfaces/nodes/treeNode.ts';
import { until } from '../../support/until.ts';

/**
 * What the Mesh view shows, read where VS Code reads it: from the data provider that the extension
 * hands to `createTreeView`. Caught when this file is loaded, which is before the extension is activated.
 */
let provider: vscode.TreeDataProvider<TreeNode> | undefined;
let view: vscode.TreeView<TreeNode> | undefined;
const changed: (readonly TreeNode[] | undefined)[] = [];
const asked: Asked[] = [];

const createTreeView = vscode.window.createTreeView.bind(vscode.window);
vscode.window.createTreeView = <T>(id: string, options: vscode.TreeViewOptions<T>) => {
  if (id !== meshView) return createTreeView(id, options);
  const ours = catchProvider(options as unknown as vscode.TreeViewOptions<TreeNode>);
  const created = createTreeView(id, ours);
  view = created;
  return created as unknown as vscode.TreeView<T>;
};

/** Keeps the provider for the tests, and hands VS Code one that notes what VS Code asks for. */
function catchProvider(
  options: vscode.TreeViewOptions<TreeNode>,
): vscode.TreeViewOptions<TreeNode> {
  const { treeDataProvider } = options;
  provider = treeDataProvider;
  const noting: vscode.TreeDataProvider<TreeNode> = {
    ...(treeDataProvider.onDidChangeTreeData && {
      onDidChangeTreeData: treeDataProvider.onDidChangeTreeData,
    }),
    getTreeItem: (node) => {
      asked.push({ node, at: performance.now() });
      return treeDataProvider.getTreeItem(node);
    },
    getChildren: (node) => treeDataProvider.getChildren(node),
    getParent: (node) => treeDataProvider.getParent?.(node),
    resolveTreeItem: (item, node, token) => treeDataProvider.resolveTreeItem?.(item, node, token),
  };
  treeDataProvider.onDidChangeTreeData?.((nodes) => {
    changed.push(
      Array.isArray(nodes) ? nodes : nodes === undefined || nodes === null ? undefined : [nodes],
    );
  });
  return { ...options, treeDataProvider: noting };
}

/** A row whose item VS Code asked for, and when, on the clock of `performance.now()`. */
export interface Asked {
  readonly node: TreeNode;
  readonly at: number;
}

/** Forgets what VS Code asked for earlier, and returns the list that what it asks for from now on is added to. */
export function askedByVscode(): readonly Asked[] {
  asked.length = 0;
  return asked;
}

/** The label of the root row on the demo mesh. */
export const demoContext = 'istio-mtls-demo';

/** One row as VS Code gets it. */
export interface Row {
  readonly node: TreeNode;
  readonly item: vscode.TreeItem;
  readonly label: string;
  /** Label and description as the reader sees them. */
  readonly text: string;
}

/** Activates the extension as opening its view does. */
export async function activate(): Promise<void> {
  await vscode.extensions.getExtension('istio-mtls.istio-mtls')?.activate();
  assert.ok(provider, 'The extension was activated before the tests could watch its view.');
}

/** The rows below the one at `path`, such as `rows(demoContext, 'foo')`. */
export async function rows(...path: readonly string[]): Promise<readonly Row[]> {
  let parent: TreeNode | undefined;
  for (const label of path) parent = (await find(await below(parent), label)).node;
  return below(parent);
}

/** The row at `path`. */
export async function row(...path: readonly string[]): Promise<Row> {
  const label = path.at(-1) ?? '';
  return find(await rows(...path.slice(0, -1)), label);
}

/** Waits until the row at `path` reads as expected; fails with what it reads instead. */
export async function rowReads(
  path: readonly string[],
  text: RegExp,
  limitMs = 10_000,
): Promise<Row> {
  const where = path.join(' > ');
  const ask = async (): Promise<Row> => {
    const found = await row(...path);
    if (text.test(found.text)) return found;
    throw new Error(`${where} reads "${found.text}", not ${text.source}`);
  };
  return until(where, ask, limitMs);
}

/** What the row says when the mouse rests on it, without the escapes of its Markdown; empty if nothing. */
export async function tooltip({ node, item }: Row): Promise<string> {
  assert.ok(provider);
  const { token } = new vscode.CancellationTokenSource();
  const resolved = (await provider.resolveTreeItem?.(item, node, token)) ?? item;
  const text = resolved.tooltip ?? '';
  return (typeof text === 'string' ? text : text.value).replace(/\\(.)/g, '$1');
}

/** The parent that VS Code would reveal the row under; undefined for a root row. */
export async function parentOf({ node }: Row): Promise<TreeNode | undefined> {
  assert.ok(provider);
  return (await provider.getParent?.(node)) ?? undefined;
}

/** The rows that are selected in the view. */
export function selection(): readonly TreeNode[] {
  return view?.selection ?? [];
}

/** The message above the rows; empty if there is none. */
export function viewMessage(): string {
  return view?.message ?? '';
}

/** Waits until the root rows are labelled so. */
export async function rootsAre(labels: readonly string[], limitMs = 10_000): Promise<void> {
  const ask = async (): Promise<true> => {
    const shown = (await rows()).map(({ label }) => label);
    assert.deepEqual(shown, labels);
    return true;
  };
  await until(`the rows ${labels.join(', ')}`, ask, limitMs);
}

/** Forgets earlier repaints, and returns the list that later ones are added to; undefined stands for the whole tree. */
export function repaints(): readonly (readonly TreeNode[] | undefined)[] {
  changed.length = 0;
  return changed;
}

async function below(parent: TreeNode | undefined): Promise<readonly Row[]> {
  assert.ok(provider);
  const nodes = (await provider.getChildren(parent)) ?? [];
  return Promise.all(nodes.map(rowOf));
}

async function rowOf(node: TreeNode): Promise<Row> {
  assert.ok(provider);
  const item = await provider.getTreeItem(node);
  const label = typeof item.label === 'string' ? item.label : (item.label?.label ?? '');
  const description = typeof item.description === 'string' ? item.description : '';
  return { node, item, label, text: description === '' ? label : `${label} ${description}` };
}

function find(from: readonly Row[], label: string): Promise<Row> {
  const found = from.find((one) => one.label === label);
  const labels = from.map((one) => one.label).join(', ');
  return found === undefined
    ? Promise.reject(new Error(`There is no row "${label}" among: ${labels}`))
    : Promise.resolve(found);
}
