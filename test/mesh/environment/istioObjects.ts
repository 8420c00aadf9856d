import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { nodeName } from './addresses.ts';
import { runsElsewhere } from './kubelet.ts';
import type { Container, KubeObject, Pod } from './kubeTypes.ts';
import { meshFolder } from './meshFolder.ts';
import { mustRun } from './runProgram.ts';

/** What istioctl is asked for. Upstream Envoy has no filters for telemetry and for the exchange of metadata. */
const installation = {
  apiVersion: 'install.istio.io/v1alpha1',
  kind: 'IstioOperator',
  spec: {
    profile: 'minimal',
    hub: 'mesh',
    tag: 'local',
    meshConfig: {
      accessLogFile: '/dev/stdout',
      // With the default of 45 s, connections made before a policy changed would go on under the old one.
      defaultConfig: { drainDuration: '1s', concurrency: 1 },
    },
    values: {
      telemetry: { enabled: false },
      global: { proxy: { tracer: 'none' } },
      pilot: { env: { PILOT_ENABLE_METADATA_EXCHANGE: 'false' } },
    },
  },
};

/** What the stand-ins cannot run, or what needs a controller that is not there. */
const leftOut = new Set([
  'CustomResourceDefinition',
  'HorizontalPodAutoscaler',
  'PodDisruptionBudget',
  'NetworkPolicy',
  'EnvoyFilter',
]);

/** Istio's own objects, as istioctl writes them for this installation, less its resource definitions. */
export async function generateIstio(istioctl: string): Promise<readonly KubeObject[]> {
  const file = join(meshFolder, 'installation.yaml');
  writeFileSync(file, stringify(installation));
  const text = await mustRun([istioctl, 'manifest', 'generate', '-f', file]);
  return text
    .split(/^---$/m)
    .filter((document) => !leftOut.has(/^kind: (\w+)$/m.exec(document)?.[1] ?? ''))
    .map((document) => parse(document) as KubeObject | null)
    .filter((object) => object !== null);
}

/** The container of istiod in Istio's Deployment: its arguments and its environment. */
export function istiodContainer(objects: readonly KubeObject[]): Container {
  const deployment = objects.find(({ kind }) => kind === 'Deployment') as
    (KubeObject & { spec: { template: { spec: { containers: Container[] } } } }) | undefined;
  const container = deployment?.spec.template.spec.containers[0];
  if (container === undefined) throw new Error('istioctl wrote no Deployment of istiod');
  return container;
}

/** The Pod that stands for istiod, which runs as a process of the node. */
export const istiodPod: Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'istiod-0',
    namespace: 'istio-system',
    labels: {
      app: 'istiod',
      istio: 'pilot',
      'istio.io/rev': 'default',
      'sidecar.istio.io/inject': 'false',
    },
    annotations: { 'sidecar.istio.io/inject': 'false', [runsElsewhere]: 'a process of the node' },
  },
  spec: {
    serviceAccountName: 'istiod',
    nodeName,
    hostNetwork: true,
    containers: [{ name: 'discovery', image: 'mesh/pilot:local' }],
  },
};

const inEveryFilterChain = (name: string): object => ({
  context: 'ANY',
  listener: {
    filterChain: {
      filter: { name: 'envoy.filters.network.http_connection_manager', subFilter: { name } },
    },
  },
});

/**
 * Says in words of upstream Envoy what Istio's own HTTP filter `istio.alpn` does for a request to an HTTP/1.1 server: it
 * offers `istio-http/1.1`, by which the server's proxy knows HTTP on a port that nobody declares.
 */
const alpn = {
  applyTo: 'HTTP_FILTER',
  match: inEveryFilterChain('istio.alpn'),
  patch: {
    operation: 'REPLACE',
    value: {
      name: 'istio.alpn',
      typed_config: {
        '@type': 'type.googleapis.com/envoy.extensions.filters.http.set_filter_state.v3.Config',
        on_request_headers: [
          {
            object_key: 'envoy.network.application_protocols',
            format_string: {
              text_format_source: { inline_string: 'istio-http/1.1,istio,http/1.1' },
            },
          },
        ],
      },
    },
  },
};

/** What proxies that take HBONE have besides; it only carries metadata. */
const peerMetadata = ['waypoint_downstream_peer_metadata', 'waypoint_upstream_peer_metadata'].map(
  (name) => ({
    applyTo: 'HTTP_FILTER',
    match: inEveryFilterChain(name),
    patch: { operation: 'REMOVE' },
  }),
);

/** What makes istiod's configuration one that upstream Envoy takes. */
export const upstreamEnvoyFilter: KubeObject & { readonly spec: object } = {
  apiVersion: 'networking.istio.io/v1alpha3',
  kind: 'EnvoyFilter',
  metadata: { name: 'upstream-envoy', namespace: 'istio-system' },
  spec: { configPatches: [alpn, ...peerMetadata] },
};
