import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adminClient, type AdminClient } from '../support/kubernetes/adminClient.ts';
import { startApiServer } from '../support/kubernetes/apiServer.ts';
import {
  clientCertificate,
  type CertificateUser,
  type KeyPair,
} from '../support/kubernetes/certificates.ts';
import {
  writeClusterFiles,
  type ClusterFiles,
  type TokenUser,
} from '../support/kubernetes/clusterFiles.ts';
import { installCrds, readCrds } from '../support/kubernetes/customResourceDefinitions.ts';
import { startEtcd, type Etcd } from '../support/kubernetes/etcd.ts';
import { freePort } from '../support/kubernetes/freePort.ts';
import { programPaths } from './environment/programPaths.ts';
import type { ProgramProcess } from '../support/kubernetes/programProcess.ts';
import { signToken, type TokenSubject } from '../support/kubernetes/serviceAccountTokens.ts';
import { waitFor } from '../support/kubernetes/waitFor.ts';

/** A real kube-apiserver with a real etcd and Istio's custom resources, on loopback. */
export interface TestCluster {
  readonly url: string;
  readonly port: number;
  /** The authority that signed the server's certificate, in PEM. */
  readonly authority: string;
  readonly files: ClusterFiles;
  readonly etcd: Etcd;
  /** A client that may do everything. */
  readonly admin: AdminClient;
  certificateOf(user: CertificateUser): Promise<KeyPair>;
  /** A service-account token of any lifetime, also one that lasts a second. */
  tokenOf(subject: TokenSubject, seconds: number): string;
  stopApiServer(): Promise<void>;
  /** Starts the API server again, on the same port and store, and waits until it is ready. */
  startApiServer(): Promise<void>;
  dispose(): Promise<void>;
}

export interface TestClusterOptions {
  /** Users with tokens, besides those with certificates. */
  readonly users?: readonly TokenUser[];
  /** False leaves Istio's custom resource definitions out. */
  readonly istio?: boolean;
}

/** How long a start may take on a busy machine. */
const readyLimitMs = 120_000;

export async function startTestCluster(options: TestClusterOptions = {}): Promise<TestCluster> {
  const programs = programPaths();
  const folder = await mkdtemp(join(tmpdir(), 'istio-mtls-apiserver-'));
  const files = await writeClusterFiles(folder, options);
  const etcd = await startEtcd(programs.etcd, files);
  const cluster = await withApiServer(programs.apiServer, files, etcd);
  try {
    await cluster.startApiServer();
    if (options.istio !== false) await installCrds(cluster.admin, await readCrds(programs.crds));
  } catch (error) {
    await cluster.dispose();
    throw error;
  }
  return cluster;
}

async function withApiServer(path: string, files: ClusterFiles, etcd: Etcd): Promise<TestCluster> {
  const port = await freePort();
  const url = `https://127.0.0.1:${port}`;
  const { authority } = files;
  const certificateOf = (user: CertificateUser) => clientCertificate(authority, user);
  const administrator = await certificateOf({ name: 'administrator', group: 'system:masters' });
  const admin = adminClient(url, authority.certificate, administrator);
  let running: ProgramProcess | undefined;
  const stopApiServer = async () => {
    await running?.end('SIGKILL');
  };
  return {
    url,
    port,
    authority: authority.certificate,
    files,
    etcd,
    admin,
    certificateOf,
    tokenOf: (subject, seconds) => signToken(files.signer, subject, seconds),
    stopApiServer,
    startApiServer: async () => {
      running = startApiServer(path, {
        files,
        etcdUrl: etcd.url,
        port,
        settings: settings(files),
      });
      await untilReady(admin, running);
    },
    dispose: async () => {
      admin.close();
      await stopApiServer();
      await etcd.process.end('SIGKILL');
      await rm(files.folder, { recursive: true, force: true });
    },
  };
}

function settings(files: ClusterFiles): readonly string[] {
  return [
    `--audit-policy-file=${files.path('audit-policy.yaml')}`,
    `--audit-log-path=${files.path('audit.log')}`,
    '--service-cluster-ip-range=10.0.0.0/24',
    // Nothing here makes a default service account in new namespaces.
    '--disable-admission-plugins=ServiceAccount',
    '--endpoint-reconciler-type=none',
    '--kubelet-preferred-address-types=InternalIP',
  ];
}

async function untilReady(admin: AdminClient, server: ProgramProcess): Promise<void> {
  try {
    await waitFor('kube-apiserver to be ready', readyLimitMs, async () => {
      return server.ended || (await admin.send('/readyz')).status === 200;
    });
    if (server.ended) throw new Error('kube-apiserver ended');
  } catch (error) {
    throw new Error(`kube-apiserver did not start:\n${server.lastLines(10)}`, { cause: error });
  }
}
