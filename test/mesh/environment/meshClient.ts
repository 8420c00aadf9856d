import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { adminClient, type AdminClient } from '../../support/kubernetes/adminClient.ts';
import { meshAccess } from './programPaths.ts';

interface Config {
  readonly clusters: readonly [
    {
      readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string };
    },
  ];
  readonly users: readonly [
    {
      readonly user: {
        readonly 'client-certificate-data': string;
        readonly 'client-key-data': string;
      };
    },
  ];
}

/** A client of the mesh's API server that may do everything. */
export function meshAdmin(): AdminClient {
  const config = parse(readFileSync(meshAccess().kubeconfig, 'utf8')) as Config;
  const [{ cluster }] = config.clusters;
  const [{ user }] = config.users;
  return adminClient(cluster.server, decode(cluster['certificate-authority-data']), {
    certificate: decode(user['client-certificate-data']),
    key: decode(user['client-key-data']),
  });
}

function decode(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8');
}
