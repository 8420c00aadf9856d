import type { LegacyRef } from '../decode/legacyPolicy.ts';
import type { ConversionNote } from '../legacy/conversionNote.ts';
import { describeMissing, describeRef } from './describeWords.ts';

/** One remark about a conversion, in one or two sentences. */
export function describeConversionNote(note: ConversionNote): string {
  const sentence = SENTENCES[note.kind] as (note: ConversionNote) => string;
  return sentence(note);
}

function named({ kind, namespace, name }: LegacyRef): string {
  return kind === 'MeshPolicy' ? `MeshPolicy ${name}` : `Policy ${namespace}/${name}`;
}

function all(policies: readonly LegacyRef[]): string {
  return policies.map(named).join(' and ');
}

/** A sentence for every kind: a kind without one does not compile. */
const SENTENCES: {
  readonly [K in ConversionNote['kind']]: (note: Extract<ConversionNote, { kind: K }>) => string;
} = {
  'no-effect': ({ policy }) =>
    `${named(policy)} had no effect: without targets only the name default counts.`,
  'already-replaced': ({ policy, by }) =>
    `${named(policy)} decides nothing any more, because ${describeRef(by)} applies.`,
  'review-leniency': ({ policy, field }) =>
    `${named(policy)} sets ${field}, which Istio never obeyed: check whether PERMISSIVE was meant.`,
  'disable-by-silence': ({ policy }) =>
    `${named(policy)} names no mutual TLS, which meant DISABLE: check whether the default was meant.`,
  'to-do-by-hand': ({ policy, fields, tokensConverted }) =>
    tokensConverted
      ? `${named(policy)} sets ${fields.join(', ')}: the RequestAuthentication refuses wrong tokens, on every port; to refuse requests without one, write an AuthorizationPolicy that requires a request principal.`
      : `${named(policy)} sets ${fields.join(', ')}: write a RequestAuthentication, and an AuthorizationPolicy that requires a request principal.`,
  'namespace-assumed': ({ policy }) =>
    `${named(policy)} names no namespace: it is taken for one of namespace ${policy.namespace}.`,
  'no-such-service': ({ policy, service }) =>
    `${named(policy)} targets the Service ${service}, which is not among the known ones.`,
  'service-unknown': ({ policy, service, missing }) =>
    `${named(policy)} targets the Service ${service}, which could not be read. ${describeMissing(missing)}`,
  'service-without-pods': ({ policy, service, why }) =>
    `${named(policy)} targets the Service ${service}, which ${why === 'no-selector' ? 'selects no pods' : 'is an ExternalName'}.`,
  'no-such-port': ({ policy, service, port }) =>
    `${named(policy)} targets port ${port} of ${service}, which it does not have.`,
  'not-tcp': ({ policy, service, port }) =>
    `${named(policy)} targets port ${port} of ${service}, which is not TCP and is left out.`,
  'port-unresolved': ({ policy, service, port, found }) =>
    `${named(policy)} targets port ${port} of ${service}, which ${found.length === 0 ? 'leads to no known port of its pods' : `leads to ports ${found.join(', ')}, depending on the pod`}.`,
  'pods-shared': ({ policy, service, other }) =>
    `${named(policy)} targets ${service}; the Service ${other} leads to the same pods, which the new policy governs as well.`,
  contradiction: ({ policies }) =>
    `${all(policies)} say different modes for the same place; the first was taken.`,
  'merge-by-hand': ({ policies }) =>
    `${all(policies)} become policies that select the same pods, of which only the oldest counts: put them together.`,
  'superfluous-rule': ({ rule }) =>
    `${describeRef(rule)} asks for ISTIO_MUTUAL, which auto mTLS makes superfluous and which fails towards pods without a proxy.`,
};
