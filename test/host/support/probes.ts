import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { answering, person } from './person.ts';

/** What was appended to the probe channel, newest last; caught when this file is loaded, before the channel is made. */
const reports: string[] = [];

const createOutputChannel = vscode.window.createOutputChannel.bind(vscode.window);
Object.assign(vscode.window, {
  createOutputChannel: (name: string, options: { readonly log: true }) => {
    const channel = createOutputChannel(name, options);
    if (name !== 'Istio mTLS Probe') return channel;
    const appendLine = channel.appendLine.bind(channel);
    return Object.assign(channel, {
      appendLine: (text: string) => {
        reports.push(text);
        appendLine(text);
      },
    });
  },
});

/** What the newest probe printed. */
export function lastReport(): string {
  return reports.at(-1) ?? '';
}

/** Runs a probe as a person does from the palette, in the place that is offered first. `from` is `namespace/workload`. */
export async function probe(from: string, url: string): Promise<string> {
  const count = reports.length;
  const someone = answering(({ kind, text, choices }) => {
    if (kind === 'input') return url;
    if (kind !== 'pick') return undefined;
    if (text.startsWith('From')) return from;
    return text.startsWith('To') ? 'Another URL…' : choices[0];
  });
  await vscode.commands.executeCommand('istioMtls.probe');
  someone.leave();
  const errors = someone.shown.filter(({ kind }) => kind === 'error').map(({ text }) => text);
  assert.deepEqual(errors, []);
  const report = reports[count];
  assert.ok(report !== undefined, 'nothing was printed');
  return report;
}

/** Runs a matrix of probes and returns the table. */
export async function probeMatrix(
  clients: readonly string[],
  servers: readonly string[],
): Promise<string> {
  const count = reports.length;
  const someone = person(clients, servers, '/headers');
  await vscode.commands.executeCommand('istioMtls.probeMatrix');
  someone.leave();
  const report = reports[count];
  assert.ok(report !== undefined, 'nothing was printed');
  return report;
}

/** Runs a probe from the palette that a person calls off as soon as it runs. */
export async function cancelledProbe(from: string, url: string): Promise<void> {
  const withProgress = vscode.window.withProgress.bind(vscode.window);
  const cancelling: typeof withProgress = (options, task) =>
    withProgress(options, async (progress) => {
      const source = new vscode.CancellationTokenSource();
      const timer = setTimeout(() => {
        source.cancel();
      }, 300);
      try {
        return await task(progress, source.token);
      } finally {
        clearTimeout(timer);
        source.dispose();
      }
    });
  const someone = answering(({ kind, text, choices }) => {
    if (kind === 'input') {
      Object.assign(vscode.window, { withProgress: cancelling });
      return url;
    }
    if (kind !== 'pick') return undefined;
    if (text.startsWith('From')) return from;
    return text.startsWith('To') ? 'Another URL…' : choices[0];
  });
  await vscode.commands.executeCommand('istioMtls.probe');
  Object.assign(vscode.window, { withProgress });
  someone.leave();
  const errors = someone.shown.filter(({ kind }) => kind === 'error').map(({ text }) => text);
  assert.deepEqual(errors, []);
}

/** How many probes have printed something. */
export function reportCount(): number {
  return reports.length;
}
