import { Agent, request } from 'node:https';
import type { AdminClient } from '../../support/kubernetes/adminClient.ts';
import type { ClusterFiles } from '../../support/kubernetes/clusterFiles.ts';
import { freePort } from '../../support/kubernetes/freePort.ts';
import { startProgram, type ProgramProcess } from '../../support/kubernetes/programProcess.ts';
import { waitFor } from '../../support/kubernetes/waitFor.ts';

/** The node that all pods of a test cluster run on. */
export const nodeName = 'node';

/** A stand-in for the kubelet: `pods/exec` runs the command on this machine. */
export interface Kubelet {
  /** Ends, as SIGKILL does, every command that runs in a pod; answers how many there were. */
  killPod(namespace: string, pod: string): Promise<number>;
  /** The node's sudden death: every exec loses its connection. */
  die(): Promise<void>;
  dispose(): Promise<void>;
}

const startLimitMs = 20_000;

export interface KubeletOptions {
  readonly path: string;
  readonly files: ClusterFiles;
  readonly admin: AdminClient;
  /** Added to the environment of the commands. */
  readonly env: Readonly<Record<string, string>>;
}

/** Starts the stand-in and registers its node, or lets the node point to the new one. */
export async function startKubelet({ path, files, admin, env }: KubeletOptions): Promise<Kubelet> {
  const port = await freePort();
  const process = start({ path, files, env, port });
  const agent = new Agent({ ca: files.authority.certificate });
  const ask = (method: string, where: string) =>
    call(agent, method, `https://127.0.0.1:${port}${where}`);
  await waitFor('the kubelet', startLimitMs, async () => (await ask('GET', '/healthz')) === 'ok');
  await registerNode(admin, port);
  return {
    killPod: async (namespace, pod) => Number(await ask('POST', `/kill/${namespace}/${pod}`)),
    die: () => process.end('SIGKILL'),
    dispose: async () => {
      agent.destroy();
      await process.end();
    },
  };
}

function start(options: Omit<KubeletOptions, 'admin'> & { readonly port: number }): ProgramProcess {
  return startProgram({
    name: 'kubelet',
    path: options.path,
    log: options.files.path('kubelet.log'),
    env: options.env,
    args: [
      `--address=127.0.0.1:${options.port}`,
      `--tls-cert-file=${options.files.path('server.crt')}`,
      `--tls-private-key-file=${options.files.path('server.key')}`,
    ],
  });
}

async function registerNode(admin: AdminClient, port: number): Promise<void> {
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: nodeName } };
  const made = await admin.send('/api/v1/nodes', { method: 'POST', body: node });
  if (made.status !== 201 && made.status !== 409) {
    throw new Error(`the node could not be registered: ${JSON.stringify(made.body)}`);
  }
  await admin.patch(`/api/v1/nodes/${nodeName}/status`, {
    status: {
      addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
      daemonEndpoints: { kubeletEndpoint: { Port: port } },
    },
  });
}

function call(agent: Agent, method: string, url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { agent, method, timeout: 5_000 }, (incoming) => {
      let text = '';
      incoming.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      incoming.on('end', () => {
        resolve(text);
      });
      incoming.on('error', reject);
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`${url} did not answer`)));
    outgoing.on('error', reject);
    outgoing.end();
  });
}
