import { text } from 'node:stream/consumers';
import type { Demo, DemoOptions } from '../../src/demo/demo.ts';
import { startDemo } from '../../src/demo/demo.ts';
import { routeOf } from '../../src/demo/api/route.ts';
import type { JsonObject } from '../../src/demo/objects/json.ts';
import type { Answer } from '../../src/demo/objects/status.ts';
import type { Received } from '../integration/sources/cluster/apiServerDouble.ts';
import { sendJson } from '../integration/sources/cluster/apiServerDouble.ts';
import type { Denial } from './denials.ts';
import { denialOf, reviewAccess, verbOf } from './denials.ts';
import { startDemoProxy } from './demoProxy.ts';

/** A demo mesh whose user may not do everything: a server before it refuses what is denied, and reviews access accordingly. */
export async function startDenyingDemo(
  denials: readonly Denial[],
  options: DemoOptions = {},
): Promise<Demo> {
  const demo = await startDemo(options);
  const proxy = await startDemoProxy(demo, (received) => answers(denials, received));
  return {
    url: proxy.url,
    kubeconfig: proxy.kubeconfig,
    dispose: async () => {
      await proxy.dispose();
      await demo.dispose();
    },
  };
}

function answers(denials: readonly Denial[], received: Received): boolean {
  const route = routeOf(received.path);
  if (route.kind === 'access-review') {
    void text(received.request).then((body) => {
      send(received, reviewAccess(denials, JSON.parse(body) as JsonObject));
    });
    return true;
  }
  if (route.kind !== 'resource') return false;
  const isWatch = ['true', '1'].includes(received.query.get('watch') ?? '');
  const verb = verbOf(received.method, route.name === undefined, isWatch);
  const denied = denialOf(denials, route, verb);
  if (denied !== undefined) send(received, denied);
  return denied !== undefined;
}

function send(received: Received, { body, code }: Answer): void {
  sendJson(received, body, code);
}
