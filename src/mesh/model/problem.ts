/** Something about an object's text that keeps Istio or Kubernetes from taking it as it stands. */
export interface Problem {
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly severity: 'error' | 'warning';
  /** The rule that is broken, where the kind of the object alone does not tell. */
  readonly code?: ProblemCode;
  /** Kubernetes stores the object all the same: only Istio cannot take what it says. */
  readonly stored?: true;
}

/** Rules that decoding an object checks; `findings/manifest/` says what each is. */
export type ProblemCode =
  | 'MTLS0002'
  | 'MTLS0003'
  | 'MTLS0004'
  | 'MTLS0102'
  | 'MTLS0210'
  | 'MTLS0211'
  | 'MTLS0212'
  | 'MTLS0250';

type Path = Problem['path'];

export function problem(path: Path, message: string): Problem {
  return { path, message, severity: 'error' };
}

/** Something of a value's type or version that an API server refuses of whatever kind. */
export function typeProblem(path: Path, message: string): Problem {
  return { path, message, severity: 'error', code: 'MTLS0002' };
}

/** Something that Kubernetes stores and Istio cannot take, such as a text inside a ConfigMap. */
export function storedProblem(path: Path, message: string): Problem {
  return { path, message, severity: 'error', stored: true };
}

export function warning(code: ProblemCode, path: Path, message: string): Problem {
  return { path, message, severity: 'warning', code };
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
