import type { WorkloadRef } from '../../model/reference.ts';
import type { FieldPath } from './finding.ts';

/** Where the object of a workload says what its pods are: the template of a controller, a Pod itself. */
export function templatePath(ref: WorkloadRef, ...path: FieldPath): FieldPath {
  switch (ref.kind) {
    case 'Pod':
    case 'WorkloadEntry':
      return path;
    case 'CronJob':
      return ['spec', 'jobTemplate', 'spec', 'template', ...path];
    default:
      return ['spec', 'template', ...path];
  }
}
