import type { Expected } from './setting.ts';

/** What sleep of foo, of bar and of legacy gets. */
export function sleeps(
  foo: Expected,
  bar: Expected,
  legacy: Expected,
): Readonly<Record<string, Expected>> {
  return { 'foo/sleep': foo, 'bar/sleep': bar, 'legacy/sleep': legacy };
}

/** Policies in short: a PeerAuthentication with this spec. */
export function peerAuthentication(namespace: string, name: string, spec: string): string {
  return `---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: ${name}, namespace: ${namespace} }
spec: ${spec}
`;
}

/** A DestinationRule with this spec. */
export function destinationRule(namespace: string, name: string, spec: string): string {
  return `---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: ${name}, namespace: ${namespace} }
spec: ${spec}
`;
}

/** An object of Istio's networking group, or of Kubernetes' core or discovery group. */
export function object(apiVersion: string, kind: string, at: string, rest: string): string {
  const [namespace = '', name = ''] = at.split('/');
  return `---
apiVersion: ${apiVersion}
kind: ${kind}
metadata: { name: ${name}, namespace: ${namespace} }
${rest}
`;
}
