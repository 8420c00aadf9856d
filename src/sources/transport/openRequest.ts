import { ClientRequest } from 'node:http';
import type { RequestOptions } from 'node:https';
import { urlToHttpOptions } from 'node:url';
import type { KubeFailure } from './kubeFailure.ts';

/**
 * What `https.request` does, without `https.request`: VS Code replaces that function in the extension host, and by default
 * (http.proxySupport "override") its own swaps the agent of every request to another machine for one without keep-alive.
 * Each request would then open a connection, and a kubeconfig's proxy-url would not count. The class is not replaced.
 * Source: microsoft/vscode-proxy-agent, src/index.ts, createHttpPatch.
 *
 * Fails where Node refuses before anything is sent: a token with a line end in it, a server that is no web address.
 */
export function openRequest(url: URL, options: RequestOptions): ClientRequest | KubeFailure {
  try {
    return new ClientRequest({ ...urlToHttpOptions(url), ...options });
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    return {
      kind: 'no-credentials',
      cause: `The kubeconfig's server or credentials cannot be used: ${cause}.`,
    };
  }
}
