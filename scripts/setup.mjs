// Makes a fresh checkout ready and then runs one of the project's scripts on the Node that the project brings:
//
//   node scripts/setup.mjs [SCRIPT [ARGUMENT...]]
//
// This file is the only one that may run on an older Node (18) and without node_modules: it imports nothing but Node.

import { spawn } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const windows = process.platform === 'win32';
const broughtNode = join(root, 'node_modules', 'node', 'bin', windows ? 'node.exe' : 'node');

/** Ends with one sentence for the person at the terminal. */
function giveUp(sentence) {
  console.error(sentence);
  process.exit(1);
}

function readPackages(lockfile) {
  return JSON.parse(readFileSync(lockfile, 'utf8')).packages ?? {};
}

/**
 * Whether node_modules is what package-lock.json asks for. npm itself writes down what it installed, in
 * node_modules/.package-lock.json, at the end of a complete installation.
 */
function isInstalled() {
  const record = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  const installed = readPackages(record);
  const wanted = Object.entries(readPackages(join(root, 'package-lock.json')));
  return wanted.every(
    ([path, { version, optional }]) =>
      path === '' || (optional && !installed[path]) || installed[path]?.version === version,
  );
}

/** The brought Node is a binary of some 100 MB; an interrupted installation leaves none, or an empty file. */
function hasNode() {
  return existsSync(broughtNode) && statSync(broughtNode).size > 1_000_000;
}

/**
 * Runs a program in the checkout, hands it the terminal and the signals, and resolves to its exit code. npm's shell does not
 * hand on the signal that ends it: a program whose shell has gone is asked to end as well.
 */
function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    const forward = (signal) => child.kill(signal);
    for (const signal of signals) process.on(signal, forward);
    const parent = process.ppid;
    const watch = setInterval(() => {
      if (process.ppid !== parent) child.kill('SIGTERM');
    }, 500);
    child.on('error', (error) => {
      clearInterval(watch);
      reject(error);
    });
    child.on('exit', (code, signal) => {
      clearInterval(watch);
      for (const name of signals) process.off(name, forward);
      resolve(code ?? (signal === 'SIGINT' ? 130 : 1));
    });
  });
}

async function install() {
  console.log('Installing what package-lock.json lists (npm ci) ...');
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  const code = await run('npm', ['ci', ...quiet], { shell: windows }).catch((error) =>
    giveUp(`npm could not be started (${error.message}). Install Node.js with npm and try again.`),
  );
  if (code !== 0) {
    giveUp(
      `npm ci ended with code ${code}: what it printed above says why. ` +
        'If it could not reach the registry, check the network and `npm config get registry`, then run the same command again.',
    );
  }
}

async function main() {
  if (!isInstalled() || !hasNode()) await install();
  if (!hasNode()) {
    giveUp(
      'The npm package "node" did not bring its binary. ' +
        'If install scripts are switched off (`npm config get ignore-scripts`), run `npm rebuild node --ignore-scripts=false` once.',
    );
  }
  const [script, ...args] = process.argv.slice(2);
  if (script === undefined) return;
  const path = [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter);
  process.exitCode = await run(broughtNode, [script, ...args], {
    env: { ...process.env, PATH: path },
  });
}

await main();
