import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { meshView } from '../../../src/contributions.ts';
import { nodeId } from '../../../src/surfaces/nodes/treeNode.ts';
import type { TreeNode } from '../../../src/surfaces/nodes/treeNode.ts';
import {
  activate,
  askedByVscode,
  demoContext,
  row,
  rowReads,
  rows,
  viewMessage,
} from '../support/meshRows.ts';
import type { Asked, Row } from '../support/meshRows.ts';
import { connectToOwnDemo } from '../support/ownDemo.ts';
import type { OwnDemo } from '../support/ownDemo.ts';
import { person } from '../support/person.ts';
import { until } from '../../support/until.ts';

const more = 1500;

function team(index: number): string {
  return `team-${String(index).padStart(4, '0')}`;
}

async function addNamespaces({ other }: OwnDemo): Promise<void> {
  const names = Array.from({ length: more }, (_, index) => team(index));
  for (let done = 0; done < more; done += 25) {
    await Promise.all(names.slice(done, done + 25).map((name) => other.applyNamespace(name)));
  }
}

async function namespaceRows(): Promise<readonly Row[]> {
  return (await rows(demoContext)).filter(({ node }) => node.kind === 'namespace');
}

function isOf(name: string): (asked: Asked) => boolean {
  return ({ node }) => node.kind === 'namespace' && node.namespace === name;
}

/** Waits until VS Code has asked for nothing for a while. */
async function atRest(): Promise<void> {
  const asked = askedByVscode();
  let before = -1;
  while (asked.length !== before) {
    before = asked.length;
    await new Promise((resolve) => setTimeout(resolve, 800));
  }
}

describe('the Mesh view on 1 500 namespaces', () => {
  let demo: OwnDemo;
  before(async function () {
    this.timeout(120_000);
    await activate();
    await vscode.commands.executeCommand(`${meshView}.focus`);
    demo = await connectToOwnDemo();
    await addNamespaces(demo);
    await rowReads([demoContext, team(0)], /PERMISSIVE|not in mesh/, 30_000);
    await atRest();
  });

  after(() => demo.dispose());

  it('shows a page of them, then the next, with the ids that they had', async () => {
    const first = await namespaceRows();
    assert.equal(first.length, 1000);
    const offer = (await rows(demoContext)).at(-1);
    assert.match(offer?.text ?? '', /^Show \d+ more namespaces \d+ not shown$/);
    await vscode.commands.executeCommand('istioMtls.showMoreNamespaces', offer?.node);
    const all = await namespaceRows();
    assert.ok(all.length >= more, `${all.length} namespaces`);
    assert.deepEqual(
      all.slice(0, 1000).map(({ item }) => item.id),
      first.map(({ item }) => item.id),
    );
    await atRest();
  });

  it('filters all of them, and says how many there are', async () => {
    const someone = person(team(more - 1));
    await vscode.commands.executeCommand('istioMtls.filterNamespaces');
    someone.leave();
    assert.deepEqual(
      (await namespaceRows()).map(({ label }) => label),
      [team(more - 1)],
    );
    assert.match(viewMessage(), /^1 of 15\d\d namespaces/);
    const nobody = person('All namespaces');
    await vscode.commands.executeCommand('istioMtls.filterNamespaces');
    nobody.leave();
    await atRest();
  });

  it('is asked by VS Code for the row of a policy’s namespace and the count, and for nothing else', async () => {
    await demo.other.apply(team(0), 'default', 'STRICT');
    await rowReads([demoContext, '1 namespace differs'], /1 STRICT/);
    await atRest();
    const asked = askedByVscode();
    await demo.other.apply(team(1), 'default', 'STRICT');
    await until('VS Code to ask for the row', () => asked.some(isOf(team(1))));
    await new Promise((resolve) => setTimeout(resolve, 500));
    const ids = new Set(asked.map(({ node }: { readonly node: TreeNode }) => nodeId(node)));
    const { node: mesh } = await row(demoContext);
    assert.deepEqual([...ids].toSorted(), [
      `${mesh.context}/differing-namespaces`,
      `${mesh.context}/namespace/${team(1)}`,
    ]);
  });
});
