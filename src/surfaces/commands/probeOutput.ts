import * as vscode from 'vscode';
import type { Disposable } from '../platform/disposables.ts';

/** The output channel of the probes; made when the first probe runs. */
export class ProbeOutput implements Disposable {
  #channel: vscode.OutputChannel | undefined;

  /** Appends a block and brings it into view without taking the focus. */
  append(text: string): void {
    this.#channel ??= vscode.window.createOutputChannel('Istio mTLS Probe');
    this.#channel.appendLine(text);
    this.#channel.show(true);
  }

  dispose(): void {
    this.#channel?.dispose();
    this.#channel = undefined;
  }
}
