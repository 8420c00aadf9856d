import { asObject } from '../../mesh/index.ts';
import type { CheckedFinding } from './checked.ts';

/**
 * What makes a finding the same one after other lines came or went: what it says about which object of which file. Where it
 * stands is no part of it.
 */
export function identity({ code, message, object, place }: CheckedFinding): string {
  const named = object === undefined ? '' : `${object.kind}/${object.namespace}/${object.name}`;
  return JSON.stringify([code, place.file, named, message]);
}

/** How often each finding is known. */
export type Baseline = ReadonlyMap<string, number>;

/** What `check -o json` printed before; undefined for any other text. */
export function baselineIn(text: string): Baseline | undefined {
  const findings = findingsOf(parsed(text));
  if (findings === undefined) return undefined;
  const known = new Map<string, number>();
  for (const key of findings) known.set(key, (known.get(key) ?? 0) + 1);
  return known;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function findingsOf(value: unknown): readonly string[] | undefined {
  const findings = asObject(value)?.['findings'];
  if (!Array.isArray(findings)) return undefined;
  return findings.flatMap((entry: unknown) => identityOf(asObject(entry)) ?? []);
}

function identityOf(entry: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const { code, message, file } = entry ?? {};
  if (typeof code !== 'string' || typeof message !== 'string' || typeof file !== 'string')
    return undefined;
  const { kind, namespace, name } = asObject(entry?.['object']) ?? {};
  const isNamed =
    typeof kind === 'string' && typeof namespace === 'string' && typeof name === 'string';
  const named = isNamed ? `${kind}/${namespace}/${name}` : '';
  return JSON.stringify([code, file, named, message]);
}

/** The findings that a baseline does not have: of several that are alike, those beyond the known number. */
export function beyond(
  baseline: Baseline,
  findings: readonly CheckedFinding[],
): readonly CheckedFinding[] {
  const left = new Map(baseline);
  return findings.filter((finding) => {
    const key = identity(finding);
    const known = left.get(key) ?? 0;
    left.set(key, known - 1);
    return known <= 0;
  });
}
