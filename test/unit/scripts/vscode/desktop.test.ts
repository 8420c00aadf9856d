import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { codeCommand, codeProgram } from '../../../../scripts/vscode/desktop.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'istio-mtls-desktop-')));
after(() => {
  rmSync(folder, { recursive: true });
});

function program(...path: readonly string[]): string {
  const file = join(folder, ...path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, '', { mode: 0o755 });
  return file;
}

describe('an installed VS Code', () => {
  it('is found through a link on the PATH, as packages for Linux make it', () => {
    const expected = program('share', 'code', 'code');
    const command = program('share', 'code', 'bin', 'code');
    mkdirSync(join(folder, 'bin'));
    symlinkSync(command, join(folder, 'bin', 'code'));
    const found = codeCommand(`/nowhere:${join(folder, 'bin')}`);
    assert.equal(found, join(folder, 'bin', 'code'));
    assert.equal(codeProgram(found), expected);
  });

  it('is found inside an application of macOS', () => {
    const expected = program('Visual Studio Code.app', 'Contents', 'MacOS', 'Electron');
    const command = program(
      'Visual Studio Code.app',
      'Contents',
      'Resources',
      'app',
      'bin',
      'code',
    );
    assert.equal(codeProgram(command), expected);
  });

  it('is not there when nothing on the PATH is called code', () => {
    assert.equal(codeCommand('/nowhere'), undefined);
  });

  it('is not used when only a command is there, as in a remote terminal', () => {
    assert.equal(codeProgram(program('remote-cli', 'bin', 'code')), undefined);
  });
});
