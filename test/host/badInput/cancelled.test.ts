import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { CommandId } from '../../../src/contributions.ts';
import { activate, demoContext, rowReads } from '../support/meshRows.ts';
import { answering, type Answer, type Person, type Shown } from '../support/person.ts';

/** What a person answers who goes on: the first of what is offered that leads anywhere. */
function onwards({ kind, text, choices }: Shown): Answer {
  if (kind === 'input')
    return text.includes('path') ? '/headers' : 'http://httpbin.foo:8000/headers';
  if (kind === 'pick' && text.startsWith('Which context')) return choices.at(-1);
  // What was probed before is offered first, and asks for nothing more.
  if (kind === 'pick' && text === 'From which workload?')
    return choices.find((choice) => /^[^→]*\/[^→]*$/.test(choice));
  if (kind === 'pick' && text.startsWith('To which Service and')) return 'Another URL…';
  if (kind === 'pick' && /which (workloads|Services)|Tick/i.test(text)) return choices.slice(0, 1);
  return choices[0];
}

/** A person who answers so many questions and dismisses the next. */
function leavesAfter(count: number): Person {
  let answered = 0;
  return answering((shown) => {
    const isQuestion = shown.kind === 'pick' || shown.kind === 'input' || shown.kind === 'warning';
    if (!isQuestion || answered === count) return undefined;
    answered += 1;
    return onwards(shown);
  });
}

/** Commands that ask, and how often before they act. */
const commands: Readonly<Partial<Record<CommandId, number>>> = {
  'istioMtls.selectContext': 1,
  'istioMtls.openContext': 1,
  'istioMtls.filterNamespaces': 1,
  'istioMtls.enforceStrict': 2,
  'istioMtls.enforcePermissive': 2,
  'istioMtls.enforceDisable': 2,
  'istioMtls.enforceStrictWithExceptions': 3,
  'istioMtls.bringIntoMesh': 2,
  'istioMtls.probe': 3,
  'istioMtls.takeOutOfMesh': 1,
  'istioMtls.showStrictImpact': 1,
  'istioMtls.probeMatrix': 3,
  'istioMtls.showStrictMatrix': 1,
  'istioMtls.scaffoldPolicy': 2,
};

describe('a command that is called off at any question', () => {
  before(async () => {
    await activate();
    await vscode.commands.executeCommand('istioMtls.startDemo');
    await rowReads([demoContext, 'foo', 'httpbin'], /PERMISSIVE|STRICT/);
  });
  after(() => vscode.commands.executeCommand('istioMtls.disconnect'));

  for (const [command, questions] of Object.entries(commands)) {
    for (let step = 0; step < questions; step += 1) {
      it(`${command}, question ${step + 1} of ${questions}: says nothing and writes nothing`, async () => {
        const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs).length;
        const someone = leavesAfter(step);
        await vscode.commands.executeCommand(command);
        someone.leave();
        const shown = someone.shown.map(({ kind, text }) => `${kind}: ${text}`);
        assert.equal(shown.length, step + 1, shown.join('\n'));
        assert.doesNotMatch(shown.join('\n'), /^(error|information)/m);
        const now = vscode.window.tabGroups.all.flatMap((group) => group.tabs).length;
        assert.equal(now, tabs, 'a tab was left');
        await rowReads([demoContext], /^istio-mtls-demo PERMISSIVE · Istio default/);
        await rowReads([demoContext, 'foo'], /^foo PERMISSIVE · Istio default/);
      });
    }
  }
});
