import type { DataPlane } from '../model/mode.ts';
import { SILENT_POD, dataPlaneOfProxy, isAmbientMember, isGatewayTemplate } from './dataPlane.ts';
import { matchesSelector } from '../model/labels.ts';
import type { InjectorPolicy } from '../model/meshConfig.ts';
import type { LabelSelector } from '../model/spec/labelSelector.ts';
import type { Labels, PodShape } from '../model/objects.ts';

/** One webhook of a sidecar injector, with the control plane that answers it (R115). */
export interface Injector {
  readonly revision: string;
  readonly tag: string | undefined;
  readonly namespaceSelector: LabelSelector;
  readonly objectSelector: LabelSelector;
}

/** Everything that decides about injection. */
export interface Injection {
  /** Undefined when no webhook is known: then Istio's default installation is taken (R111). */
  readonly injectors: readonly Injector[] | undefined;
  readonly policyOf: (revision: string) => InjectorPolicy;
}

/** A namespace as the two gates see it. */
export interface NamespaceLabels {
  readonly name: string;
  readonly labels: Labels;
}

const NEVER_INJECTED: readonly string[] = [
  'kube-system',
  'kube-public',
  'kube-node-lease',
  'local-path-storage',
];

/** The revision whose webhook is called for a new pod (gate 1), or undefined when none is (R110, R111). */
export function calledRevision(
  injection: Injection,
  namespace: NamespaceLabels,
  podLabels: Labels,
): string | undefined {
  if (injection.injectors === undefined) return calledByDefault(namespace.labels, podLabels);
  const labels = { 'kubernetes.io/metadata.name': namespace.name, ...namespace.labels };
  const called = injection.injectors.find(
    (injector) =>
      matchesSelector(injector.namespaceSelector, labels) &&
      matchesSelector(injector.objectSelector, podLabels),
  );
  return called?.revision;
}

/** Gate 1 as the webhooks of Istio's own charts select, for any revision that is named (R111). */
function calledByDefault(namespace: Labels, pod: Labels): string | undefined {
  const injection = namespace['istio-injection'];
  const inject = pod['sidecar.istio.io/inject'];
  if (injection !== undefined) {
    return injection === 'enabled' && inject !== 'false' ? 'default' : undefined;
  }
  if (inject === 'false') return undefined;
  const revision = namespace['istio.io/rev'] ?? pod['istio.io/rev'];
  if (revision !== undefined) return revision;
  return inject === 'true' ? 'default' : undefined;
}

/** Gate 2: what the webhook decides once it is called (R112). */
export function injectsWhenCalled(
  policy: InjectorPolicy,
  namespace: string,
  shape: PodShape,
): boolean {
  if (shape.hostNetwork || NEVER_INJECTED.includes(namespace)) return false;
  if (policy.policy === 'illegal') return false;
  const asked =
    shape.labels['sidecar.istio.io/inject'] ?? shape.annotations['sidecar.istio.io/inject'];
  if (asked === 'true') return true;
  if (asked === 'false') return false;
  if (selectsAny(policy.neverInject, shape.labels)) return false;
  if (selectsAny(policy.alwaysInject, shape.labels)) return true;
  return policy.policy === 'enabled';
}

/** An empty selector never matches here, unlike everywhere else in Kubernetes (R112). */
function selectsAny(selectors: readonly LabelSelector[], labels: Labels): boolean {
  return selectors.some((selector) => selector.length > 0 && matchesSelector(selector, labels));
}

/** What a pod made now would be, and the revision that would serve it. */
export interface WouldBe {
  readonly dataPlane: DataPlane;
  readonly revision: string | undefined;
}

/** What a pod made now from such a template would be (R80, R110 to R112). */
export function wouldBe(
  injection: Injection,
  namespace: NamespaceLabels,
  shape: PodShape,
): WouldBe {
  const own = ownProxy(shape);
  if (own !== undefined) return { dataPlane: own, revision: shape.labels['istio.io/rev'] };
  const revision = calledRevision(injection, namespace, shape.labels);
  if (
    revision !== undefined &&
    injectsWhenCalled(injection.policyOf(revision), namespace.name, shape)
  ) {
    return { dataPlane: isGatewayTemplate(shape) ? 'gateway' : 'sidecar', revision };
  }
  const ambient = namespace.name !== 'kube-system' && isAmbientMember(shape, namespace.labels);
  return { dataPlane: ambient ? 'ambient' : 'none', revision: undefined };
}

/** A template that brings its own, complete proxy: injected by hand, a gateway or a waypoint. */
function ownProxy(shape: PodShape): DataPlane | undefined {
  if (shape.hostNetwork) return undefined;
  const proxied = dataPlaneOfProxy(shape);
  if (proxied === 'waypoint') return proxied;
  return shape.proxy?.role === undefined ? undefined : proxied;
}

/** Whether new pods of a namespace get a sidecar when they say nothing themselves. */
export function injectsByDefault(injection: Injection, namespace: NamespaceLabels): boolean {
  return wouldBe(injection, namespace, SILENT_POD).dataPlane === 'sidecar';
}
