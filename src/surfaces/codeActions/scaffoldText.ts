import type { EnforceTarget, Manifest, Mesh, MutualTlsMode } from '../../mesh/index.ts';
import { describeRefusal, planEnforcement, describeRef } from '../../mesh/index.ts';
import { manifestsYaml } from '../../sources/yaml/manifestYaml.ts';
import { clientRules } from './clientRules.ts';
import type { ManifestEdit } from './manifestEdit.ts';
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
  const notes = rules.flatMap((edit) => (edit.kind === 'set' ? [noteOf(edit)] : []));
  const manifests = [...policies, ...created];
  const text =
    manifests.length === 0 ? `# The mode is ${mode} here already.\n` : manifestsYaml(manifests);
  return notes.join('') + text;
}

/** A rule that exists is not rewritten here: its other fields are not ours to repeat. */
function noteOf({ ref, path, value }: Extract<ManifestEdit, { kind: 'set' }>): string {
  return `# ${describeRef(ref)} has to say ${path.join('.')}: ${String(value)}, or its clients are refused.\n`;
}
