import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  certificateAuthority,
  serverCertificate,
  type KeyPair,
  type ServerNames,
} from './certificates.ts';
import { tokenSigner, type TokenSigner } from './serviceAccountTokens.ts';

/** The certificates and keys of one test cluster, and where its programs find them. */
export interface ClusterFiles {
  readonly folder: string;
  readonly authority: KeyPair;
  readonly signer: TokenSigner;
  readonly path: (name: FileName) => string;
}

type FileName =
  | 'authority.crt'
  | 'server.crt'
  | 'server.key'
  | 'service-account.key'
  | 'service-account.pub'
  | 'tokens.csv'
  | 'audit-policy.yaml'
  | 'audit.log'
  | 'etcd'
  | 'etcd.log'
  | 'kube-apiserver.log'
  | 'kubelet.log';

/** A user that authenticates with a token from the API server's token file. */
export interface TokenUser {
  readonly name: string;
  readonly token: string;
}

/** Every request is written down with its body, once it is answered. */
const auditPolicy = JSON.stringify({
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived', 'ResponseStarted'],
  rules: [{ level: 'Request' }],
});

export interface ClusterFilesOptions {
  readonly users?: readonly TokenUser[];
  readonly serverNames?: ServerNames;
  /** Where the programs write what they print; `folder` if absent. */
  readonly logs?: string;
}

export async function writeClusterFiles(
  folder: string,
  { users = [], serverNames, logs = folder }: ClusterFilesOptions,
): Promise<ClusterFiles> {
  const authority = await certificateAuthority();
  const server = await serverCertificate(authority, serverNames);
  const signer = tokenSigner();
  const path = (name: FileName) => join(name.endsWith('.log') ? logs : folder, name);
  const write = (name: FileName, text: string) => writeFile(path(name), text, { mode: 0o600 });
  await Promise.all([
    write('authority.crt', authority.certificate),
    write('server.crt', server.certificate),
    write('server.key', server.key),
    write('service-account.key', signer.privateKey),
    write('service-account.pub', signer.publicKey),
    write('audit-policy.yaml', auditPolicy),
    write('tokens.csv', users.map(({ name, token }) => `${token},${name},${name}\n`).join('')),
  ]);
  return { folder, authority, signer, path };
}
