import { readFile } from 'node:fs/promises';
import type { ClusterFiles } from '../../support/kubernetes/clusterFiles.ts';

/** One request as the API server wrote it down. */
export interface AuditedRequest {
  /** `get`, `list`, `watch`, `create`, `patch`, `delete` and so on. */
  readonly verb: string;
  readonly uri: string;
  /** Plural, with its subresource: `pods/exec`. */
  readonly resource: string;
  readonly dryRun: boolean;
  readonly status: number;
}

interface AuditEvent {
  readonly verb: string;
  readonly requestURI: string;
  readonly user: { readonly username: string };
  readonly objectRef?: { readonly resource?: string; readonly subresource?: string };
  readonly responseStatus?: { readonly code?: number };
  readonly requestObject?: { readonly dryRun?: readonly string[] };
}

/** All requests of one user that were answered so far; a watch counts when it has ended. */
export async function auditedRequests(
  files: ClusterFiles,
  user: string,
): Promise<readonly AuditedRequest[]> {
  const lines = (await readFile(files.path('audit.log'), 'utf8')).trimEnd().split('\n');
  return lines
    .map((line) => JSON.parse(line) as AuditEvent)
    .filter((event) => event.user.username === user)
    .map((event) => ({
      verb: event.verb,
      uri: event.requestURI,
      resource: [event.objectRef?.resource, event.objectRef?.subresource]
        .filter((part) => part !== undefined)
        .join('/'),
      dryRun: isDryRun(event),
      status: event.responseStatus?.code ?? 0,
    }));
}

/** A DELETE with a body says it in the body, and what its query says does not count. */
function isDryRun({ verb, requestURI, requestObject }: AuditEvent): boolean {
  if (verb === 'delete' && requestObject !== undefined) return requestObject.dryRun?.[0] === 'All';
  return new URL(requestURI, 'https://server').searchParams.get('dryRun') === 'All';
}
