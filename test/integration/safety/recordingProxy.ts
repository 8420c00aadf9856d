import { request } from 'node:https';

import type { Demo } from '../../../src/demo/demo.ts';
import type { ApiServerDouble, Received } from '../sources/cluster/apiServerDouble.ts';
import { startApiServerDouble } from '../sources/cluster/apiServerDouble.ts';

/** A server that hands every request on to the demo mesh and remembers it. */
export interface RecordingProxy {
  /** What was asked so far. */
  readonly received: ApiServerDouble['received'];
  /** The demo's kubeconfig, leading here. */
  readonly kubeconfig: string;
  dispose(): Promise<void>;
}

export async function startRecordingProxy(demo: Demo): Promise<RecordingProxy> {
  const ca = authorityOf(demo.kubeconfig);
  const server = await startApiServerDouble((received) => {
    handOn(received, demo.url, Buffer.from(ca, 'base64'));
  });
  return {
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
