import type { JsonObject } from '../../src/demo/objects/json.ts';
import { objectAt, textAt } from '../../src/demo/objects/json.ts';
import type { ResourceRoute } from '../../src/demo/api/route.ts';
import type { Answer } from '../../src/demo/objects/status.ts';
import { created, forbidden } from '../../src/demo/objects/status.ts';

/** Something that a user may not do; absent fields stand for all. */
export interface Denial {
  readonly verb?: string;
  /** Plural name, with the subresource behind a slash: `pods/exec`. */
  readonly resource?: string;
  readonly namespace?: string;
}

interface Attempt {
  readonly verb: string;
  readonly resource: string;
  readonly namespace: string;
}

/** SelfSubjectAccessReview: everything is allowed but what was denied. */
export function reviewAccess(denials: readonly Denial[], review: JsonObject): Answer {
  const attributes = objectAt(review, 'spec', 'resourceAttributes');
  const subresource = textAt(attributes, 'subresource') ?? '';
  const resource = textAt(attributes, 'resource') ?? '';
  const attempt = {
    verb: textAt(attributes, 'verb') ?? '',
    resource: subresource === '' ? resource : `${resource}/${subresource}`,
    namespace: textAt(attributes, 'namespace') ?? '',
  };
  const allowed = !isDenied(denials, attempt);
  return created({
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    metadata: {},
    spec: objectAt(review, 'spec'),
    status: { allowed },
  });
}

/** 403 when the request is denied. */
export function denialOf(
  denials: readonly Denial[],
  route: ResourceRoute,
  verb: string,
): Answer | undefined {
  const { type, namespace, name = '', subresource } = route;
  const resource = subresource === undefined ? type.plural : `${type.plural}/${subresource}`;
  if (!isDenied(denials, { verb, resource, namespace: namespace ?? '' })) return undefined;
  return forbidden({ group: type.group, resource, kind: type.kind, name }, verb, namespace);
}

/** The RBAC verb of a request. */
export function verbOf(method: string, isCollection: boolean, isWatch: boolean): string {
  switch (method) {
    case 'GET':
      if (!isCollection) return 'get';
      return isWatch ? 'watch' : 'list';
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    default:
      return isCollection ? 'deletecollection' : method.toLowerCase();
  }
}

function isDenied(denials: readonly Denial[], attempt: Attempt): boolean {
  return denials.some(
    (denial) =>
      (denial.verb ?? attempt.verb) === attempt.verb &&
      (denial.resource ?? attempt.resource) === attempt.resource &&
      (denial.namespace ?? attempt.namespace) === attempt.namespace,
  );
}
