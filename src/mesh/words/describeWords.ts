import { kindEntry, writtenKind } from '../model/kinds.ts';
import type { FieldRef, ObjectRef } from '../model/reference.ts';
import { MAX_WATCHED_NAMESPACES } from '../known/missing.ts';
import type { MissingFact, ModeSource } from '../model/explanation.ts';
import type { PolicyScope } from '../model/mode.ts';

/** An object as a sentence names it: `PeerAuthentication foo/default`. */
export function describeRef(ref: ObjectRef): string {
  const place = ref.namespace === '' ? ref.name : `${ref.namespace}/${ref.name}`;
  return `${writtenKind(ref.kind)} ${place}`;
}

/** Which policy decided a mode, in one sentence. */
export function describeModeSource(from: ModeSource): string {
  if (from.kind === 'default') return 'No policy sets a mode, so Istio’s default PERMISSIVE holds.';
  const { object, field } = from.field;
  const where = from.scope === 'port' ? ` in ${field}` : '';
  return `${describeRef(object)} (${describeScope(from.scope)}) decides${where}.`;
}

function describeScope(scope: PolicyScope): string {
  switch (scope) {
    case 'mesh':
      return 'whole mesh';
    case 'namespace':
      return 'its namespace';
    case 'workload':
      return 'selected workloads';
    case 'port':
      return 'one port';
  }
}

/** A kind as a sentence names it, with its group where another group has one of the same name. */
function kindWords(kind: ObjectRef['kind']): string {
  const { writtenAs, group } = kindEntry(kind);
  return writtenAs === undefined ? kind : `${writtenAs} (${group})`;
}

/** What could not be read, in one sentence. */
export function describeMissing(fact: MissingFact): string {
  const clause = missingClause(fact);
  return `${clause.charAt(0).toUpperCase()}${clause.slice(1)}.`;
}

/** What becomes of a manifest that an API server refuses, in one sentence. */
export function describeRefused(ref: ObjectRef, cause: string): string {
  return `${describeRef(ref)} is invalid (${cause}): an API server refuses it, so it decides nothing, and what it is meant to decide is unknown.`;
}

/** What could not be read, as a sentence goes on after a colon; the kinds keep their capitals. */
export function missingClauses(facts: readonly MissingFact[]): string {
  return `${facts.map(missingClause).join('; ')}.`;
}

function missingClause({ kind: known, namespace, name, why, cause }: MissingFact): string {
  const kind = kindWords(known);
  const where = namespace === '' ? '' : ` in ${namespace}`;
  const what = name === undefined ? `${kind} objects${where}` : `${kind} ${name}${where}`;
  const one = name !== undefined;
  switch (why) {
    case 'forbidden':
      return `you may not read ${what}`;
    case 'not-installed':
      return `the cluster has no kind ${kind}`;
    case 'not-loaded':
      return `${what} ${one ? 'has' : 'have'} not been read yet`;
    case 'undeclared':
      return `no Namespace${name === undefined ? '' : ` ${name}`} is declared, whose labels decide whether pods get a proxy`;
    case 'not-watched':
      return `${what} ${one ? 'is' : 'are'} not read: without permission to list them everywhere, only ${MAX_WATCHED_NAMESPACES} namespaces are watched one by one`;
    case 'failed':
      return `reading ${what} failed`;
    case 'invalid':
      return `${what} ${one ? 'is' : 'are'} invalid${cause === undefined ? '' : ` (${cause})`}`;
    case 'up-to-application':
      return `no object says whether the application of ${what} speaks TLS`;
    case 'up-to-dns':
      return `DNS says where ${what} leads`;
    case 'up-to-address':
      return `${what} ${one ? 'asks' : 'ask'} for addresses, which no object tells`;
    case 'up-to-request':
      return `whether HTTP is spoken decides what ${what} ${one ? 'lets' : 'let'} in`;
    case 'up-to-authorizer':
      return `${what} ${one ? 'leaves' : 'leave'} the decision to an external authorizer`;
    case 'not-found':
      return one ? `there is no ${what}` : `no ${kind} that was read answers there`;
  }
}

/** The field of an object, as a sentence names it. */
export function describeField({ object, field }: FieldRef): string {
  return `${describeRef(object)} (${field})`;
}

/** Where a mode comes from, in the few words that fit a row. */
export function originWords(from: ModeSource, scope: PolicyScope): string {
  if (from.kind === 'default') return 'Istio default';
  return from.scope === scope ? 'set here' : `from ${from.scope}`;
}

/** Why something is not known, in the words of a row. */
export function missingWords({ kind: known, why }: MissingFact): string {
  const kind = kindWords(known);
  switch (why) {
    case 'forbidden':
      return `no permission to list ${kind}`;
    case 'not-installed':
      return `${kind} is not installed`;
    case 'not-loaded':
      return `${kind} not loaded yet`;
    case 'undeclared':
      return `${kind} not declared`;
    case 'not-watched':
      return `${kind} not read: too many namespaces`;
    case 'failed':
      return `${kind} could not be read`;
    case 'invalid':
      return `${kind} is invalid`;
    case 'up-to-application':
      return `up to the application of ${kind}`;
    case 'up-to-dns':
      return 'up to DNS';
    case 'up-to-address':
      return `up to the addresses of ${kind}`;
    case 'up-to-request':
      return `up to what is spoken, by ${kind}`;
    case 'up-to-authorizer':
      return 'up to an external authorizer';
    case 'not-found':
      return `${kind} not found`;
  }
}
