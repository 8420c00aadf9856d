import { readFileSync, readdirSync } from 'node:fs';

/** The processes that a process started, and those that these started. */
export function descendants(pid: number): readonly number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), parent: parentOf(Number(name)) }));
  const found: number[] = [];
  const pending = [pid];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const children = parents.filter(({ parent }) => parent === next).map((each) => each.pid);
    found.push(...children);
    pending.push(...children);
  }
  return found;
}

function parentOf(pid: number): number | undefined {
  const match = /^PPid:\s+(\d+)/m.exec(readProc(pid, 'status'));
  return match === null ? undefined : Number(match[1]);
}

/** Whether a process is there; one that has ended and waits to be asked how is not. */
export function isRunning(pid: number): boolean {
  return !/^State:\s+Z/m.test(readProc(pid, 'status')) && readProc(pid, 'status') !== '';
}

/** The command line of a process. */
export function commandOf(pid: number): string {
  return readProc(pid, 'cmdline').replaceAll('\0', ' ');
}

/** Empty if the process has gone. */
function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
