import { applicationImage } from './environment/runningPod.ts';
import type { KubeObject } from './environment/kubeTypes.ts';

/** How a pod of the suite differs from a plain one. */
export interface PodOptions {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Ports of its application, as application.ts takes them, with a name before `=` if they have one; none for a pod that only calls. */
  readonly listens?: readonly string[];
  readonly hostNetwork?: boolean;
}

/** A Pod with its own service account, named like it. */
export function pod(
  namespace: string,
  name: string,
  options: PodOptions = {},
): readonly KubeObject[] {
  const { labels = {}, annotations = {}, listens = [], hostNetwork = false } = options;
  const image = listens.length === 0 ? 'mesh/sleep' : applicationImage;
  const metadata = { name, namespace };
  const ports = listens.map(containerPort);
  const args = listens.map((each) => each.split('=').at(-1) ?? each);
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...metadata, labels: { app: name, ...labels }, annotations },
      ...{
        spec: {
          serviceAccountName: name,
          terminationGracePeriodSeconds: 0,
          ...(hostNetwork ? { hostNetwork } : {}),
          containers: [{ name, image, args, ports }],
        },
      },
    },
  ];
}

function containerPort(listens: string): object {
  const [name] = listens.includes('=') ? listens.split('=') : [];
  const number = Number(listens.split(/[:=]/).at(-1));
  return { containerPort: number, ...(name === undefined ? {} : { name }) };
}

/** A namespace, with or without injection of sidecars. */
export function namespace(name: string, injected: boolean): KubeObject {
  const labels = injected ? { 'istio-injection': 'enabled' } : {};
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
}
