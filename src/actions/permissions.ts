import { fieldAt } from '../sources/transport/jsonValue.ts';
import type { KubeTransport } from '../sources/transport/transport.ts';

/** One thing that one may or may not do, in RBAC's words. */
export interface Access {
  readonly verb: string;
  /** Empty for the core group. */
  readonly group: string;
  /** Plural and in lower case, such as `peerauthentications`. */
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
}

const REVIEWS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';

/**
 * Asks the API server whether this context may do something. `unknown` when the server would not tell: the attempt
 * itself then does. Source: kubernetes.io/docs/reference/access-authn-authz/authorization, SelfSubjectAccessReview.
 */
export async function may(
  transport: KubeTransport,
  access: Access,
  signal: AbortSignal,
): Promise<'yes' | 'no' | 'unknown'> {
  const answer = await transport.request({
    method: 'POST',
    repeatable: true,
    path: REVIEWS,
    body: {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: access },
    },
    signal,
  });
  if (answer.kind !== 'ok') return 'unknown';
  const allowed = fieldAt(answer.body, 'status', 'allowed');
  if (allowed === true) return 'yes';
  return allowed === false ? 'no' : 'unknown';
}
