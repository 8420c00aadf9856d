import { chownSync, copyFileSync, globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AdminClient } from '../../support/kubernetes/adminClient.ts';
import { waitFor } from '../../support/kubernetes/waitFor.ts';
import { clusterDomain, dnsServiceAddress } from './addresses.ts';
import type { Pod } from './kubeTypes.ts';

const proxyUser = 1337;
const certificateLimitMs = 30_000;

const folders = [
  'secrets/tokens',
  'secrets/istio/crl',
  'secrets/workload-spiffe-uds',
  'secrets/credential-uds',
  'secrets/workload-spiffe-credentials',
  'etc-istio/proxy',
  'etc-istio/pod',
  'etc-istio/config',
  'var-lib-istio/data',
  'var-lib-istio/envoy',
];

/**
 * Writes what a kubelet would mount into a pod: DNS, the token for istiod, the mesh's root certificate, labels and
 * annotations. Replaces what an earlier pod of that name left.
 * @param folder gets the files
 * @param bootstrap the template of Envoy's bootstrap, which is in Istio's image
 */
export async function writePodFiles(
  admin: AdminClient,
  pod: Pod,
  { folder, address, bootstrap }: { folder: string; address: string; bootstrap: string },
): Promise<void> {
  const { namespace = '', name, labels = {}, annotations = {} } = pod.metadata;
  rmSync(folder, { recursive: true, force: true });
  for (const each of folders) mkdirSync(join(folder, each), { recursive: true });
  const write = (file: string, text: string): void => {
    writeFileSync(join(folder, file), text);
  };
  const domains = [`${namespace}.svc.${clusterDomain}`, `svc.${clusterDomain}`, clusterDomain];
  write(
    'resolv.conf',
    `nameserver ${dnsServiceAddress}\nsearch ${domains.join(' ')}\noptions ndots:5\n`,
  );
  write('hosts', `127.0.0.1 localhost\n${address} ${name}\n`);
  write('etc-istio/pod/labels', downward(labels));
  write('etc-istio/pod/annotations', downward(annotations));
  copyFileSync(bootstrap, join(folder, 'var-lib-istio/envoy/envoy_bootstrap_tmpl.json'));
  const volumes = pod.spec.volumes ?? [];
  if (volumes.some((volume) => volume.name === 'istio-token')) {
    write('secrets/tokens/istio-token', await istioToken(admin, pod));
  }
  if (volumes.some((volume) => volume.name === 'istiod-ca-cert')) {
    write('secrets/istio/root-cert.pem', await rootCertificate(admin, namespace));
  }
  for (const path of [folder, ...globSync(join(folder, '**'))])
    chownSync(path, proxyUser, proxyUser);
}

function downward(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join('\n');
}

async function istioToken(admin: AdminClient, { metadata, spec }: Pod): Promise<string> {
  const source = (spec.volumes ?? [])
    .flatMap((volume) => volume.projected?.sources ?? [])
    .find(({ serviceAccountToken }) => serviceAccountToken?.audience === 'istio-ca');
  const account = spec.serviceAccountName ?? 'default';
  const { namespace = '', name, uid } = metadata;
  const request = await admin.create(
    `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`,
    {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: {
        audiences: ['istio-ca'],
        expirationSeconds: source?.serviceAccountToken?.expirationSeconds ?? 3600,
        boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name, uid },
      },
    },
  );
  return (request['status'] as { token: string }).token;
}

/** istiod writes it into each namespace, a moment after the namespace. */
function rootCertificate(admin: AdminClient, namespace: string): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/configmaps/istio-ca-root-cert`;
  return waitFor(`the root certificate in ${namespace}`, certificateLimitMs, async () => {
    const { data } = await admin.get(path);
    return (data as Readonly<Record<string, string>> | undefined)?.['root-cert.pem'];
  });
}
