/** Something about an object's text that keeps Istio or Kubernetes from taking it as it stands. */
export interface Problem {
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly severity: 'error' | 'warning';
}

export function problem(path: readonly (string | number)[], message: string): Problem {
  return { path, message, severity: 'error' };
}

export function warning(path: readonly (string | number)[], message: string): Problem {
  return { path, message, severity: 'warning' };
}

/** Text from a manifest, shortened so that a message stays one sentence. */
export function quoted(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return `"${text.length > 60 ? `${text.slice(0, 60)}…` : text}"`;
}
