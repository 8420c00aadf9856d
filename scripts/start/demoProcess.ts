// The demo mesh of the built product in a process of its own, started by `openDemoMesh`: a crash of it must not take along
// the one that ends everything in order.

import { createRequire } from 'node:module';
import type * as Demo from '../../src/demo/demo.ts';
import { inProject } from '../project.ts';

const require = createRequire(import.meta.url);
const { startDemo } = require(inProject('dist/demo.js')) as typeof Demo;
const demo = await startDemo();
process.send?.({ url: demo.url, kubeconfig: demo.kubeconfig });
// Whoever started it has gone. Nothing else keeps this process alive then.
process.once('disconnect', () => {
  void demo.dispose();
});
