// node scripts/recordProxies.ts
//
// Records what the proxies of a real mesh answer, in every mode, for test/unit/mesh/proxy.

import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { prepareMesh } from './mesh/prepare.ts';
import { inProject, outFolder } from './project.ts';

const prepared = await prepareMesh(new AbortController().signal);
if (prepared.kind !== 'ready') throw new Error(prepared.why);
mkdirSync(outFolder, { recursive: true });
const record = inProject('test', 'mesh', 'proxyState', 'record.ts');
const command = [inProject('scripts', 'testMesh.ts'), process.execPath, record];
const env = { ...process.env, ...prepared.env };
const { status } = spawnSync(process.execPath, command, { stdio: 'inherit', env });
process.exitCode = status ?? 1;
