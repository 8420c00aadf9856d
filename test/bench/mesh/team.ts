/** A namespace of the large mesh, and which way into the mesh it took. */
export interface Team {
  readonly index: number;
  readonly namespace: string;
  readonly kind: 'sidecar' | 'canary' | 'opt-in' | 'ambient' | 'waypoint';
}

/** Of ten namespaces six inject by label, one by a second revision, one pod by pod; two are ambient. */
export function teamOf(index: number): Team {
  return { index, namespace: namespaceName(index), kind: KINDS[index % 10] ?? 'sidecar' };
}

const KINDS: Readonly<Record<number, Team['kind']>> = {
  4: 'ambient',
  6: 'canary',
  7: 'opt-in',
  9: 'waypoint',
};

export function namespaceName(index: number): string {
  return `team-${String(index).padStart(4, '0')}`;
}

export function isAmbient({ kind }: Team): boolean {
  return kind === 'ambient' || kind === 'waypoint';
}

/** The name of a workload's application, of its Service and of its service account. */
export function appOf(workload: number): string {
  return `app-${workload}`;
}
