import { effectiveMode } from '../../policy/serverMode.ts';
import { probedAtSidecar } from '../../server/kubeletProbes.ts';
import type { Mesh } from '../../snapshot/mesh.ts';
import type { Workload } from '../../snapshot/workload.ts';
import type { Analyzer } from '../model/analyzer.ts';
import { exceptionFix } from '../model/exception.ts';
import type { FieldPath, Remark } from '../model/finding.ts';
import { templatePath } from '../model/templatePath.ts';

const REWRITE = 'sidecar.istio.io/rewriteAppHTTPProbers';

/** The kubelet has no certificate: where injection does not rewrite its probes, STRICT refuses them (R58). */
export const kubeletProbe: Analyzer<'Workload'> = {
  code: 'MTLS0401',
  name: 'probe of the kubelet at a STRICT port',
  severity: 'error',
  law: 'The kubelet probes in plaintext, which a STRICT port refuses, unless injection rewrites the probe.',
  source: 'https://istio.io/latest/docs/ops/configuration/mesh/app-health-check/',
  needs: { modes: true, own: ['Pod'] },
  about: ['Workload'],
  analyze: (mesh, workload) => {
    const ports = new Set(workload.variants.flatMap((variant) => probedAtSidecar(mesh, variant)));
    return [...ports]
      .filter((port) => effectiveMode(mesh, workload, port).mode === 'STRICT')
      .map((port) => remark(mesh, workload, port));
  },
};

function remark(mesh: Mesh, workload: Workload, port: number): Remark {
  const fix = exceptionFix(mesh, workload, port);
  return {
    path: pathOf(workload),
    message: `The kubelet probes port ${port} of ${workload.name} in plaintext, which STRICT refuses: the pods do not become ready, or are restarted.`,
    ...(fix && { fix }),
  };
}

function pathOf({ ref, variants }: Workload): FieldPath {
  const isTurnedOff = variants.some(({ shape }) => shape.annotations[REWRITE] === 'false');
  return isTurnedOff ? templatePath(ref, 'metadata', 'annotations', REWRITE) : [];
}
