import type { Manifest } from '../../src/mesh/model/manifest.ts';

/** What is to be among generated meshes: the least number of objects in a thousand meshes, their kind, and what is in them. */
const features: readonly (readonly [least: number, kind: string, ...texts: readonly string[]])[] = [
  [200, 'Pod', 'proxy","sidecar'],
  [60, 'Pod', 'proxy","router'],
  [200, 'Pod', '"ambient.istio.io/redirection":"enabled"'],
  [60, 'Pod', 'InboundPorts'],
  [10, 'Pod', 'excludeOutboundPorts'],
  [100, 'PeerAuthentication', 'portLevelMtls'],
  [60, 'PeerAuthentication', '"istio.io/rev":"canary"'],
  [200, 'DestinationRule', '"tls"'],
  [60, 'DestinationRule', 'exportTo'],
  [60, 'DestinationRule', 'subsets'],
  [40, 'Service', '"clusterIP":"None"'],
  [40, 'Service', 'ExternalName'],
  [40, 'Service', 'networking.istio.io/exportTo'],
  [40, 'ServiceEntry', 'MESH_INTERNAL', 'workloadSelector'],
  [40, 'ServiceEntry', 'MESH_INTERNAL', 'endpoints'],
  [40, 'ServiceEntry', 'MESH_EXTERNAL'],
  [40, 'ServiceEntry', '"DNS"'],
  [40, 'ServiceEntry', '"NONE"'],
  [200, 'WorkloadEntry', 'serviceAccount'],
  [60, 'Sidecar', 'egress'],
  [10, 'Sidecar', 'ingress'],
  [10, 'Sidecar', 'REGISTRY_ONLY'],
  [40, 'Gateway', 'ISTIO_MUTUAL'],
  [40, 'Gateway', 'SIMPLE'],
  [10, 'ConfigMap', 'enableAutoMtls', ':false'],
  [10, 'ConfigMap', 'REGISTRY_ONLY'],
  [10, 'ConfigMap', 'defaultServiceExportTo'],
];

/** The features of which too few are there, a sentence each: none may vanish from the generator unseen. */
export function missingFeatures(
  meshes: readonly { readonly objects: readonly Manifest[] }[],
): readonly string[] {
  const objects = meshes
    .flatMap((mesh) => mesh.objects)
    .map((object) => ({ kind: object.kind, text: JSON.stringify(object) }));
  return features.flatMap(([inThousand, kind, ...texts]) => {
    const found = objects.filter(
      (one) => one.kind === kind && texts.every((text) => one.text.includes(text)),
    ).length;
    const least = (inThousand * meshes.length) / 1000;
    return found >= least ? [] : [`${kind} with ${texts.join()}: ${found} instead of ${least}`];
  });
}
