import type { ClusterFiles } from './clusterFiles.ts';
import { startProgram, type ProgramProcess } from './programProcess.ts';
import { tokenIssuer } from './serviceAccountTokens.ts';

export interface ApiServerOptions {
  readonly files: ClusterFiles;
  readonly etcdUrl: string;
  readonly port: number;
  /** Where it listens, and what it says of itself; loopback if absent. */
  readonly address?: { readonly bind: string; readonly advertise: string };
  /** Arguments besides those that all test clusters share. */
  readonly settings: readonly string[];
}

/** Starts kube-apiserver; it is ready only when `/readyz` says so. */
export function startApiServer(path: string, options: ApiServerOptions): ProgramProcess {
  const { files, address = { bind: '127.0.0.1', advertise: '127.0.0.1' } } = options;
  return startProgram({
    name: 'kube-apiserver',
    path,
    log: files.path('kube-apiserver.log'),
    args: [
      `--etcd-servers=${options.etcdUrl}`,
      `--bind-address=${address.bind}`,
      `--advertise-address=${address.advertise}`,
      `--secure-port=${options.port}`,
      `--tls-cert-file=${files.path('server.crt')}`,
      `--tls-private-key-file=${files.path('server.key')}`,
      `--cert-dir=${files.folder}`,
      `--client-ca-file=${files.path('authority.crt')}`,
      `--token-auth-file=${files.path('tokens.csv')}`,
      `--service-account-issuer=${tokenIssuer}`,
      `--service-account-key-file=${files.path('service-account.pub')}`,
      `--service-account-signing-key-file=${files.path('service-account.key')}`,
      '--authorization-mode=RBAC',
      '--allow-privileged=true',
      '--profiling=false',
      ...options.settings,
    ],
  });
}
