import type { JsonObject } from '../objects/json.ts';
import { objectAt } from '../objects/json.ts';
import type { Answer } from '../objects/status.ts';
import { created } from '../objects/status.ts';

/** SelfSubjectAccessReview: everything is allowed. */
export function reviewAccess(review: JsonObject): Answer {
  return created({
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    metadata: {},
    spec: objectAt(review, 'spec'),
    status: { allowed: true, reason: 'demo: all is allowed' },
  });
}
