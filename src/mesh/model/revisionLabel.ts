import type { Labels } from './objects.ts';

/** Whether a control plane reads an object: one without the label `istio.io/rev` is for all of them (R2). */
export function isForRevision({ labels }: { readonly labels: Labels }, revision: string): boolean {
  return (labels['istio.io/rev'] ?? revision) === revision;
}
