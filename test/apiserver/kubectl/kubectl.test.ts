import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { after, describe, test } from 'node:test';
import { promisify } from 'node:util';
import * as signIn from './signIn.ts';
import { bundledSignIn } from './bundledSignIn.ts';
import { clientCertificate } from '../../support/kubernetes/certificates.ts';
import { authenticationShapes } from './authenticationShapes.ts';
import { brokenShapes } from './brokenShapes.ts';
import { connectionShapes } from './connectionShapes.ts';
import { mergingShapes } from './mergingShapes.ts';
import { shapeKit, type Shape } from './shape.ts';
import { startWitness } from './witness.ts';

const run = promisify(execFile);
const witness = await startWitness();
const folder = await mkdtemp(join(tmpdir(), 'istio-mtls-kubeconfig-'));
after(async () => {
  await witness.dispose();
  await rm(folder, { recursive: true, force: true });
});

const kit = shapeKit(
  witness,
  await clientCertificate(witness.authority, { name: 'alice' }),
  await clientCertificate(witness.authority, { name: 'bob' }),
);
const table = [
  ...authenticationShapes(kit),
  ...connectionShapes(kit),
  ...mergingShapes(kit),
  ...brokenShapes(kit),
];

const products = [
  { name: 'from its sources', product: signIn },
  { name: 'from a bundle as it ships', product: await bundledSignIn(folder) },
] as const;

for (const { name, product } of products) {
  describe(`whom a kubeconfig asks, and as whom, ${name}`, () => {
    for (const shape of table) {
      test(shape.name, async () => {
        await product.askForVersion(await write(shape), shape.context);
        assert.equal(witness.take(), shape.asked);
      });
    }
  });
}

const kubectl = await run('kubectl', ['version', '--client'], { timeout: 20_000 }).then(
  () => true,
  () => false,
);

describe('kubectl gives the same answer', { skip: !kubectl && 'kubectl is not installed' }, () => {
  for (const shape of table) {
    const { asked, because } = shape.kubectl ?? { asked: shape.asked, because: undefined };
    test(because === undefined ? shape.name : `${shape.name}, but ${because}`, async () => {
      await askWithKubectl(await write(shape), shape.context);
      assert.equal(witness.take(), asked);
    });
  }
});

/** Writes the files of a shape and answers the paths of its list. */
async function write({ files, list = ['config'] }: Shape): Promise<readonly string[]> {
  const own = await mkdtemp(join(folder, 'shape-'));
  for (const [name, content] of Object.entries(files)) {
    const path = join(own, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
    if (name.endsWith('plugin')) await chmod(path, 0o700);
  }
  return list.map((name) => join(own, name));
}

async function askWithKubectl(paths: readonly string[], name?: string): Promise<void> {
  const context = name === undefined ? [] : ['--context', name];
  const env = { PATH: process.env['PATH'], HOME: folder, KUBECONFIG: paths.join(delimiter) };
  const asked = run('kubectl', [...context, 'version'], { env, timeout: 20_000 });
  // Whether kubectl is content does not matter: the witness tells whom it asked.
  asked.child.stdin?.end();
  await asked.catch(() => undefined);
}
