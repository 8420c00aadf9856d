import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activate, row, rowReads, demoContext } from '../support/meshRows.ts';
import { person } from '../support/person.ts';
import { probeMatrix } from '../support/probes.ts';

const clients = ['foo/sleep', 'bar/sleep', 'legacy/sleep'];
const servers = ['httpbin.foo:8000', 'httpbin.bar:8000'];

/** The body of the printed table: per client the two cells, `200*` when the server saw an identity. */
async function matrix(): Promise<Readonly<Record<string, readonly string[]>>> {
  const table = await probeMatrix(clients, servers);
  assert.match(table, /Every answer is as predicted\./);
  const lines = table.split('\n').filter((line) => /^\w+\/sleep /.test(line));
  return Object.fromEntries(
    lines.map((line) => {
      const [client = '', ...cells] = line.split(/\s{2,}/);
      return [client, cells];
    }),
  );
}

async function enforceStrict(...path: readonly string[]): Promise<void> {
  const someone = person('Enforce STRICT');
  await vscode.commands.executeCommand('istioMtls.enforceStrict', (await row(...path)).node);
  someone.leave();
}

/** Takes back the newest change through the command that the Undo button runs. */
async function undo(): Promise<void> {
  const someone = person();
  const pick = vscode.window.showQuickPick;
  Object.assign(vscode.window, {
    showQuickPick: (items: readonly vscode.QuickPickItem[]) => Promise.resolve(items[0]),
  });
  await vscode.commands.executeCommand('istioMtls.undo');
  Object.assign(vscode.window, { showQuickPick: pick });
  assert.match(someone.last('information').text, /^Undone: /);
  someone.leave();
}

const open = {
  'foo/sleep': ['200*', '200*'],
  'bar/sleep': ['200*', '200*'],
  'legacy/sleep': ['200', '200'],
};

describe('T2 foo, bar and legacy: who still gets an answer', () => {
  before(async () => {
    await activate();
    await vscode.commands.executeCommand('istioMtls.startDemo');
    await rowReads([demoContext, 'bar', 'httpbin'], /sidecar/);
  });

  it('everybody by default, with an identity where both ends have a proxy', async () => {
    assert.deepEqual(await matrix(), open);
  });

  it('nobody without a proxy once the mesh is STRICT', async () => {
    await enforceStrict(demoContext);
    await rowReads([demoContext], /^istio-mtls-demo mesh · STRICT/);
    await rowReads([demoContext, 'foo', 'httpbin'], /STRICT · from mesh/);
    assert.deepEqual(await matrix(), { ...open, 'legacy/sleep': ['56', '56'] });
    await undo();
    await rowReads([demoContext], /^istio-mtls-demo mesh · PERMISSIVE · default/);
    assert.deepEqual(await matrix(), open);
  });

  it('only foo refuses once namespace foo is STRICT', async () => {
    await enforceStrict(demoContext, 'foo');
    await rowReads([demoContext, 'foo', 'httpbin'], /STRICT · from namespace/);
    assert.deepEqual(await matrix(), { ...open, 'legacy/sleep': ['56', '200'] });
    await undo();
    await rowReads([demoContext, 'foo'], /PERMISSIVE · default/);
  });

  it('only httpbin in bar refuses once that workload is STRICT', async () => {
    await enforceStrict(demoContext, 'bar', 'httpbin');
    await rowReads([demoContext, 'bar', 'httpbin'], /^httpbin STRICT · sidecar/);
    await rowReads([demoContext, 'bar', 'sleep'], /^sleep PERMISSIVE · default/);
    assert.deepEqual(await matrix(), { ...open, 'legacy/sleep': ['200', '56'] });
    await undo();
    await rowReads([demoContext, 'bar', 'httpbin'], /PERMISSIVE · default/);
    assert.deepEqual(await matrix(), open);
  });

  after(() => vscode.commands.executeCommand('istioMtls.disconnect'));
});
