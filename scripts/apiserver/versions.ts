/**
 * What the API server suite runs against. Kubernetes and etcd go together: etcd's minor version is
 * the one that this Kubernetes release is tested with.
 */
export const versions = {
  kubernetes: '1.36.3',
  etcd: '3.6.16',
  istioApi: '1.31.1',
} as const;

export type ProgramName = 'kube-apiserver' | 'etcd';

/** How a program is built with Go. */
export interface GoProgram {
  readonly module: string;
  readonly version: string;
  readonly package: string;
  /**
   * The program's own go.mod replaces modules by folders of its repository, which a published
   * module does not contain: each is published on its own, at this version.
   */
  readonly localModulesAs?: string;
  readonly linkerFlags: readonly string[];
}

const [major, minor, patch] = versions.kubernetes.split('.');

export const goPrograms: Readonly<Record<ProgramName, GoProgram>> = {
  'kube-apiserver': {
    module: 'k8s.io/kubernetes',
    version: `v${versions.kubernetes}`,
    package: 'k8s.io/kubernetes/cmd/kube-apiserver',
    localModulesAs: `v0.${minor}.${patch}`,
    linkerFlags: [
      `-X k8s.io/component-base/version.gitVersion=v${versions.kubernetes}`,
      `-X k8s.io/component-base/version.gitMajor=${major}`,
      `-X k8s.io/component-base/version.gitMinor=${minor}`,
    ],
  },
  etcd: {
    module: 'go.etcd.io/etcd/server/v3',
    version: `v${versions.etcd}`,
    package: 'go.etcd.io/etcd/server/v3',
    linkerFlags: [],
  },
};
