import assert from 'node:assert/strict';
import * as vscode from 'vscode';

/** What a person was shown. */
export interface Shown {
  readonly kind: 'information' | 'warning' | 'error' | 'pick' | 'input';
  readonly text: string;
  readonly detail: string;
  readonly choices: readonly string[];
}

/** A button, labels to pick, or text to type; undefined to dismiss. */
export type Answer = string | readonly string[] | undefined;

/** A person who answers the extension's questions in place of VS Code's dialogs, until `leave`. */
export interface Person {
  readonly shown: readonly Shown[];
  /** The last message of a kind; fails if there was none. */
  last(kind: Shown['kind']): Shown;
  leave(): void;
}

/** A person with prepared answers, in the order of the questions. Messages that do not offer the next answer are left alone. */
export function person(...answers: readonly Answer[]): Person {
  const rest = [...answers];
  const someone = answering(({ kind, choices }) => {
    if (kind === 'pick' || kind === 'input') return rest.shift();
    const [next] = rest;
    return typeof next === 'string' && choices.includes(next) ? rest.shift() : undefined;
  });
  return {
    ...someone,
    leave: () => {
      someone.leave();
      assert.deepEqual(rest, [], 'answers that nobody asked for');
    },
  };
}

/** A person who looks at each question and then answers. */
export function answering(answer: (shown: Shown) => Answer): Person {
  const shown: Shown[] = [];
  const reply = (one: Shown): Answer => {
    shown.push(one);
    return answer(one);
  };
  const before = { ...vscode.window };
  Object.assign(vscode.window, {
    showInformationMessage: message('information', reply),
    showWarningMessage: message('warning', reply),
    showErrorMessage: message('error', reply),
    showQuickPick: quickPick(reply),
    createQuickPick: () => createdQuickPick(reply),
    showInputBox: ({ title = '', value = '' }: vscode.InputBoxOptions) =>
      Promise.resolve(reply({ kind: 'input', text: title, detail: value, choices: [] })),
  });
  const { showInformationMessage, showWarningMessage, showErrorMessage } = before;
  const { showQuickPick, showInputBox, createQuickPick } = before;
  const own = {
    showInformationMessage,
    showWarningMessage,
    showErrorMessage,
    showQuickPick,
    showInputBox,
    createQuickPick,
  };
  return {
    shown,
    last: (kind) => {
      const found = shown.findLast((one) => one.kind === kind);
      assert.ok(found, `No ${kind} was shown, only: ${JSON.stringify(shown)}`);
      return found;
    },
    leave: () => Object.assign(vscode.window, own),
  };
}

type Reply = (one: Shown) => Answer;

function message(kind: Shown['kind'], reply: Reply) {
  return (text: string, ...more: readonly unknown[]) => {
    const [first] = more;
    const options = typeof first === 'object' ? (first as vscode.MessageOptions) : undefined;
    const choices = more.filter((one): one is string => typeof one === 'string');
    return Promise.resolve(reply({ kind, text, detail: options?.detail ?? '', choices }));
  };
}

/** A list that is made first and shown later: it is answered when it is shown. */
function createdQuickPick(reply: Reply) {
  const listeners = {
    accept: (): void => undefined,
    hide: (): void => undefined,
    type: undefined as ((text: string) => void) | undefined,
  };
  const pick = {
    items: [] as readonly vscode.QuickPickItem[],
    placeholder: '',
    activeItems: [] as readonly vscode.QuickPickItem[],
    selectedItems: [] as readonly vscode.QuickPickItem[],
    value: '',
    onDidChangeValue: (type: (text: string) => void) => (listeners.type = type),
    onDidAccept: (accept: () => void) => (listeners.accept = accept),
    onDidHide: (hide: () => void) => (listeners.hide = hide),
    hide: () => {
      listeners.hide();
    },
    dispose: () => undefined,
    show: () => {
      const { items, placeholder } = pick;
      // What is none of the labels is typed, and then the first item is taken.
      const typed = (one: Shown): Answer => {
        const answer = reply(one);
        if (typeof answer !== 'string' || one.choices.includes(answer)) return answer;
        listeners.type?.(answer);
        return listeners.type === undefined ? answer : pick.items[0]?.label;
      };
      const offered = (): Items => pick.items;
      void quickPickOf(typed, offered)(items, { placeHolder: placeholder }).then((picked) => {
        if (picked !== undefined && !Array.isArray(picked)) pick.selectedItems = [picked];
        if (pick.selectedItems.length > 0) listeners.accept();
        else listeners.hide();
      });
    },
  };
  return pick;
}

type Items = readonly vscode.QuickPickItem[];

function quickPick(reply: Reply) {
  return quickPickOf(reply, undefined);
}

/** `now` tells the items once it was typed in the list; the same as before without it. */
function quickPickOf(reply: Reply, now: (() => Items) | undefined) {
  return async (offered: Items | Promise<Items>, options: vscode.QuickPickOptions = {}) => {
    const items = await offered;
    const choices = items.map(({ label }) => label);
    const detail = items.map((item) => item.detail ?? '').join('\n');
    const answer = reply({ kind: 'pick', text: options.placeHolder ?? '', detail, choices });
    if (answer === undefined) return undefined;
    const picked = (typeof answer === 'string' ? [answer] : answer).map((label) => {
      const item = (now?.() ?? items).find((one) => one.label === label);
      assert.ok(item, `"${label}" is not offered, only: ${choices.join(', ')}`);
      return item;
    });
    return options.canPickMany === true ? picked : picked[0];
  };
}
