import type { Json, KubeObject } from '../objects/json.ts';
import { listAt, textAt, textMapAt } from '../objects/json.ts';

/** The pod has a sidecar: `istio-proxy` beside the application, plain or native (R116, R118). */
export function hasSidecar(pod: KubeObject): boolean {
  const native = listAt(pod, 'spec', 'initContainers').filter(
    (container) => textAt(container, 'restartPolicy') === 'Always',
  );
  return [...listAt(pod, 'spec', 'containers'), ...native].some(
    (container) =>
      textAt(container, 'name') === 'istio-proxy' && !listAt(container, 'args').includes('router'),
  );
}

/** `spiffe://TRUST_DOMAIN/ns/NAMESPACE/sa/SERVICE_ACCOUNT` (R255). */
export function spiffeIdentity(pod: KubeObject, trustDomain: string): string {
  const account = textAt(pod, 'spec', 'serviceAccountName') ?? 'default';
  return `spiffe://${trustDomain}/ns/${pod.metadata.namespace ?? ''}/sa/${account}`;
}

export function labelsOf(pod: KubeObject): Readonly<Record<string, string>> {
  return textMapAt(pod, 'metadata', 'labels');
}

export function podAddress(pod: KubeObject): string | undefined {
  return textAt(pod, 'status', 'podIP');
}

export function containerNamed(pod: KubeObject, name: string): Json | undefined {
  return [...listAt(pod, 'spec', 'containers'), ...listAt(pod, 'spec', 'initContainers')].find(
    (container) => textAt(container, 'name') === name,
  );
}

/** Ports that the sidecar leaves alone: an annotation on the pod names them (R54, R142). */
export function isExcludedPort(
  pod: KubeObject,
  direction: 'Inbound' | 'Outbound',
  port: number,
): boolean {
  const annotation = `traffic.sidecar.istio.io/exclude${direction}Ports`;
  const ports = textAt(pod, 'metadata', 'annotations', annotation) ?? '';
  return ports.split(',').some((excluded) => excluded.trim() === String(port));
}
