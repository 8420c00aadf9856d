import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { CommandId, Settings } from '../../../src/contributions.ts';
import { activate, row, rowReads, rows, demoContext, viewMessage } from '../support/meshRows.ts';
import { answering, person } from '../support/person.ts';
import { lastReport, probe, probeMatrix } from '../support/probes.ts';

async function set<Key extends keyof Settings>(
  key: Key,
  value: Settings[Key] | undefined,
): Promise<void> {
  await vscode.workspace.getConfiguration().update(key, value, vscode.ConfigurationTarget.Global);
}

/** Runs a command and returns the one error that it ended in. */
async function errorOf(command: CommandId, ...args: readonly unknown[]): Promise<string> {
  const someone = person();
  await vscode.commands.executeCommand(command, ...args);
  someone.leave();
  const errors = someone.shown.filter(({ kind }) => kind === 'error').map(({ text }) => text);
  assert.equal(errors.length, 1, `errors: ${errors.join(' | ')}`);
  return errors[0] ?? '';
}

function kubeconfigFor(server: string): string {
  return `apiVersion: v1
kind: Config
current-context: there
contexts: [{ name: there, context: { cluster: there, user: me } }]
clusters: [{ name: there, cluster: { server: '${server}' } }]
users: [{ name: me, user: { token: secret-canary } }]
`;
}

/** A port of this machine on which nothing listens. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('a kubeconfig that cannot be used ends in one sentence in the Mesh view', () => {
  const folder = mkdtempSync(join(tmpdir(), 'istio-mtls-bad-'));

  before(activate);
  after(async () => {
    await set('istioMtls.kubeconfig', undefined);
    await vscode.commands.executeCommand('istioMtls.disconnect');
    rmSync(folder, { recursive: true, force: true });
  });

  async function onlyRow(): Promise<string> {
    await vscode.commands.executeCommand('istioMtls.reconnect');
    const all = await rows();
    assert.equal(all.length, 1);
    assert.match(all[0]?.item.contextValue ?? '', /;reconnect;/);
    const sentence = all[0]?.item.description;
    assert.equal(viewMessage(), sentence);
    return typeof sentence === 'string' ? sentence : '';
  }

  it('because it is a directory', async () => {
    await set('istioMtls.kubeconfig', folder);
    assert.match(
      await onlyRow(),
      /^The kubeconfig .* cannot be used: it is a directory, not a file\.$/,
    );
  });

  it('because it is not YAML, with the line', async () => {
    const file = join(folder, 'broken');
    writeFileSync(file, 'apiVersion: v1\nkind: Config\ncontexts: [\n');
    await set('istioMtls.kubeconfig', file);
    assert.match(await onlyRow(), /broken:\d+ cannot be used: it is not valid YAML/);
  });

  it('because its server cannot be reached, without its token', async () => {
    const file = join(folder, 'unreachable');
    writeFileSync(file, kubeconfigFor(`https://127.0.0.1:${await closedPort()}`));
    await set('istioMtls.kubeconfig', file);
    await vscode.commands.executeCommand('istioMtls.reconnect');
    const [only] = await rows();
    assert.equal(only?.item.description, 'not connected');
    const sentence = viewMessage();
    assert.match(sentence, /127\.0\.0\.1/);
    assert.doesNotMatch(sentence, /canary/);
  });

  it('and is offered instead of a context', async () => {
    await set('istioMtls.kubeconfig', folder);
    assert.match(await errorOf('istioMtls.selectContext'), /is a directory, not a file/);
  });

  for (const [what, name] of [
    ['is no kubeconfig at all', 'missing'],
    ['is an empty one', 'empty'],
  ] as const) {
    it(`and shows the welcome when there ${what}`, async () => {
      const file = join(folder, name);
      if (name === 'empty') writeFileSync(file, '');
      await set('istioMtls.kubeconfig', file);
      await vscode.commands.executeCommand('istioMtls.reconnect');
      assert.deepEqual(await rows(), []);
      assert.match(await errorOf('istioMtls.probeMatrix'), /^No kubeconfig was found/);
    });
  }
});

describe('a request that cannot work ends in one sentence', () => {
  before(async () => {
    await activate();
    await vscode.commands.executeCommand('istioMtls.startDemo');
    await rowReads([demoContext, 'foo', 'httpbin'], /PERMISSIVE|STRICT/);
  });
  after(() => vscode.commands.executeCommand('istioMtls.disconnect'));

  it('when a workload of the root namespace is to be STRICT', async () => {
    const { node } = await row(demoContext, 'istio-system', 'istiod');
    const sentence = await errorOf('istioMtls.enforceStrict', node);
    assert.match(sentence, /^Istio ignores policies for single workloads in the root namespace/);
  });

  it('when the root namespace is to be STRICT as if it were only a namespace', async () => {
    const { node } = await row(demoContext, 'istio-system');
    assert.match(await errorOf('istioMtls.enforceStrict', node), /would govern the whole mesh/);
  });

  it('when a workload is gone', async () => {
    const { node } = await row(demoContext, 'foo', 'httpbin');
    assert.equal(node.kind, 'workload');
    const gone = { ...node, workload: { kind: 'Deployment', namespace: 'foo', name: 'gone' } };
    assert.match(await errorOf('istioMtls.enforceStrict', gone), /foo\/gone is not there any more/);
  });

  it('when the change to undo is not known', async () => {
    assert.match(
      await errorOf('istioMtls.undo', 'no-such-entry'),
      /not in the journal any more\.$/,
    );
  });

  it('but a pod that was replaced while the person typed is no matter: the new one is asked', async () => {
    const { node } = await row(demoContext, 'bookinfo', 'sleep');
    const someone = answering(({ kind }) => {
      if (kind === 'warning') return 'Bring into the Mesh';
      return kind === 'pick' ? 'Another URL…' : undefined;
    });
    // While the person types the URL, somebody else replaces the pod.
    const showInputBox = async (): Promise<string> => {
      await vscode.commands.executeCommand('istioMtls.bringIntoMesh', node);
      await rowReads([demoContext, 'bookinfo', 'sleep'], /^sleep PERMISSIVE · Istio default$/);
      return 'http://ratings.bookinfo:9080/ratings/7';
    };
    Object.assign(vscode.window, { showInputBox });
    await vscode.commands.executeCommand('istioMtls.probeFrom', node);
    someone.leave();
    assert.match(lastReport(), /Verdict: {3}As predicted: Mutual TLS/);
  });

  it('when the probed service does not exist', async () => {
    const report = await probe('legacy/sleep', 'http://nobody.foo:8000/');
    assert.match(report, /exit code 6/);
    assert.match(
      report,
      /Verdict: {3}Inconclusive: the name nobody\.foo is not known in the client's pod\.$/m,
    );
  });

  it('but a path with spaces is sent as a browser would send it', async () => {
    const report = await probe('legacy/sleep', 'http://httpbin.foo:8000/headers?with a space');
    assert.match(report, /^To: +http:\/\/httpbin\.foo:8000\/headers\?with%20a%20space$/m);
    assert.match(report, /HTTP 200/);
    const matrix = await probeMatrix(['legacy/sleep'], ['httpbin.foo:8000'], '/headers?a b');
    assert.match(matrix, /^legacy\/sleep → \S+ {2}200$/m);
  });

  it('when a probe is declined, silently', async () => {
    const someone = answering(() => undefined);
    await vscode.commands.executeCommand('istioMtls.probe');
    someone.leave();
    assert.deepEqual(
      someone.shown.map(({ kind }) => kind),
      ['pick'],
    );
  });

  it('and writes nothing when the confirmation is declined', async () => {
    const someone = answering(() => undefined);
    const { node } = await row(demoContext, 'foo');
    await vscode.commands.executeCommand('istioMtls.enforceStrict', node);
    someone.leave();
    assert.deepEqual(
      someone.shown.map(({ kind }) => kind),
      ['warning'],
    );
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    assert.ok(tabs.every(({ label }) => !label.startsWith('Enforce STRICT')));
    await rowReads([demoContext, 'foo'], /^foo PERMISSIVE · Istio default/);
  });
});
