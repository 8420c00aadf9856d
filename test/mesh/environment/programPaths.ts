/** Where the programs of the mesh are, as the runner found them. */
export interface MeshPrograms {
  readonly apiServer: string;
  readonly etcd: string;
  /** Istio's custom resource definitions, in YAML. */
  readonly crds: string;
  readonly pilotDiscovery: string;
  readonly pilotAgent: string;
  readonly istioctl: string;
  readonly envoy: string;
  /** The template of Envoy's bootstrap, which is in Istio's image. */
  readonly bootstrap: string;
  /** Absent unless whoever runs the suite brings one. */
  readonly ztunnel?: string;
}

/** The environment variable that hands them from the runner to the mesh, as JSON. */
export const meshProgramsVariable = 'ISTIO_MTLS_MESH_PROGRAMS';

export function meshPrograms(): MeshPrograms {
  const json = process.env[meshProgramsVariable];
  if (json === undefined) throw new Error('Run these tests with: npm run test:mesh');
  return JSON.parse(json) as MeshPrograms;
}

/** The environment variable that hands the mesh that is up to what runs beside it, as JSON. */
export const meshVariable = 'ISTIO_MTLS_MESH';

/** What a program beside the mesh needs to know of it. */
export interface MeshAccess {
  /** A kubeconfig file of an administrator; its server is on loopback. */
  readonly kubeconfig: string;
  /** The folder of the logs of pods. */
  readonly logs: string;
}

export function meshAccess(): MeshAccess {
  const json = process.env[meshVariable];
  if (json === undefined) throw new Error('Run these tests with: npm run test:mesh');
  return JSON.parse(json) as MeshAccess;
}

/** The environment variable that says for how many minutes random meshes are tried. */
export const minutesVariable = 'MESH_MINUTES';
