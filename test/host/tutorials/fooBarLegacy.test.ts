import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activate, row, rowReads, rows, demoContext } from '../support/meshRows.ts';
import type { OwnDemo } from '../support/ownDemo.ts';
import { connectToOwnDemo } from '../support/ownDemo.ts';
import { person } from '../support/person.ts';
import { answersByClient, probeMatrix } from '../support/probes.ts';
import { loopTranscript, transcript } from '../support/transcripts.ts';
import { untilHolds } from '../../support/until.ts';

const clients = ['foo/sleep', 'bar/sleep', 'legacy/sleep'];
const servers = ['httpbin.foo:8000', 'httpbin.bar:8000'];

/** The body of the printed table: per client the two cells, `200*` when the server saw an identity. */
async function matrix(): Promise<Readonly<Record<string, readonly string[]>>> {
  const table = await probeMatrix(clients, servers);
  assert.match(table, /Every answer is as predicted\./);
  return answersByClient(table, servers);
}

async function enforceStrict(...path: readonly string[]): Promise<void> {
  const someone = person('Enforce STRICT');
  await vscode.commands.executeCommand('istioMtls.enforceStrict', (await row(...path)).node);
  someone.leave();
}

/** Takes back the newest change from the palette. */
async function undo(): Promise<void> {
  const someone = person('Undo');
  const pick = vscode.window.showQuickPick;
  Object.assign(vscode.window, {
    showQuickPick: (items: readonly vscode.QuickPickItem[]) => Promise.resolve(items[0]),
  });
  await vscode.commands.executeCommand('istioMtls.undo');
  Object.assign(vscode.window, { showQuickPick: pick });
  assert.match(someone.last('information').text, /^Undone: /);
  someone.leave();
}

/** The policy rows below a workload, once there are as many as expected. */
async function policiesUnder(
  namespace: string,
  workload: string,
  count: number,
): Promise<readonly string[]> {
  return untilHolds(`${count} policies below ${workload}`, async () => {
    const below = await rows(demoContext, namespace, workload);
    const policies = below.filter(({ node }) => node.kind === 'policy').map(({ text }) => text);
    assert.equal(policies.length, count, policies.join('; '));
    return policies;
  });
}

const open = {
  'foo/sleep': ['200*', '200*'],
  'bar/sleep': ['200*', '200*'],
  'legacy/sleep': ['200', '200'],
};

/** Asserts the answers cell by cell, and that the tutorial's own loop would print what the tutorial shows. */
async function assertMatrix(
  expected: Readonly<Record<string, readonly string[]>>,
  printed: string,
): Promise<void> {
  const answers = await matrix();
  assert.deepEqual(answers, expected);
  assert.equal(loopTranscript(answers, servers), transcript(printed));
}

describe('T2 foo, bar and legacy: who still gets an answer', () => {
  let demo: OwnDemo;
  before(async () => {
    await activate();
    demo = await connectToOwnDemo();
  });

  it('everybody by default, with an identity where both ends have a proxy', async () => {
    await assertMatrix(open, 'tutorial-default');
  });

  it('nobody without a proxy once the mesh is STRICT', async () => {
    await enforceStrict(demoContext);
    await rowReads([demoContext], /^istio-mtls-demo .*STRICT/);
    await rowReads([demoContext, 'foo', 'httpbin'], /STRICT · from mesh/);
    await assertMatrix({ ...open, 'legacy/sleep': ['56', '56'] }, 'tutorial-mesh-strict');
    await undo();
    await rowReads([demoContext], /^istio-mtls-demo PERMISSIVE · Istio default/);
    await assertMatrix(open, 'tutorial-default');
  });

  it('only foo refuses once namespace foo is STRICT', async () => {
    await enforceStrict(demoContext, 'foo');
    await rowReads([demoContext, 'foo', 'httpbin'], /STRICT · from namespace/);
    await assertMatrix({ ...open, 'legacy/sleep': ['56', '200'] }, 'tutorial-foo-strict');
    await undo();
    await rowReads([demoContext, 'foo'], /PERMISSIVE · Istio default/);
  });

  it('only httpbin in bar refuses once that workload is STRICT, with its DestinationRule as without', async () => {
    await enforceStrict(demoContext, 'bar', 'httpbin');
    await rowReads([demoContext, 'bar', 'httpbin'], /^httpbin STRICT · set here/);
    await rowReads([demoContext, 'bar', 'sleep'], /^sleep PERMISSIVE · Istio default/);
    const refused = { ...open, 'legacy/sleep': ['200', '56'] };
    await assertMatrix(refused, 'tutorial-bar-httpbin-strict');
    await demo.other.applyRule('bar', 'httpbin', 'ISTIO_MUTUAL');
    const policies = await policiesUnder('bar', 'httpbin', 2);
    assert.match(policies.join('\n'), /^httpbin STRICT · PeerAuthentication$/m);
    assert.match(
      policies.join('\n'),
      /^httpbin httpbin\.bar\.svc\.cluster\.local · DestinationRule$/m,
    );
    await assertMatrix(refused, 'tutorial-bar-httpbin-strict');
    await demo.other.deleteRule('bar', 'httpbin');
    await undo();
    await rowReads([demoContext, 'bar', 'httpbin'], /PERMISSIVE · Istio default/);
    await assertMatrix(open, 'tutorial-default');
  });

  after(() => demo.dispose());
});
