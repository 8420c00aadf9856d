import { addAbortSignal, type Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { visibleText } from '../mesh/index.ts';
import { exitCodes } from './exitCode.ts';

/** The process around a command: where its answer, its problems and its progress go. */
export interface Terminal {
  /** Writes the answer. */
  readonly write: (answer: string) => void;
  /** Writes one line about a problem. */
  readonly complain: (sentence: string) => void;
  /** Shows what is being waited for, once it takes long; nothing unless standard error is a terminal. */
  readonly progress: (doing: string) => void;
  /** Standard input to its end; fails when the signal is aborted. */
  readonly readStandardInput: () => Promise<Uint8Array>;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** Standard input, output and error, as far as they are used. */
export interface Streams {
  readonly stdin: Readable;
  readonly stdout: { readonly write: (text: string) => unknown };
  readonly stderr: { readonly write: (text: string) => unknown; readonly isTTY: boolean };
}

/** What is done sooner than this needs no progress. */
const PATIENCE_MS = 300;

/** The terminal of this process. Its first Ctrl-C stops the command. */
export function processTerminal(): Terminal {
  const stop = new AbortController();
  const terminal = terminalOn(process, stop.signal);
  process.once('SIGINT', () => {
    stop.abort();
    // What does not listen to the signal, such as a read from a terminal, is not waited for.
    setTimeout(() => process.exit(exitCodes.interrupted), 500).unref();
  });
  return terminal;
}

/** A terminal on any streams; aborting the signal clears what it shows. */
export function terminalOn({ stdin, stdout, stderr }: Streams, signal: AbortSignal): Terminal {
  const line = stderr.isTTY ? progressLine(stderr.write.bind(stderr)) : noProgress;
  signal.addEventListener('abort', line.clear);
  return {
    write: (answer) => {
      line.clear();
      stdout.write(answer);
    },
    complain: (sentence) => {
      line.clear();
      stderr.write(`${visibleText(sentence)}\n`);
    },
    progress: line.show,
    readStandardInput: () => buffer(addAbortSignal(signal, stdin)),
    signal,
  };
}

interface ProgressLine {
  readonly show: (text: string) => void;
  readonly clear: () => void;
}

const noProgress: ProgressLine = { show: () => undefined, clear: () => undefined };

function progressLine(write: (text: string) => unknown): ProgressLine {
  let waiting: NodeJS.Timeout | undefined;
  let isShown = false;
  const clear = (): void => {
    clearTimeout(waiting);
    if (isShown) write('\r\u001b[K');
    isShown = false;
  };
  const show = (doing: string): void => {
    const isLong = isShown;
    clear();
    const print = (): void => {
      write(visibleText(doing));
      isShown = true;
    };
    if (isLong) print();
    else waiting = setTimeout(print, PATIENCE_MS).unref();
  };
  return { show, clear };
}
