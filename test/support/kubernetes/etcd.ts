import { request } from 'node:http';
import type { ClusterFiles } from './clusterFiles.ts';
import { freePort } from './freePort.ts';
import { startProgram, type ProgramProcess } from './programProcess.ts';
import { waitFor } from './waitFor.ts';

/** The store behind a test cluster's API server. */
export interface Etcd {
  readonly url: string;
  readonly process: ProgramProcess;
  /** Forgets every revision but the newest, so that watches from older ones become impossible. */
  compact(): Promise<void>;
}

const startLimitMs = 30_000;

export async function startEtcd(path: string, files: ClusterFiles): Promise<Etcd> {
  const [client, peer] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${client}`;
  const process = startProgram({
    name: 'etcd',
    path,
    log: files.path('etcd.log'),
    args: [
      `--data-dir=${files.path('etcd')}`,
      `--listen-client-urls=${url}`,
      `--advertise-client-urls=${url}`,
      `--listen-peer-urls=http://127.0.0.1:${peer}`,
      `--initial-advertise-peer-urls=http://127.0.0.1:${peer}`,
      `--initial-cluster=default=http://127.0.0.1:${peer}`,
      '--unsafe-no-fsync',
      '--log-level=warn',
    ],
  });
  await waitFor('etcd', startLimitMs, async () => {
    if (process.ended) throw new Error(process.lastLines(3));
    return (await call(`${url}/health`)).includes('true');
  });
  return { url, process, compact: () => compact(url) };
}

async function compact(url: string): Promise<void> {
  const range = await call(`${url}/v3/kv/range`, { key: 'AA==' });
  const revision = /"revision":"(\d+)"/.exec(range)?.[1];
  if (revision === undefined) throw new Error(`etcd told no revision: ${range}`);
  await call(`${url}/v3/kv/compaction`, { revision, physical: true });
}

function call(url: string, body?: object): Promise<string> {
  return new Promise((resolve, reject) => {
    const method = body === undefined ? 'GET' : 'POST';
    const outgoing = request(url, { method, timeout: 10_000 }, (incoming) => {
      let text = '';
      incoming.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        if (incoming.statusCode === 200) resolve(text);
        else reject(new Error(`${url}: ${incoming.statusCode ?? 0} ${text}`));
      });
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`${url} did not answer`)));
    outgoing.on('error', reject);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
