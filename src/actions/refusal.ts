import type { ObjectRef } from '../mesh/index.ts';
import { visibleLine } from '../mesh/index.ts';
import type { KubeFailure } from '../sources/transport/kubeFailure.ts';
import { describeFailure } from '../sources/transport/kubeFailure.ts';
import type { KeepingTool } from './managedBy.ts';
import { toolOfManager } from './managedBy.ts';
import type { WriteTarget } from './writeTarget.ts';

/** Another manager's hold on fields that we would have to change. */
export interface FieldOwner {
  readonly manager: string;
  /** The program that writes under this name, where it is known. */
  readonly tool?: KeepingTool;
  readonly fields: readonly string[];
}

/** Fields by the manager that holds them. */
export function ownersOf(fields: ReadonlyMap<string, readonly string[]>): readonly FieldOwner[] {
  return [...fields].map(([manager, owned]) => {
    const tool = toolOfManager(manager);
    return { manager, ...(tool !== undefined && { tool }), fields: owned };
  });
}

/** Why the API server does not take a write. */
export type WriteRefusal =
  | {
      readonly kind: 'denied';
      readonly verb: string;
      readonly resource: string;
      readonly namespace: string;
    }
  /** Somebody else owns the fields: we never force. */
  | { readonly kind: 'conflict'; readonly ref: ObjectRef; readonly managers: readonly FieldOwner[] }
  /** Validation or an admission webhook; each cause in the server's own words. */
  | { readonly kind: 'invalid'; readonly ref: ObjectRef; readonly causes: readonly string[] }
  /** The object is no longer what the plan was made from. */
  | { readonly kind: 'changed-since'; readonly ref: ObjectRef }
  /** The server does not serve the kind. */
  | { readonly kind: 'not-installed'; readonly ref: ObjectRef }
  | { readonly kind: 'failed'; readonly ref: ObjectRef; readonly cause: string }
  /** The write was sent and nobody said what became of it: it may have landed, or may still land. */
  | { readonly kind: 'unanswered'; readonly ref: ObjectRef; readonly cause: string };

/** How much is repeated of what a server says: webhooks may say anything. */
const MAX_CAUSES = 5;
const MAX_CAUSE_CHARACTERS = 300;

/** The server's own words as a notification can show them: one line, cut, and every character visible. */
function shown(words: string): string {
  const line = visibleLine(words.trim().replace(/\s+/g, ' '));
  return line.length <= MAX_CAUSE_CHARACTERS ? line : `${line.slice(0, MAX_CAUSE_CHARACTERS)}…`;
}

/** Reads why nobody knows what became of a write; undefined when the server, or the connection, said that it did not happen. */
export function unansweredBy(failure: KubeFailure, { ref }: WriteTarget): WriteRefusal | undefined {
  return isAnswered(failure)
    ? undefined
    : { kind: 'unanswered', ref, cause: shown(describeFailure(failure)) };
}

function isAnswered(failure: KubeFailure): boolean {
  if (failure.kind === 'no-credentials') return true;
  if (failure.kind !== 'status') return false;
  const { status, message } = failure;
  return (
    status < 500 || status === 501 || /failed calling webhook|denied the request/.test(message)
  );
}

/** Reads why a write was refused. */
export function refusalOf(failure: KubeFailure, target: WriteTarget, verb: string): WriteRefusal {
  const { ref, resource } = target;
  const cause = shown(describeFailure(failure));
  if (failure.kind !== 'status') return { kind: 'failed', ref, cause };
  const { status, message } = failure;
  const denied = {
    kind: 'denied',
    verb,
    resource: resource.plural,
    namespace: ref.namespace,
  } as const;
  if (status === 409) {
    const managers = fieldOwners(failure);
    return managers.length > 0
      ? { kind: 'conflict', ref, managers }
      : { kind: 'changed-since', ref };
  }
  // A webhook may refuse with any code; only its words tell it from RBAC.
  if (/admission webhook|ValidatingAdmissionPolicy|denied the request/.test(message)) {
    return { kind: 'invalid', ref, causes: [shown(message)] };
  }
  // Not a question of permissions: nobody may create anything there any more.
  const isEnding = failure.causes.some(({ reason }) => reason === 'NamespaceTerminating');
  if (isEnding)
    return { kind: 'failed', ref, cause: `namespace ${ref.namespace} is being deleted.` };
  if (status === 403) return denied;
  if (status === 422 || status === 400) return { kind: 'invalid', ref, causes: causesOf(failure) };
  return { kind: 'failed', ref, cause };
}

type StatusFailure = Extract<KubeFailure, { kind: 'status' }>;

/** `conflict with "argocd-controller" using security.istio.io/v1`, one cause a field. */
const MANAGER = /conflict with "((?:[^"\\]|\\.)*)"/;

function fieldOwners({ causes }: StatusFailure): readonly FieldOwner[] {
  const fields = new Map<string, string[]>();
  for (const cause of causes) {
    const manager =
      cause.reason === 'FieldManagerConflict' ? MANAGER.exec(cause.message)?.[1] : undefined;
    if (manager === undefined) continue;
    const field = shown(cause.field.replace(/^\./, ''));
    fields.set(shown(manager), [...(fields.get(shown(manager)) ?? []), field]);
  }
  return ownersOf(fields);
}

/** The server's own words; `<nil>` tells only that there may be more causes, so it says nothing beside others. */
function causesOf({ causes, message }: StatusFailure): readonly string[] {
  const told = causes.filter(({ field }) => field !== '<nil>' || causes.length === 1);
  if (told.length === 0) return [shown(message)];
  const causesShown = told
    .slice(0, MAX_CAUSES)
    .map((cause) => shown(cause.field === '' ? cause.message : `${cause.field}: ${cause.message}`));
  const more = told.length - causesShown.length;
  return more === 0 ? causesShown : [...causesShown, `and ${more} more`];
}
