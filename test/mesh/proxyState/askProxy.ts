import { readFileSync } from 'node:fs';
import { proxyCommand, proxyQuestions, type ProxyQuestion } from '../../../src/mesh/index.ts';
import { sandboxFile } from '../environment/meshFolder.ts';
import { entering } from '../environment/podSandbox.ts';
import { runToEnd } from '../environment/runProgram.ts';
import type { ReadProxy } from './world.ts';

/** The user of the proxy, as which a command in its container runs. */
const proxyUser = ['--reuid', '1337', '--regid', '1337', '--clear-groups'] as const;

/** What a running proxy answers to each question of the product, asked with the product’s own commands. */
export async function askProxy({
  namespace,
  pod,
  kind,
}: ReadProxy): Promise<Readonly<Record<ProxyQuestion, string>>> {
  const pid = Number(readFileSync(sandboxFile(namespace, pod), 'utf8'));
  const answers = {} as Record<ProxyQuestion, string>;
  for (const question of proxyQuestions) {
    const command = proxyCommand(question, kind);
    const env = { PATH: '/usr/local/bin:/usr/bin:/bin' };
    const ended = await runToEnd([...entering(pid), 'setpriv', ...proxyUser, ...command], { env });
    if (ended.code !== 0) throw new Error(`${command.join(' ')}: ${ended.stdout}${ended.stderr}`);
    answers[question] = ended.stdout;
  }
  return answers;
}

/** What all proxies have acknowledged, asked of istiod on its own port. */
export async function askSyncStatus(): Promise<string> {
  const answer = await fetch('http://127.0.0.1:15014/debug/syncz');
  return await answer.text();
}
