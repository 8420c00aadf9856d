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

  // Named after the product since VS Code 1.110.
  for (const [name, version] of [
    ['Code', 'a current one'],
    ['Electron', 'one before 1.110'],
  ] as const) {
    it(`is found inside an application of macOS, ${version}`, () => {
      const contents = [`${name}.app`, 'Contents'] as const;
      const expected = program(...contents, 'MacOS', name);
      const command = program(...contents, 'Resources', 'app', 'bin', 'code');
      assert.equal(codeProgram(command, 'darwin'), expected);
    });
  }

  it('is found on Windows', () => {
    const expected = program('VS Code', 'Code.exe');
    assert.equal(codeProgram(program('VS Code', 'bin', 'code.cmd'), 'win32'), expected);
  });

  it('is not the one of Windows in its Linux, which cannot open paths of Linux', () => {
    program('mnt', 'Code.exe');
    assert.equal(codeProgram(program('mnt', 'bin', 'code'), 'linux'), undefined);
  });

  it('is not there when nothing on the PATH is called code', () => {
    assert.equal(codeCommand('/nowhere'), undefined);
  });

  it('is not used when only a command is there, as in a remote terminal', () => {
    assert.equal(codeProgram(program('remote-cli', 'bin', 'code')), undefined);
  });
});
