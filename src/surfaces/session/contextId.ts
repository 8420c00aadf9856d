/**
 * By what an open context is known in this window. A name alone is not enough: the demo mesh's context may be called as one
 * of the kubeconfig, and neither may take the other's place.
 */
export function contextId({ context, demo }: { context: string; demo: boolean }): string {
  return `${demo ? 'demo' : 'kubeconfig'}:${context}`;
}

/** The name of the context with this id. */
export function contextName(id: string): string {
  return id.slice(id.indexOf(':') + 1);
}
