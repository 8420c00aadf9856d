import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';

/** What a tutorial prints on a terminal at one step: `test/fixtures/transcripts/NAME.txt`. */
export function transcript(name: string): string {
  const { extensionPath = '' } =
    vscode.extensions.getExtension('istio-mtls.istio-mtls') ?? ({} as { extensionPath?: string });
  return readFileSync(join(extensionPath, 'test/fixtures/transcripts', `${name}.txt`), 'utf8');
}

/** A matrix of probes as the tutorial's loop over `kubectl exec … curl -w "sleep.foo to httpbin.bar: %{http_code}"` prints it. */
export function loopTranscript(
  matrix: Readonly<Record<string, readonly string[]>>,
  servers: readonly string[],
): string {
  const lines = Object.entries(matrix).flatMap(([client, cells]) =>
    servers.flatMap((server, index) => {
      const pair = `${shortName(client)} to ${server.replace(/:\d+$/, '')}`;
      return cellLines(pair, (cells[index] ?? '').replace('*', ''));
    }),
  );
  return lines.map((line) => `${line}\n`).join('');
}

/** `foo/sleep` is `sleep.foo` in the tutorials. */
function shortName(client: string): string {
  return client.split('/').reverse().join('.');
}

/** A cell is an HTTP status or, without an HTTP answer, curl's exit code. */
function cellLines(pair: string, cell: string): readonly string[] {
  return cell.length === 3
    ? [`${pair}: ${cell}`]
    : [`${pair}: 000`, `command terminated with exit code ${cell}`];
}

/** What one probe that failed prints on a terminal: curl's own complaint, then kubectl's. */
export function failureTranscript(report: string): string {
  const [, exitCode = ''] = /exit code (\d+)/.exec(report) ?? [];
  const [complaint = ''] = /curl: \(\d+\).*/.exec(report) ?? [];
  return `${complaint}\ncommand terminated with exit code ${exitCode}\n`;
}
