import { startApiServer } from './api/apiServer.ts';
import { resourceTypeOfKind } from './objects/resources.ts';
import { Storage } from './objects/storage.ts';
import type { Registry, Target } from './api/writes.ts';
import { createObject, updateObject } from './api/writes.ts';
import { reconcileDeployment } from './controllers/deploymentController.ts';
import { reconcileEndpointSlices } from './controllers/endpointSliceController.ts';
import { injectSidecar } from './controllers/injector.ts';
import { Kubelet } from './controllers/kubelet.ts';
import { reconcileNamespace } from './controllers/namespaceController.ts';
import { DataPlane } from './dataPlane/dataPlane.ts';
import { proxyToPod } from './dataPlane/podProxy.ts';
import { runCommand } from './exec/run.ts';
import type { JsonObject } from './objects/json.ts';
import { textAt } from './objects/json.ts';
import { bookinfo } from './meshes/bookinfo.ts';
import { hipsterShop } from './meshes/hipsterShop.ts';
import { istioSystem } from './meshes/istioSystem.ts';
import { tutorial } from './meshes/tutorial.ts';
import { telemetryAnswers } from './telemetry/telemetry.ts';
import { TrafficRecord } from './telemetry/trafficRecord.ts';

export { demoName } from './api/kubeconfig.ts';

export type DemoMesh = 'tutorial' | 'bookinfo' | 'hipster-shop';

export interface DemoOptions {
  /** Default: all of them, in one cluster. */
  readonly meshes?: readonly DemoMesh[];
  /** Port of the API server on loopback. Default: any free one. */
  readonly port?: number;
  /** The curl that `exec` runs. Default: `curl` on the PATH. */
  readonly curl?: string;
  /** Milliseconds a new pod takes to run, and a deleted one to go. Defaults: 400 and 200. */
  readonly podStartMs?: number;
  readonly podStopMs?: number;
}

export interface Demo {
  readonly url: string;
  /** YAML text. */
  readonly kubeconfig: string;
  /** Closes every socket, child process and timer. */
  dispose(): Promise<void>;
}

const meshes: Readonly<Record<DemoMesh, () => readonly JsonObject[]>> = {
  tutorial,
  bookinfo,
  'hipster-shop': hipsterShop,
};

/**
 * Starts a demonstration mesh: a Kubernetes API server in this process with real sockets behind its
 * pods. For learning and testing; nothing of it leaves the computer or outlives the process.
 *
 * @throws when the port is taken.
 */
export async function startDemo(options: DemoOptions = {}): Promise<Demo> {
  const storage = new Storage();
  const registry: Registry = {
    storage,
    admit: (type, object) => injectSidecar(storage, type, object),
  };
  const { podStartMs = 400, podStopMs = 200 } = options;
  const kubelet = new Kubelet(storage, { startMs: podStartMs, stopMs: podStopMs });
  startControllers(registry, kubelet);
  const chosen = options.meshes ?? (Object.keys(meshes) as DemoMesh[]);
  seed(registry, [...istioSystem(), ...chosen.flatMap((mesh) => meshes[mesh]())]);
  kubelet.settled();

  const traffic = new TrafficRecord(storage);
  const telemetry = telemetryAnswers(traffic);
  const dataPlane = new DataPlane(storage, traffic);
  const server = await startApiServer({
    registry,
    port: options.port ?? 0,
    proxy: (pod, call) => telemetry.counters(pod, call) ?? proxyToPod(dataPlane, pod, call),
    serviceProxy: telemetry.service,
    log: telemetry.log,
    run: (request) =>
      telemetry.agent(request) ??
      runCommand(request, { storage, dataPlane, curl: options.curl ?? 'curl' }),
  });
  const dispose = async (): Promise<void> => {
    kubelet.dispose();
    traffic.dispose();
    await Promise.all([server.dispose(), dataPlane.dispose()]);
  };
  return { url: server.url, kubeconfig: server.kubeconfig, dispose };
}

function startControllers(registry: Registry, kubelet: Kubelet): void {
  registry.storage.subscribe((event) => {
    kubelet.handle(event);
    reconcileDeployment(registry, event);
    reconcileEndpointSlices(registry, event);
    reconcileNamespace(registry, event);
  });
}

/** Stores the manifests in their order, as `kubectl apply` would; a later one replaces an earlier. */
function seed(registry: Registry, manifests: readonly JsonObject[]): void {
  const options = { manager: 'kubectl-client-side-apply', dryRun: false };
  for (const manifest of manifests) {
    const type = resourceTypeOfKind(
      textAt(manifest, 'apiVersion') ?? '',
      textAt(manifest, 'kind') ?? '',
    );
    if (!type) continue;
    const namespace = textAt(manifest, 'metadata', 'namespace');
    const name = textAt(manifest, 'metadata', 'name') ?? '';
    const target: Target = { type, version: type.versions[0], namespace, name };
    const exists = registry.storage.get(type, namespace, name) !== undefined;
    if (exists) updateObject(registry, target, manifest, options);
    else createObject(registry, target, manifest, options);
  }
}
