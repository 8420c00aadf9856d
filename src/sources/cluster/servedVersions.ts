import { asList, fieldAt, textAt } from '../transport/jsonValue.ts';
import type { KubeFailure } from '../transport/kubeFailure.ts';
import type { KubeResource } from './kubeResource.ts';
import { apiVersionOf } from './kubeResource.ts';
import type { KubeTransport } from '../transport/transport.ts';

/** Whether and in which version a server serves a kind. */
export type Served =
  | { readonly kind: 'served'; readonly version: string }
  | { readonly kind: 'not-served' }
  | KubeFailure;

/**
 * Asks which of our versions of a custom kind the server serves, most wanted first. Built-in kinds are served
 * by every Kubernetes that is still maintained, so nothing is asked for them.
 */
export async function servedVersion(
  transport: KubeTransport,
  resource: KubeResource,
  signal: AbortSignal,
): Promise<Served> {
  if (resource.custom === undefined) return { kind: 'served', version: resource.versions[0] };
  let refused: KubeFailure | undefined;
  for (const version of resource.versions) {
    const path = `/apis/${apiVersionOf(resource, version)}`;
    const answer = await transport.request({ method: 'GET', path, signal });
    if (answer.kind === 'ok') {
      if (lists(answer.body, resource.plural)) return { kind: 'served', version };
    } else if (answer.kind !== 'status') {
      return answer;
    } else if (answer.status !== 404) {
      refused ??= answer;
    }
  }
  return refused === undefined ? { kind: 'not-served' } : afterRefusal(resource, refused);
}

function lists(body: unknown, plural: string): boolean {
  return asList(fieldAt(body, 'resources')).some((one) => textAt(one, 'name') === plural);
}

/** Who may not look at discovery may still read the kind; asking for it tells. */
function afterRefusal(resource: KubeResource, refused: KubeFailure): Served {
  const forbidden = refused.kind === 'status' && refused.status === 403;
  return forbidden ? { kind: 'served', version: resource.versions[0] } : refused;
}
