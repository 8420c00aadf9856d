import { request } from 'node:https';

import type { Demo } from '../../src/demo/demo.ts';
import type { ApiServerDouble, Received } from '../integration/sources/cluster/apiServerDouble.ts';
import { startApiServerDouble } from '../integration/sources/cluster/apiServerDouble.ts';

/** A server that hands requests on to the demo mesh and remembers them. */
export interface DemoProxy {
  readonly url: string;
  /** What was asked so far. */
  readonly received: ApiServerDouble['received'];
  /** The demo's kubeconfig, leading here. */
  readonly kubeconfig: string;
  dispose(): Promise<void>;
}

/** @param answers whether it answers a request itself, which is then not handed on */
export async function startDemoProxy(
  demo: Demo,
  answers: (received: Received) => boolean = () => false,
): Promise<DemoProxy> {
  const ca = authorityOf(demo.kubeconfig);
  const server = await startApiServerDouble((received) => {
    if (!answers(received)) handOn(received, demo.url, Buffer.from(ca, 'base64'));
  });
  return {
    url: server.url,
    received: server.received,
    kubeconfig: demo.kubeconfig
      .replace(demo.url, server.url)
      .replace(ca, Buffer.from(server.ca).toString('base64')),
    dispose: () => server.dispose(),
  };
}

function handOn({ request: asked, response }: Received, url: string, ca: Buffer): void {
  const { method, headers } = asked;
  const further = request(url + (asked.url ?? ''), { method, headers, ca }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  further.once('error', () => response.destroy());
  response.once('close', () => further.destroy());
  asked.pipe(further);
}

function authorityOf(kubeconfig: string): string {
  return /certificate-authority-data: >?-?\s*(\S+)/.exec(kubeconfig)?.[1] ?? '';
}
