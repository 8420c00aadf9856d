/** Where the suite's programs are, as the runner found them. */
export interface ProgramPaths {
  readonly apiServer: string;
  readonly etcd: string;
  /** Absent where there was no Go to build the stand-in for the kubelet with. */
  readonly kubelet?: string;
  /** Istio's custom resource definitions, in YAML. */
  readonly crds: string;
}

/** The environment variable that hands them from the runner to the tests, as JSON. */
export const programsVariable = 'ISTIO_MTLS_APISERVER_PROGRAMS';

export function programPaths(): ProgramPaths {
  const json = process.env[programsVariable];
  if (json === undefined) {
    throw new Error('Run these tests with: npm run test:apiserver');
  }
  return JSON.parse(json) as ProgramPaths;
}
