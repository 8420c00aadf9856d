import { visibleText } from '../mesh/model/visibleText.ts';
import { exitCodes } from './exitCode.ts';

/** The process around a command: where its answer, its problems and its progress go. */
export interface Terminal {
  /** Writes the answer. */
  readonly write: (text: string) => void;
  /** Writes one line about a problem. */
  readonly complain: (line: string) => void;
  /** Shows what is being waited for; nothing unless standard error is a terminal. */
  readonly progress: (text: string) => void;
  readonly readStandardInput: () => Promise<string>;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

export function processTerminal(): Terminal {
  const stop = new AbortController();
  process.once('SIGINT', () => {
    stop.abort();
    // What does not listen to the signal, such as a read from a terminal, is not waited for.
    setTimeout(() => process.exit(exitCodes.interrupted), 500).unref();
  });
  const interactive = process.stderr.isTTY;
  let shown = '';
  const clear = (): void => {
    if (shown !== '') process.stderr.write('\r\u001b[K');
    shown = '';
  };
  return {
    write: (text) => {
      clear();
      process.stdout.write(text);
    },
    complain: (line) => {
      clear();
      process.stderr.write(`${visibleText(line)}\n`);
    },
    progress: (text) => {
      if (!interactive) return;
      clear();
      process.stderr.write(text);
      shown = text;
    },
    readStandardInput,
    signal: stop.signal,
  };
}

async function readStandardInput(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
