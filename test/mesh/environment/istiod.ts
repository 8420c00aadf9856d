import { get } from 'node:http';
import { join } from 'node:path';
import { startProgram, type ProgramProcess } from '../../support/kubernetes/programProcess.ts';
import { waitFor } from '../../support/kubernetes/waitFor.ts';
import { nodeAddress } from './addresses.ts';
import type { generateIstio } from './istioObjects.ts';
import { istiodContainer, istiodPod, upstreamEnvoyFilter } from './istioObjects.ts';
import { readiness } from './kubelet.ts';
import type { Container, KubeObject } from './kubeTypes.ts';
import type { MeshCluster } from './meshCluster.ts';
import type { ObjectWriter } from './objectPaths.ts';
import type { MeshPrograms } from './programPaths.ts';

const readyLimitMs = 90_000;
const readyUrl = `http://${nodeAddress}:8080/ready`;
const webhooks = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';

export interface IstiodOptions {
  readonly programs: MeshPrograms;
  readonly cluster: MeshCluster;
  readonly writer: ObjectWriter;
  readonly logs: string;
}

/** Writes Istio's own objects, starts istiod, and resolves when it injects sidecars. */
export async function startIstiod(
  { programs, cluster, writer, logs }: IstiodOptions,
  generated: ReturnType<typeof generateIstio>,
): Promise<void> {
  const objects = await generated;
  await applyInOrder(writer, objects);
  await writer.apply(istiodPod);
  await cluster.admin.patch('/api/v1/namespaces/istio-system/pods/istiod-0/status', {
    status: {
      phase: 'Running',
      podIP: nodeAddress,
      podIPs: [{ ip: nodeAddress }],
      hostIP: nodeAddress,
      hostIPs: [{ ip: nodeAddress }],
      ...readiness(istiodPod),
    },
  });
  const istiod = startProgram({
    name: 'istiod',
    path: programs.pilotDiscovery,
    log: join(logs, 'istiod.log'),
    args: ['discovery', ...istiodArguments(cluster)],
    env: istiodEnvironment(istiodContainer(objects), cluster),
  });
  await untilReady(istiod);
  await waitFor('the certificate of the webhooks', readyLimitMs, async () => {
    return JSON.stringify(await cluster.admin.get(webhooks)).includes('"caBundle"');
  });
  await writer.apply(upstreamEnvoyFilter);
}

function istiodArguments({ kubeconfig }: MeshCluster): readonly string[] {
  return [
    '--monitoringAddr=:15014',
    // Louder, it writes its certificates into the log.
    '--log_output_level=all:warn,delta:info',
    '--domain=cluster.local',
    `--kubeconfig=${kubeconfig}`,
  ];
}

/** The environment of Istio's Deployment, with what the kubelet would add of the pod. */
function istiodEnvironment(container: Container, { kubeconfig }: MeshCluster) {
  const literal = (container.env ?? []).flatMap(({ name, value }) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return {
    ...Object.fromEntries(literal),
    POD_NAME: 'istiod-0',
    POD_NAMESPACE: 'istio-system',
    SERVICE_ACCOUNT: 'istiod',
    KUBECONFIG: kubeconfig,
  };
}

const first = ['Namespace', 'ServiceAccount', 'ClusterRole', 'Role'];

async function applyInOrder(writer: ObjectWriter, objects: readonly KubeObject[]): Promise<void> {
  const isFirst = ({ kind = '' }: KubeObject): boolean => first.includes(kind);
  for (const object of objects.filter(isFirst)) await writer.apply(object);
  await Promise.all(objects.filter((each) => !isFirst(each)).map((each) => writer.apply(each)));
}

async function untilReady(istiod: ProgramProcess): Promise<void> {
  await waitFor('istiod to be ready', readyLimitMs, async () => {
    if (istiod.ended) throw new Error(istiod.lastLines(10));
    return (await statusOf(readyUrl)) === 200;
  });
}

function statusOf(url: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = get(url, { timeout: 2_000 }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    asked.on('timeout', () => asked.destroy(new Error(`${url} did not answer`)));
    asked.on('error', reject);
  });
}
