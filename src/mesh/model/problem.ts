/** Something about an object's text that keeps Istio or Kubernetes from taking it as it stands. */
export interface Problem {
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly severity: 'error' | 'warning';
  /** Kubernetes stores the object all the same: only Istio cannot take what it says. */
  readonly stored?: true;
}

export function problem(path: readonly (string | number)[], message: string): Problem {
  return { path, message, severity: 'error' };
}

/** Something that Kubernetes stores and Istio cannot take, such as a text inside a ConfigMap. */
export function storedProblem(path: readonly (string | number)[], message: string): Problem {
  return { path, message, severity: 'error', stored: true };
}

export function warning(path: readonly (string | number)[], message: string): Problem {
  return { path, message, severity: 'warning' };
}

/** Text from a manifest, shortened so that a message stays one sentence. */
export function quoted(value: unknown): string {
  const text = typeof value === 'string' ? value : jsonOf(value);
  return `"${text.length > 60 ? `${text.slice(0, 60)}…` : text}"`;
}

function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    // A value that holds itself, or that is nested deeper than the stack.
    return '…';
  }
}
