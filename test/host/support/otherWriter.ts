import { request } from 'node:https';
import { parse } from 'yaml';

interface Kubeconfig {
  readonly clusters: readonly [
    {
      readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string };
    },
  ];
  readonly users: readonly [{ readonly user: { readonly token: string } }];
}

const policies = (namespace: string): string =>
  `/apis/security.istio.io/v1/namespaces/${namespace}/peerauthentications`;

const rules = (namespace: string): string =>
  `/apis/networking.istio.io/v1/namespaces/${namespace}/destinationrules`;

/** Somebody else who writes to the cluster of a kubeconfig, as the field manager `kubectl`. */
export class OtherWriter {
  readonly #kubeconfig: Kubeconfig;

  constructor(kubeconfig: string) {
    this.#kubeconfig = parse(kubeconfig) as Kubeconfig;
  }

  async applyNamespace(name: string): Promise<void> {
    await this.#apply(`/api/v1/namespaces/${name}`, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name },
    });
  }

  /** Applies a PeerAuthentication with one mode. */
  async apply(namespace: string, name: string, mode: string): Promise<void> {
    await this.#apply(`${policies(namespace)}/${name}`, {
      apiVersion: 'security.istio.io/v1',
      kind: 'PeerAuthentication',
      metadata: { name, namespace },
      spec: { mtls: { mode } },
    });
  }

  /** Applies a DestinationRule that tells clients of a host to use one TLS mode. */
  async applyRule(namespace: string, name: string, mode: string): Promise<void> {
    await this.#apply(`${rules(namespace)}/${name}`, {
      apiVersion: 'networking.istio.io/v1',
      kind: 'DestinationRule',
      metadata: { name, namespace },
      spec: {
        host: `${name}.${namespace}.svc.cluster.local`,
        trafficPolicy: { tls: { mode } },
      },
    });
  }

  async deleteRule(namespace: string, name: string): Promise<void> {
    await this.#send('DELETE', `${rules(namespace)}/${name}`, undefined);
  }

  async delete(namespace: string, name: string): Promise<void> {
    await this.#send('DELETE', `${policies(namespace)}/${name}`, undefined);
  }

  async deletePod(namespace: string, name: string): Promise<void> {
    await this.#send('DELETE', `/api/v1/namespaces/${namespace}/pods/${name}`, undefined);
  }

  async #apply(path: string, manifest: unknown): Promise<void> {
    await this.#send('PATCH', `${path}?fieldManager=kubectl&force=true`, manifest);
  }

  async #send(method: string, path: string, body: unknown): Promise<void> {
    const { cluster } = this.#kubeconfig.clusters[0];
    const { token } = this.#kubeconfig.users[0].user;
    const options = {
      method,
      ca: Buffer.from(cluster['certificate-authority-data'], 'base64'),
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/apply-patch+yaml' },
      timeout: 5000,
    };
    await new Promise<void>((resolve, reject) => {
      const call = request(new URL(path, cluster.server), options, (answer) => {
        answer.resume();
        const status = answer.statusCode ?? 0;
        if (status < 300) resolve();
        else reject(new Error(`${method} ${path}: ${status}`));
      });
      call.on('error', reject);
      call.on('timeout', () => call.destroy(new Error(`${method} ${path} timed out`)));
      call.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
}
