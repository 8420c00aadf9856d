import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A process of the bench that answers one question at a time. */
export interface Child<Question> {
  /** Rejects when the process ends, fails, or does not answer within the limit. */
  ask(question: Question): Promise<unknown>;
  dispose(): Promise<void>;
}

const answerWithinMs = 90_000;

/** Starts a file of this folder as a process of its own. */
export function startChild<Question extends object>(
  file: string,
  nodeFlags: readonly string[] = [],
): Child<Question> {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const child = fork(path, { execArgv: [...nodeFlags] });
  return {
    ask: (question) => ask(child, question),
    dispose: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}

async function ask(child: ChildProcess, question: object): Promise<unknown> {
  const asked = new AbortController();
  const signal = AbortSignal.any([asked.signal, AbortSignal.timeout(answerWithinMs)]);
  const ended = once(child, 'exit', { signal }).then(() => {
    throw new Error('a process of the bench ended before it answered');
  });
  const answered = once(child, 'message', { signal });
  child.send(question);
  try {
    const [answer] = (await Promise.race([answered, ended])) as [Answer];
    if ('error' in answer) throw new Error(answer.error);
    return answer.value;
  } finally {
    asked.abort();
    ended.catch(() => undefined);
    answered.catch(() => undefined);
  }
}

type Answer = { readonly value: unknown } | { readonly error: string };
