import { request } from 'node:https';

import type { Demo } from '../../src/demo/demo.ts';
import type {
  ApiServerDouble,
  Received,
  Upgrading,
} from '../integration/sources/cluster/apiServerDouble.ts';
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
  const to = { url: demo.url, ca: Buffer.from(ca, 'base64') };
  const server = await startApiServerDouble(
    (received) => {
      if (!answers(received)) handOn(received, to);
    },
    (upgrading) => {
      if (!answers(upgrading)) handUpgradeOn(upgrading, to);
    },
  );
  return {
    url: server.url,
    received: server.received,
    kubeconfig: demo.kubeconfig
      .replace(demo.url, server.url)
      .replace(ca, Buffer.from(server.ca).toString('base64')),
    dispose: () => server.dispose(),
  };
}

/** The demo mesh that requests are handed on to. */
interface Upstream {
  readonly url: string;
  readonly ca: Buffer;
}

function handOn({ request: asked, response }: Received, { url, ca }: Upstream): void {
  const { method, headers } = asked;
  const further = request(url + (asked.url ?? ''), { method, headers, ca }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  further.once('error', () => response.destroy());
  response.once('close', () => further.destroy());
  asked.pipe(further);
}

/** A command in a pod: once the demo has agreed to the protocol, bytes go both ways. */
function handUpgradeOn({ request: asked, socket, head }: Upgrading, { url, ca }: Upstream): void {
  const { method, headers } = asked;
  const further = request(url + (asked.url ?? ''), { method, headers, ca });
  further.once('upgrade', (answer, upstream, first) => {
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n${headerLines(answer.rawHeaders)}\r\n`);
    socket.write(first);
    upstream.write(head);
    socket.pipe(upstream).pipe(socket);
    upstream.once('error', () => socket.destroy());
    socket.once('error', () => upstream.destroy());
  });
  further.once('response', () => socket.destroy());
  further.once('error', () => socket.destroy());
  further.end();
}

function headerLines(raw: readonly string[]): string {
  return raw.map((text, index) => (index % 2 === 0 ? `${text}: ` : `${text}\r\n`)).join('');
}

function authorityOf(kubeconfig: string): string {
  return /certificate-authority-data: >?-?\s*(\S+)/.exec(kubeconfig)?.[1] ?? '';
}
