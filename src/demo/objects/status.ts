import type { JsonObject } from './json.ts';

/** What the API server answers: an HTTP status and a JSON body. */
export interface Answer {
  readonly code: number;
  readonly body: JsonObject;
  /** Sent as `Warning` headers. */
  readonly warnings?: readonly string[];
}

/** The resource an error speaks of. */
export interface Subject {
  readonly group: string;
  readonly resource: string;
  readonly kind: string;
  readonly name: string;
}

/** One field of `details.causes` of a Status. */
export interface StatusCause {
  readonly reason?: string;
  readonly message: string;
  readonly field?: string;
}

export function ok(body: JsonObject): Answer {
  return { code: 200, body };
}

export function created(body: JsonObject): Answer {
  return { code: 201, body };
}

/** A Status object as `metav1.Status` spells it. */
export function failure(
  code: number,
  reason: string | undefined,
  message: string,
  details?: JsonObject,
): Answer {
  const body = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    ...(reason !== undefined && { reason }),
  };
  return { code, body: { ...body, ...(details && { details }), code } };
}

export function badRequest(message: string): Answer {
  return failure(400, 'BadRequest', message);
}

export function unauthorized(): Answer {
  return failure(401, 'Unauthorized', 'Unauthorized');
}

/** `peerauthentications.security.istio.io "x" not found`. */
export function notFound(subject: Subject): Answer {
  const message = `${qualified(subject)} "${subject.name}" not found`;
  return failure(404, 'NotFound', message, detailsOf(subject));
}

/** A path that no resource answers to. */
export function unknownPath(): Answer {
  return failure(404, 'NotFound', 'the server could not find the requested resource', {});
}

export function methodNotAllowed(): Answer {
  return failure(
    405,
    'MethodNotAllowed',
    'the server does not allow this method on the requested resource',
    {},
  );
}

export function alreadyExists(subject: Subject): Answer {
  const message = `${qualified(subject)} "${subject.name}" already exists`;
  return failure(409, 'AlreadyExists', message, detailsOf(subject));
}

export function conflict(subject: Subject, why: string): Answer {
  const message = `Operation cannot be fulfilled on ${qualified(subject)} "${subject.name}": ${why}`;
  return failure(409, 'Conflict', message, detailsOf(subject));
}

/** A deletion whose precondition does not hold; it names the kind where everything else names the resource. */
export function preconditionFailed(subject: Subject, why: string): Answer {
  const { group, kind, name } = subject;
  const what = group === '' ? kind : `${kind}.${group}`;
  const message = `Operation cannot be fulfilled on ${what} "${name}": ${why}`;
  return failure(409, 'Conflict', message, { ...detailsOf(subject), kind });
}

/** An update that named an older resourceVersion than the stored one. */
export function modifiedMeanwhile(subject: Subject): Answer {
  return conflict(
    subject,
    'the object has been modified; please apply your changes to the latest version and try again',
  );
}

/** The stored history does not reach back far enough. */
export function expired(message: string): Answer {
  return failure(410, 'Expired', message);
}

export function unsupportedMediaType(accepted: readonly string[]): Answer {
  return failure(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  );
}

export function tooLarge(limit: number): Answer {
  return failure(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${limit}`);
}

export function forbidden(subject: Subject, verb: string, namespace: string | undefined): Answer {
  const where =
    namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  const which =
    subject.name === '' ? qualified(subject) : `${qualified(subject)} "${subject.name}"`;
  const message =
    `${which} is forbidden: User "demo" cannot ${verb} resource "${subject.resource}" ` +
    `in API group "${subject.group}" ${where}`;
  return failure(403, 'Forbidden', message, detailsOf(subject));
}

export function namespaceTerminating(subject: Subject, namespace: string): Answer {
  const message = `${qualified(subject)} "${subject.name}" is forbidden: unable to create new content in namespace ${namespace} because it is being terminated`;
  const cause = {
    reason: 'NamespaceTerminating',
    message: `namespace ${namespace} is being terminated`,
    field: 'metadata.namespace',
  };
  return failure(403, 'Forbidden', message, { ...detailsOf(subject), causes: [cause] });
}

/** 422 with one cause a field, worded as `field.ErrorList` is: `Kind "name" is invalid: path: Problem`. */
export function invalid(subject: Subject, causes: readonly StatusCause[]): Answer {
  const sentences = [...new Set(causes.map((cause) => `${cause.field ?? ''}: ${cause.message}`))];
  const list = sentences.length === 1 ? sentences.join() : `[${sentences.join(', ')}]`;
  const kind = subject.group === '' ? subject.kind : `${subject.kind}.${subject.group}`;
  const details = {
    ...detailsOf(subject),
    kind: subject.kind,
    causes: causes.map((cause) => ({ ...cause })),
  };
  return failure(422, 'Invalid', `${kind} "${subject.name}" is invalid: ${list}`, details);
}

export function internalError(message: string): Answer {
  return failure(500, 'InternalError', `Internal error occurred: ${message}`, {
    causes: [{ message }],
  });
}

function qualified(subject: Subject): string {
  return subject.group === '' ? subject.resource : `${subject.resource}.${subject.group}`;
}

function detailsOf(subject: Subject): JsonObject {
  return {
    ...(subject.name !== '' && { name: subject.name }),
    ...(subject.group !== '' && { group: subject.group }),
    kind: subject.resource,
  };
}
