import type { JsonObject } from '../transport/jsonValue.ts';
import { fieldAt, textAt } from '../transport/jsonValue.ts';
import type { KubeFailure } from '../transport/kubeFailure.ts';

/** The one auth-provider that kubectl still has. */
export const OIDC = 'oidc';

/**
 * The id-token of an auth-provider `oidc`. It is not renewed here: an issuer may take a refresh token once only, so the
 * new one would have to be written into the kubeconfig, as kubectl does and we never do.
 * Source: kubernetes.io/docs/reference/access-authn-authz/authentication, using kubectl, option 1.
 */
export function oidcToken(
  provider: JsonObject,
): { readonly kind: 'token'; readonly token: string } | NoCredentials {
  const token = textAt(provider, 'config', 'id-token') ?? '';
  const expiry = expiryOf(token);
  if (token === '') return noCredentials('The kubeconfig holds no OIDC id-token');
  if (expiry === undefined)
    return noCredentials('The OIDC id-token of the kubeconfig cannot be read');
  if (expiry > Date.now()) return { kind: 'token', token };
  return noCredentials(
    `The OIDC id-token of the kubeconfig expired at ${new Date(expiry).toISOString()}`,
  );
}

type NoCredentials = Extract<KubeFailure, { kind: 'no-credentials' }>;

function noCredentials(what: string): NoCredentials {
  const way = 'kubectl renews it in the kubeconfig: run one of its commands with this context';
  return { kind: 'no-credentials', cause: `${what}; ${way}, then reconnect.` };
}

/** Milliseconds since the epoch; undefined when the token is no JWT with an expiry. */
function expiryOf(token: string): number | undefined {
  try {
    const payload: unknown = JSON.parse(
      Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'),
    );
    const seconds = fieldAt(payload, 'exp');
    return typeof seconds === 'number' ? seconds * 1000 : undefined;
  } catch {
    return undefined;
  }
}
