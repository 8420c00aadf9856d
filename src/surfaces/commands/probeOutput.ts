import * as vscode from 'vscode';
import type { CommandId } from '../../contributions.ts';
import type { Disposable } from '../platform/disposables.ts';
import { unlinked } from '../platform/notification.ts';
import type { ProbeStatus } from './probeReport.ts';

const SHOW: CommandId = 'istioMtls.showProbes';

const icons: Readonly<Record<ProbeStatus['kind'], string>> = {
  'as-predicted': 'pass',
  contradicts: 'warning',
  open: 'question',
};

/** Where probes tell what they saw: an output channel, and the last verdict in the status bar. Made when the first probe runs. */
export class ProbeOutput implements Disposable {
  #channel: vscode.OutputChannel | undefined;
  #item: vscode.StatusBarItem | undefined;

  /** Appends a block and brings it into view without taking the focus. */
  append(text: string, status?: ProbeStatus): void {
    this.#opened().appendLine(text);
    this.show();
    if (status !== undefined) this.#showStatus(status);
  }

  show(): void {
    this.#opened().show(true);
  }

  dispose(): void {
    this.#channel?.dispose();
    this.#item?.dispose();
    this.#channel = undefined;
    this.#item = undefined;
  }

  #opened(): vscode.OutputChannel {
    return (this.#channel ??= vscode.window.createOutputChannel('Istio mTLS Probe'));
  }

  #showStatus({ kind, words, tooltip }: ProbeStatus): void {
    const item = (this.#item ??= newItem());
    item.text = `$(${icons[kind]}) Probe: ${words}`;
    item.tooltip = unlinked(tooltip);
    item.backgroundColor =
      kind === 'contradicts' ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    item.show();
  }
}

function newItem(): vscode.StatusBarItem {
  const item = vscode.window.createStatusBarItem('istioMtls.probe', vscode.StatusBarAlignment.Left);
  item.name = 'Istio mTLS Probe';
  item.command = SHOW;
  return item;
}
