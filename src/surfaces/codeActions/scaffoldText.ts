import { planEnforcement, type EnforceTarget } from '../../mesh/change/enforce.ts';
import type { Mesh } from '../../mesh/model/mesh.ts';
import type { Manifest } from '../../mesh/model/manifest.ts';
import type { MutualTlsMode } from '../../mesh/mtls/mode.ts';
import { manifestsYaml } from '../../sources/yaml/manifestYaml.ts';
import { describeRefusal } from '../commands/enforcementText.ts';
import { clientRules } from './clientRules.ts';
import { workloadOfTarget } from './policyTargets.ts';

/**
 * The policies that give a target a mode, as YAML for a new document: the governing policy with the
 * mode changed if there is one, and the DestinationRules that clients need with it. Where no policy
 * can do it, or none has to, the text is one comment that says why.
 */
export function scaffoldText(mesh: Mesh, target: EnforceTarget, mode: MutualTlsMode): string {
  const plan = planEnforcement(mesh, target, mode);
  if (plan.kind === 'refused') return `# ${describeRefusal(plan.why)}\n`;
  const policies =
    plan.kind === 'plan'
      ? plan.desired.flatMap(({ after }) => (after === undefined ? [] : [after]))
      : [];
  const workload = mode === 'STRICT' ? workloadOfTarget(mesh, target) : undefined;
  const rules = workload === undefined ? [] : clientRules(mesh, workload);
  const created = rules.flatMap((edit): Manifest[] =>
    edit.kind === 'create' ? [edit.manifest] : [],
  );
  const manifests = [...policies, ...created];
  return manifests.length === 0
    ? `# The mode is ${mode} here already.\n`
    : manifestsYaml(manifests);
}
