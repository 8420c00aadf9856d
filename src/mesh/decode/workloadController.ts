import type { Labels, WorkloadController } from '../model/objects.ts';
import type { WorkloadControllerKind } from '../model/reference.ts';
import { NO_LABELS, objectAt, objectsAt, stringAt, type Json } from '../model/json.ts';
import type { Meta } from './objectMeta.ts';
import { decodeOwner, decodeTemplate } from './pod.ts';

/** Any controller that makes pods from a template. */
export function decodeWorkloadController(
  object: Json,
  meta: Meta,
  kind: WorkloadControllerKind,
): WorkloadController {
  const spec = objectAt(object, 'spec');
  const jobSpec = kind === 'CronJob' ? objectAt(objectAt(spec, 'jobTemplate'), 'spec') : spec;
  const template = objectAt(jobSpec, 'template');
  return {
    kind,
    namespace: meta.namespace,
    name: meta.name,
    uid: meta.uid,
    labels: meta.labels,
    annotations: meta.annotations,
    createdAt: meta.createdAt,
    origin: meta.origin,
    owner: decodeOwner(objectAt(object, 'metadata')),
    template: decodeTemplate(template),
    scaledToZero: spec['replicas'] === 0,
    controlPlaneEnv: meta.labels['app'] === 'istiod' ? decodeEnv(template) : NO_LABELS,
  };
}

/** The literal environment of the control plane's containers (R251). */
function decodeEnv(template: Json): Labels {
  const env: Record<string, string> = {};
  for (const container of objectsAt(objectAt(template, 'spec'), 'containers')) {
    for (const variable of objectsAt(container, 'env')) {
      const name = stringAt(variable, 'name');
      const value = stringAt(variable, 'value');
      if (name !== undefined && value !== undefined) env[name] = value;
    }
  }
  return env;
}
