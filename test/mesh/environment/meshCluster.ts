import { mkdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import { join } from 'node:path';
import { adminClient, type AdminClient } from '../../support/kubernetes/adminClient.ts';
import { startApiServer } from '../../support/kubernetes/apiServer.ts';
import { clientCertificate, serverCertificate } from '../../support/kubernetes/certificates.ts';
import { writeClusterFiles } from '../../support/kubernetes/clusterFiles.ts';
import { installCrds, readCrds } from '../../support/kubernetes/customResourceDefinitions.ts';
import { startEtcd } from '../../support/kubernetes/etcd.ts';
import { kubeconfig } from '../../support/kubernetes/kubeconfig.ts';
import { waitFor } from '../../support/kubernetes/waitFor.ts';
import { apiServerPort, apiServiceAddress, nodeAddress, serviceRange } from './addresses.ts';
import { applicationCertificate, applicationKey, meshFolder } from './meshFolder.ts';
import type { MeshPrograms } from './programPaths.ts';
import type { WatchConnection } from './watchedObjects.ts';

/** A real API server on the node of the mesh. */
export interface MeshCluster {
  readonly admin: AdminClient;
  readonly connection: WatchConnection;
  /** A kubeconfig file of an administrator. */
  readonly kubeconfig: string;
}

const readyLimitMs = 120_000;
const url = `https://127.0.0.1:${apiServerPort}`;
const crdGroups = [
  'security.istio.io',
  'networking.istio.io',
  'telemetry.istio.io',
  'extensions.istio.io',
];

/** Starts etcd and the API server, and teaches it Istio's kinds. They end with this process. */
export async function startMeshCluster(programs: MeshPrograms, logs: string): Promise<MeshCluster> {
  const folder = join(meshFolder, 'cluster');
  mkdirSync(folder, { recursive: true });
  const names = { dns: ['kubernetes.default.svc'], ips: [nodeAddress, apiServiceAddress] };
  const files = await writeClusterFiles(folder, { serverNames: names, logs });
  const application = await serverCertificate(files.authority, { dns: ['app'], ips: [] });
  await writeFile(applicationCertificate, application.certificate);
  await writeFile(applicationKey, application.key);
  const etcd = await startEtcd(programs.etcd, files);
  const server = startApiServer(programs.apiServer, {
    files,
    etcdUrl: etcd.url,
    port: apiServerPort,
    address: { bind: '0.0.0.0', advertise: nodeAddress },
    settings: [`--service-cluster-ip-range=${serviceRange}`],
  });
  const { authority } = files;
  const user = await clientCertificate(authority, { name: 'admin', group: 'system:masters' });
  const admin = adminClient(url, authority.certificate, user);
  const crds = readCrds(programs.crds, crdGroups);
  await waitFor('kube-apiserver to be ready', readyLimitMs, async () => {
    if (server.ended) throw new Error(server.lastLines(10));
    return (await admin.send('/readyz')).status === 200;
  });
  await installCrds(admin, await crds);
  const config = join(folder, 'kubeconfig');
  const credential = { kind: 'certificate', pair: user } as const;
  const context = { name: 'mesh', server: url, authority: authority.certificate, credential };
  await writeFile(config, kubeconfig(context), { mode: 0o600 });
  const agent = new Agent({
    ca: authority.certificate,
    cert: user.certificate,
    key: user.key,
  });
  return { admin, connection: { url, agent }, kubeconfig: config };
}
