import type { ParsedYaml } from '../../mesh/index.ts';
import { composeYaml, plainValue } from './composeYaml.ts';

/** No configuration of Istio comes near it; reading this many takes some 50 ms. */
export const MAX_LEXEMES = 15_000;

/** Reads the YAML or JSON text that a ConfigMap carries. Never throws, and never takes long. */
export function parseYaml(text: string): ParsedYaml {
  const json = parseJson(text);
  if (json !== undefined) return { kind: 'read', value: json.value };
  const composed = composeYaml(text, MAX_LEXEMES);
  if (composed.kind === 'too-large') return unreadable('it is too large to be read');
  if (composed.kind === 'refused') return unreadable(composed.why);
  const [mistake] = composed.mistakes;
  // Istio's own reader takes the last of several values for one key.
  if (mistake !== undefined && composed.root.errors.length > 0) {
    return unreadable(`it is not valid YAML: ${mistake.message}`);
  }
  const plain = plainValue(composed.root);
  return plain.kind === 'value' ? { kind: 'read', value: plain.value } : unreadable(plain.why);
}

function unreadable(why: string): ParsedYaml {
  return { kind: 'unreadable', why };
}

/** JSON is YAML, and what reads it is many times faster. */
function parseJson(text: string): { readonly value: unknown } | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}
