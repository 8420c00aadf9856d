import { spawn, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';

/**
 * The command that runs another one in process, network and mount namespaces of its own. Of these the other one is the
 * first process: when it ends, or when the process that runs this command ends, by a signal or a crash, the kernel ends
 * everything in them, and with the last process the namespaces are gone, with their interfaces, mounts and rules.
 */
export function inOwnNamespaces(command: readonly string[]): readonly [string, ...string[]] {
  const unshare = [
    'unshare',
    '--pid',
    '--fork',
    '--kill-child',
    '--mount-proc',
    '--net',
    '--mount',
  ];
  return ['setpriv', '--pdeathsig', 'KILL', ...unshare, '--', ...command];
}

/** Runs a command in namespaces of its own. */
export function spawnInNamespaces(
  command: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): ChildProcess {
  const [program, ...args] = inOwnNamespaces(command);
  return spawn(program, args, { stdio: 'inherit', env });
}

/**
 * Takes a name that one process of the machine can have at a time, until it ends, however it ends.
 * @returns false if another process has it
 */
export function takeName(name: string): Promise<boolean> {
  const server = createServer().unref();
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(error);
    });
    // An abstract socket: no file stays behind.
    server.listen({ path: `\0${name}` }, () => {
      resolve(true);
    });
  });
}
