import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, test, mock } from 'node:test';
import { terminalOn, type Terminal } from '../../../src/cli/terminal.ts';

interface Written {
  readonly terminal: Terminal;
  readonly stop: AbortController;
  readonly written: () => { readonly out: string; readonly err: string };
}

function terminalWith(isTTY: boolean, stdin = new PassThrough()): Written {
  const written = { out: '', err: '' };
  const stop = new AbortController();
  const terminal = terminalOn(
    {
      stdin,
      stdout: { write: (text) => (written.out += text) },
      stderr: { write: (text) => (written.err += text), isTTY },
    },
    stop.signal,
  );
  return { terminal, stop, written: () => ({ ...written }) };
}

/** Longer than what is done at once, on a clock that the tests wind. */
const longMs = 450;
const erased = '\r\u001b[K';

describe('progress', () => {
  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout'] });
  });
  afterEach(() => {
    mock.timers.reset();
  });

  test('is shown for what takes long, and gone before the answer', () => {
    const { terminal, written } = terminalWith(true);
    terminal.progress('Reading prod …');
    mock.timers.tick(longMs);
    assert.deepEqual(written(), { out: '', err: 'Reading prod …' });
    terminal.write('answer\n');
    assert.deepEqual(written(), { out: 'answer\n', err: `Reading prod …${erased}` });
  });

  test('is not shown for what is done at once', () => {
    const { terminal, written } = terminalWith(true);
    terminal.progress('Reading a.yaml …');
    terminal.write('answer\n');
    mock.timers.tick(longMs);
    assert.deepEqual(written(), { out: 'answer\n', err: '' });
  });

  test('takes the place of what was shown before', () => {
    const { terminal, written } = terminalWith(true);
    terminal.progress('Connecting …');
    mock.timers.tick(longMs);
    terminal.progress('Reading …');
    assert.equal(written().err, `Connecting …${erased}Reading …`);
  });

  test('is never written where standard error is a file or a pipe', () => {
    const { terminal, written } = terminalWith(false);
    terminal.progress('Reading …');
    mock.timers.tick(longMs);
    terminal.complain('a.yaml:1:1: warning: what');
    assert.deepEqual(written(), { out: '', err: 'a.yaml:1:1: warning: what\n' });
  });

  test('is erased by Ctrl-C', () => {
    const { terminal, stop, written } = terminalWith(true);
    terminal.progress('Reading …');
    mock.timers.tick(longMs);
    stop.abort();
    assert.equal(written().err, `Reading …${erased}`);
    assert.equal(terminal.signal.aborted, true);
  });
});

describe('standard input', () => {
  test('is read to its end, also where a character is cut in two', async () => {
    const stdin = new PassThrough();
    const { terminal } = terminalWith(false, stdin);
    const read = terminal.readStandardInput();
    const bytes = Buffer.from('name: é\n');
    stdin.write(bytes.subarray(0, 7));
    stdin.end(bytes.subarray(7));
    assert.equal(Buffer.from(await read).toString(), 'name: é\n');
  });

  test('is not waited for after Ctrl-C', async () => {
    const stdin = new PassThrough();
    const { terminal, stop } = terminalWith(false, stdin);
    const read = terminal.readStandardInput();
    stdin.write('kind: Namespace\n');
    stop.abort();
    await assert.rejects(read, { name: 'AbortError' });
    assert.equal(stdin.destroyed, true);
  });
});
