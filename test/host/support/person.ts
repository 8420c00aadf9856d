import assert from 'node:assert/strict';
import * as vscode from 'vscode';

/** What a person was shown, and how they answered. */
export interface Shown {
  readonly kind: 'information' | 'warning' | 'error' | 'pick' | 'input';
  readonly text: string;
  readonly detail: string;
  readonly choices: readonly string[];
}

/** Answers in the order of the questions: a button, labels to pick, or text to type; undefined to dismiss. */
export type Answer = string | readonly string[] | undefined;

/** A person who answers the extension's questions with prepared answers; toasts without one are left alone. */
export interface Person {
  readonly shown: readonly Shown[];
  /** The last message of a kind. */
  last(kind: Shown['kind']): Shown;
  /** Gives VS Code its own dialogs back; fails if an answer was not asked for. */
  leave(): void;
}

type Window = Pick<
  typeof vscode.window,
  | 'showInformationMessage'
  | 'showWarningMessage'
  | 'showErrorMessage'
  | 'showQuickPick'
  | 'showInputBox'
>;

/** Stands in for the dialogs of VS Code until `leave`. */
export function person(...answers: readonly Answer[]): Person {
  const rest = [...answers];
  const shown: Shown[] = [];
  const {
    showInformationMessage,
    showWarningMessage,
    showErrorMessage,
    showQuickPick,
    showInputBox,
  } = vscode.window;
  const before: Window = {
    showInformationMessage,
    showWarningMessage,
    showErrorMessage,
    showQuickPick,
    showInputBox,
  };
  const message =
    (kind: Shown['kind']) =>
    (text: string, ...more: readonly unknown[]) => {
      const one = messageOf(kind, text, more);
      shown.push(one);
      const next = rest[0];
      if (typeof next !== 'string' || !one.choices.includes(next))
        return Promise.resolve(undefined);
      rest.shift();
      return Promise.resolve(next);
    };
  Object.assign(vscode.window, {
    showInformationMessage: message('information'),
    showWarningMessage: message('warning'),
    showErrorMessage: message('error'),
    showQuickPick: async (
      offered: readonly vscode.QuickPickItem[] | Promise<readonly vscode.QuickPickItem[]>,
      options: vscode.QuickPickOptions = {},
    ) => {
      const items = await offered;
      const choices = items.map(({ label }) => label);
      shown.push({ kind: 'pick', text: options.placeHolder ?? '', detail: '', choices });
      return pick(items, rest.shift(), options);
    },
    showInputBox: (options: vscode.InputBoxOptions) => {
      shown.push({
        kind: 'input',
        text: options.title ?? '',
        detail: options.value ?? '',
        choices: [],
      });
      return Promise.resolve(rest.shift());
    },
  });
  return {
    shown,
    last: (kind) => {
      const found = shown.findLast((one) => one.kind === kind);
      assert.ok(found, `No ${kind} was shown, only: ${JSON.stringify(shown)}`);
      return found;
    },
    leave: () => {
      Object.assign(vscode.window, before);
      assert.deepEqual(rest, [], 'answers that nobody asked for');
    },
  };
}

function messageOf(kind: Shown['kind'], text: string, more: readonly unknown[]): Shown {
  const [first] = more;
  const options = typeof first === 'object' ? (first as vscode.MessageOptions) : undefined;
  const choices = more.filter((one): one is string => typeof one === 'string');
  return { kind, text, detail: options?.detail ?? '', choices };
}

function pick(
  items: readonly vscode.QuickPickItem[],
  answer: Answer,
  { canPickMany }: vscode.QuickPickOptions,
): vscode.QuickPickItem | readonly vscode.QuickPickItem[] | undefined {
  if (answer === undefined) return undefined;
  const labels = typeof answer === 'string' ? [answer] : answer;
  const found = labels.map((label) => {
    const item = items.find((one) => one.label === label);
    assert.ok(item, `"${label}" is not offered, only: ${items.map((one) => one.label).join(', ')}`);
    return item;
  });
  return canPickMany === true ? found : found[0];
}
