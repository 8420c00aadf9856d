import type { Labels, Replicas, WorkloadController } from '../model/objects.ts';
import type { WorkloadControllerKind } from '../model/reference.ts';
import { NO_LABELS, numberAt, objectAt, objectsAt, stringAt, type Json } from './json.ts';
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
    ...meta,
    owner: decodeOwner(objectAt(object, 'metadata')),
    template: decodeTemplate(template),
    replicas: decodeReplicas(spec, objectAt(object, 'status'), kind),
    controlPlaneEnv: meta.labels['app'] === 'istiod' ? decodeEnv(template) : NO_LABELS,
  };
}

function decodeReplicas(
  spec: Json,
  status: Json,
  kind: WorkloadControllerKind,
): Replicas | undefined {
  if (kind === 'Job' || kind === 'CronJob') return undefined;
  if (kind === 'DaemonSet') {
    const desired = numberAt(status, 'desiredNumberScheduled');
    return desired === undefined
      ? undefined
      : { desired, ready: numberAt(status, 'numberReady') ?? 0 };
  }
  return {
    desired: numberAt(spec, 'replicas') ?? 1,
    ready: numberAt(status, 'readyReplicas') ?? 0,
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
