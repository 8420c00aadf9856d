import type { Json, JsonObject } from '../objects/json.ts';

export interface Workload {
  readonly name: string;
  readonly app: string;
  readonly version?: string;
  readonly image: string;
  readonly containerPorts?: readonly number[];
  /** Default: the name of the app. */
  readonly serviceAccount?: string;
  /** Name of the container. Default: the name of the app. */
  readonly container?: string;
  readonly command?: readonly string[];
}

export interface ServicePort {
  readonly name: string;
  readonly port: number;
  /** Default: the port itself. */
  readonly targetPort?: number;
}

/** A namespace whose label says that it belongs to a demonstration mesh. */
export function namespace(name: string, labels: Readonly<Record<string, string>> = {}): JsonObject {
  const metadata = { name, labels: { ...labels, 'istio-mtls-demo': 'true' } };
  return { apiVersion: 'v1', kind: 'Namespace', metadata };
}

export function serviceAccount(inNamespace: string, name: string): JsonObject {
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: inNamespace } };
}

/** A Service over the pods with `app: APP`, named after the app unless a name is given. */
export function service(
  inNamespace: string,
  app: string,
  ports: readonly ServicePort[],
  options: { readonly name?: string; readonly type?: string } = {},
): JsonObject {
  const { name = app, type = 'ClusterIP' } = options;
  const servicePorts: readonly Json[] = ports.map((port) => ({
    name: port.name,
    port: port.port,
    targetPort: port.targetPort ?? port.port,
    protocol: 'TCP',
  }));
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: inNamespace, labels: { app, service: name } },
    spec: { type, ports: servicePorts, selector: { app } },
  };
}

/** A Deployment of one replica with its ServiceAccount. */
export function deployment(inNamespace: string, workload: Workload): readonly JsonObject[] {
  const { name, app, version, serviceAccount: account = app } = workload;
  const labels = { app, ...(version !== undefined && { version }) };
  const spec = {
    replicas: 1,
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: { serviceAccountName: account, containers: [container(workload)] },
    },
  };
  const metadata = { name, namespace: inNamespace, labels };
  return [
    serviceAccount(inNamespace, account),
    { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec },
  ];
}

/** The `sleep` workload of Istio's samples: a pod to send requests from. */
export function sleep(inNamespace: string): readonly JsonObject[] {
  const image = 'docker.io/curlimages/curl:8.16.0';
  const command = ['/bin/sleep', 'infinity'];
  return [
    ...deployment(inNamespace, { name: 'sleep', app: 'sleep', image, command }),
    service(inNamespace, 'sleep', [{ name: 'http', port: 80 }]),
  ];
}

function container(workload: Workload): JsonObject {
  const { app, image, containerPorts = [], command } = workload;
  return {
    name: workload.container ?? app,
    image,
    ...(command && { command }),
    ...(containerPorts.length > 0 && {
      ports: containerPorts.map((containerPort) => ({ containerPort, protocol: 'TCP' })),
    }),
  };
}
