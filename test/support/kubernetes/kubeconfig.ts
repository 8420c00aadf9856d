import { stringify } from 'yaml';
import type { KeyPair } from './certificates.ts';

/** How a kubeconfig's user authenticates. */
export type Credential =
  | { readonly kind: 'certificate'; readonly pair: KeyPair }
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'token-file'; readonly path: string }
  | { readonly kind: 'exec'; readonly command: string; readonly args: readonly string[] };

export interface KubeconfigContext {
  readonly name: string;
  readonly server: string;
  readonly authority: string;
  readonly credential: Credential;
  readonly namespace?: string;
}

/** One kubeconfig with the given contexts; the first one is current. */
export function kubeconfig(...contexts: readonly KubeconfigContext[]): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': contexts[0]?.name,
    clusters: contexts.map(({ name, server, authority }) => ({
      name,
      cluster: { server, 'certificate-authority-data': base64(authority) },
    })),
    users: contexts.map(({ name, credential }) => ({ name, user: user(credential) })),
    contexts: contexts.map(({ name, namespace }) => ({
      name,
      context: { cluster: name, user: name, ...(namespace === undefined ? {} : { namespace }) },
    })),
  });
}

function user(credential: Credential): object {
  switch (credential.kind) {
    case 'certificate':
      return {
        'client-certificate-data': base64(credential.pair.certificate),
        'client-key-data': base64(credential.pair.key),
      };
    case 'token':
      return { token: credential.token };
    case 'token-file':
      return { tokenFile: credential.path };
    case 'exec':
      return {
        exec: {
          apiVersion: 'client.authentication.k8s.io/v1',
          command: credential.command,
          args: credential.args,
          interactiveMode: 'Never',
        },
      };
  }
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
