import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { meshView } from '../../../src/contributions.ts';
import { activate, askedByVscode } from '../support/meshRows.ts';
import type { Asked } from '../support/meshRows.ts';
import { connectToOwnDemo } from '../support/ownDemo.ts';
import type { OwnDemo } from '../support/ownDemo.ts';

/** VS Code shows no change while changes come faster than this, unless they are held back for it. */
const vscodeWaitsMs = 200;
const everyMs = 60;
const forMs = 5_000;

function isFoo({ node }: Asked): boolean {
  return node.kind === 'namespace' && node.namespace === 'foo';
}

describe('a namespace whose policy changes all the time', () => {
  let demo: OwnDemo;
  before(async () => {
    await activate();
    await vscode.commands.executeCommand(`${meshView}.focus`);
    demo = await connectToOwnDemo();
  });
  after(() => demo.dispose());

  it('is asked for by VS Code again and again, and not only when the changes stop', async () => {
    let change = 0;
    const asked = askedByVscode();
    const changes = setInterval(() => {
      change += 1;
      void demo.other.apply('foo', 'default', change % 2 === 0 ? 'STRICT' : 'DISABLE');
    }, everyMs);
    try {
      await new Promise((resolve) => setTimeout(resolve, forMs));
      const times = asked.filter(isFoo).length;
      const most = forMs / vscodeWaitsMs;
      assert.ok(times >= most / 4 && times <= most + 1, `${times} times in ${forMs} ms`);
    } finally {
      clearInterval(changes);
    }
  });
});
