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

/** Runs a probe as a person does from the palette. `from` is `namespace/workload`. */
export async function probe(from: string, url: string): Promise<string> {
  const count = reports.length;
  const someone = answering(({ kind, text }) => {
    if (kind === 'input') return url;
    if (kind !== 'pick') return undefined;
    if (text.startsWith('From')) return from;
    return 'Another URL…';
  });
  await vscode.commands.executeCommand('istioMtls.probe');
  someone.leave();
  const errors = someone.shown.filter(({ kind }) => kind === 'error').map(({ text }) => text);
  assert.deepEqual(errors, []);
  const report = reports[count];
  assert.ok(report !== undefined, 'nothing was printed');
  return report;
}

/** Runs a matrix of probes and returns the log of it. */
export async function probeMatrix(
  clients: readonly string[],
  servers: readonly string[],
  path = '/headers',
): Promise<string> {
  const count = reports.length;
  const someone = person(clients, servers, path);
  await vscode.commands.executeCommand('istioMtls.probeMatrix');
  someone.leave();
  const report = reports[count];
  assert.ok(report !== undefined, 'nothing was printed');
  return report;
}

/** What came back, by client, in the order of `servers`: a probe is a line of the log. */
export function answersByClient(
  report: string,
  servers: readonly string[],
): Readonly<Record<string, readonly string[]>> {
  const answers: Record<string, string[]> = {};
  for (const [, client = '', url = '', answer = ''] of report.matchAll(
    /^(\S+) → (\S+) {2}(\S+)$/gm,
  )) {
    const at = servers.findIndex((server) => url.includes(`//${server}/`));
    if (at >= 0) (answers[client] ??= servers.map(() => ''))[at] = answer;
  }
  return answers;
}

/** VS Code's progress, with a person who calls it off after `ms` milliseconds. */
function cancelledAfter(ms: number): typeof vscode.window.withProgress {
  const withProgress = vscode.window.withProgress.bind(vscode.window);
  return (options, task) =>
    withProgress(options, async (progress) => {
      const source = new vscode.CancellationTokenSource();
      const timer = setTimeout(() => {
        source.cancel();
      }, ms);
      try {
        return await task(progress, source.token);
      } finally {
        clearTimeout(timer);
        source.dispose();
      }
    });
}

/** Runs a matrix of `clients` × `servers` that a person calls off after `ms` milliseconds, and returns what was printed. */
export async function cancelledMatrix(
  chosen: { readonly clients: readonly string[]; readonly servers: readonly string[] },
  path: string,
  ms: number,
): Promise<string> {
  const count = reports.length;
  const withProgress = vscode.window.withProgress.bind(vscode.window);
  Object.assign(vscode.window, { withProgress: cancelledAfter(ms) });
  const someone = person(chosen.clients, chosen.servers, path);
  await vscode.commands.executeCommand('istioMtls.probeMatrix');
  Object.assign(vscode.window, { withProgress });
  someone.leave();
  assert.equal(reports.length, count + 1);
  return lastReport();
}

/** Runs a probe from the palette that a person calls off as soon as it runs. */
export async function cancelledProbe(from: string, url: string): Promise<void> {
  const withProgress = vscode.window.withProgress.bind(vscode.window);
  const someone = answering(({ kind, text }) => {
    if (kind === 'input') {
      Object.assign(vscode.window, { withProgress: cancelledAfter(300) });
      return url;
    }
    if (kind !== 'pick') return undefined;
    if (text.startsWith('From')) return from;
    return 'Another URL…';
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
