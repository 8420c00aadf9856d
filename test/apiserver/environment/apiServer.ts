import type { ClusterFiles } from './clusterFiles.ts';
import { startProgram, type ProgramProcess } from './programProcess.ts';
import { tokenIssuer } from './serviceAccountTokens.ts';

/** Starts kube-apiserver on loopback; it is ready only when `/readyz` says so. */
export function startApiServer(
  path: string,
  options: { readonly files: ClusterFiles; readonly etcdUrl: string; readonly port: number },
): ProgramProcess {
  const { files } = options;
  return startProgram({
    name: 'kube-apiserver',
    path,
    log: files.path('kube-apiserver.log'),
    args: [
      `--etcd-servers=${options.etcdUrl}`,
      '--bind-address=127.0.0.1',
      '--advertise-address=127.0.0.1',
      `--secure-port=${options.port}`,
      `--tls-cert-file=${files.path('server.crt')}`,
      `--tls-private-key-file=${files.path('server.key')}`,
      `--cert-dir=${files.folder}`,
      `--client-ca-file=${files.path('authority.crt')}`,
      `--token-auth-file=${files.path('tokens.csv')}`,
      `--service-account-issuer=${tokenIssuer}`,
      `--service-account-key-file=${files.path('service-account.pub')}`,
      `--service-account-signing-key-file=${files.path('service-account.key')}`,
      `--audit-policy-file=${files.path('audit-policy.yaml')}`,
      `--audit-log-path=${files.path('audit.log')}`,
      '--service-cluster-ip-range=10.0.0.0/24',
      '--authorization-mode=RBAC',
      // Nothing here makes a default service account in new namespaces.
      '--disable-admission-plugins=ServiceAccount',
      '--endpoint-reconciler-type=none',
      '--kubelet-preferred-address-types=InternalIP',
      '--allow-privileged=true',
      '--profiling=false',
    ],
  });
}
