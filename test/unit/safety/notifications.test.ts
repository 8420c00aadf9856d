import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import ts from 'typescript';

import { unlinked } from '../../../src/surfaces/platform/notification.ts';
import { nodesIn, sourceFiles } from '../../support/sourceTree.ts';

// VS Code makes links of some words in a notification, and runs the command behind one on a click.

/** What VS Code takes for a link. Source: microsoft/vscode, src/vs/base/common/linkedText.ts. */
const link = /\[[^\]]+\]\((?:https?:\/\/|command:|file:)[^)\s]+/i;

describe('words of a cluster in a notification', () => {
  for (const words of [
    'denied: [details](command:workbench.action.terminal.sendSequence?%7B%7D)',
    'denied: [details](https://evil.example "help")',
    '[a](command:a)[b](COMMAND:b) [c](file:///etc/passwd)',
  ]) {
    it(`are no link: ${words}`, () => {
      assert.match(words, link);
      assert.doesNotMatch(unlinked(words), link);
    });
  }

  it('stay as they are otherwise', () => {
    const words = 'spec.rules[0].to[1]: Invalid value (see https://istio.io): [x] (y)';
    assert.equal(unlinked(words), words);
  });
});

/** The first arguments of notifications, which are shown with links; a modal dialog shows text only. */
function notificationsIn(tree: ts.SourceFile): readonly string[] {
  return [...nodesIn(tree)]
    .filter(ts.isCallExpression)
    .flatMap(({ expression, arguments: args }) => {
      if (!/\bwindow\.show(?:Error|Warning|Information)Message$/.test(expression.getText(tree)))
        return [];
      const [message, options] = args;
      const isModal = options !== undefined && /\bmodal: true\b/.test(options.getText(tree));
      return isModal || message === undefined ? [] : [message.getText(tree)];
    });
}

describe('every notification', () => {
  const surfaces = sourceFiles('src/**/*.ts');

  it('is said without links', () => {
    const messages = surfaces.flatMap(({ tree }) => notificationsIn(tree));
    assert.ok(messages.length > 3, messages.join('\n'));
    assert.deepEqual(
      messages.filter((message) => !message.startsWith('unlinked(')),
      [],
    );
  });

  it('of progress, too', () => {
    const started = surfaces.filter(({ tree }) => /ProgressLocation\.Notification/.test(tree.text));
    assert.deepEqual(
      started.map(({ path }) => path),
      ['src/surfaces/commands/progress.ts'],
    );
    for (const { tree } of started) {
      assert.match(tree.text, /title: unlinked\(this\.#title\)/);
      assert.match(tree.text, /report\(unlinked\(message\)\)/);
    }
  });
});
