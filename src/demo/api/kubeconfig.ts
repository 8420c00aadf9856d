import { stringify } from 'yaml';

/** Name of the demo's context, cluster and user in its kubeconfig. */
export const demoName = 'istio-mtls-demo';

/** A kubeconfig (YAML) with everything that an ordinary client needs to reach the demo. */
export function kubeconfigFor(server: {
  readonly url: string;
  readonly authority: string;
  readonly token: string;
}): string {
  const authorityData = Buffer.from(server.authority).toString('base64');
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': demoName,
    contexts: [{ name: demoName, context: { cluster: demoName, user: demoName } }],
    clusters: [
      {
        name: demoName,
        cluster: { server: server.url, 'certificate-authority-data': authorityData },
      },
    ],
    users: [{ name: demoName, user: { token: server.token } }],
  });
}
