import type { Labels } from '../model/objects.ts';
import type { Rule } from './model/rule.ts';

/** Kiali's: an empty value is for all codes, else a list of codes. */
const KIALI = 'kiali.io/ignore-validations';

/** Istio's: a list of codes, `*` for all of them. */
const ISTIO = 'galley.istio.io/analyze-suppress';

/**
 * Whether an annotation of an object says that it is as it should be. Codes of Istio and of Kiali stand for the same
 * mistake here, and ours may be written into either annotation.
 */
export function isSuppressed(annotations: Labels, rule: Rule): boolean {
  const forKiali = annotations[KIALI];
  const forIstio = annotations[ISTIO];
  if (forKiali === undefined && forIstio === undefined) return false;
  if (forKiali !== undefined && forKiali.trim() === '') return true;
  const codes = codesIn(`${forKiali ?? ''},${forIstio ?? ''}`);
  return codes.includes('*') || codesOf(rule).some((code) => codes.includes(code));
}

/** Every code by which a finding of a rule is known: ours, Istio's, Kiali's. */
export function codesOf({ code, istio = [], kiali = [] }: Rule): readonly string[] {
  return [code, ...istio, ...kiali];
}

function codesIn(text: string): readonly string[] {
  return text
    .split(',')
    .map((code) => code.trim())
    .filter((code) => code !== '');
}
