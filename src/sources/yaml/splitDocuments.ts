import type { TextRange } from './textRange.ts';

/**
 * Cuts a YAML text at its `---` lines. A line that starts with `---` ends a document even inside a
 * block scalar (YAML 1.2, 9.1.2), so each part can be parsed, and kept, on its own. A part that holds
 * only directives or comments belongs to the document that follows it.
 */
export function splitDocuments(text: string): readonly TextRange[] {
  const parts: TextRange[] = [];
  let start = 0;
  for (const marker of text.matchAll(/^---(?=\s|$)/gm)) {
    if (marker.index === start || hasOnlyDirectives(text.slice(start, marker.index))) continue;
    parts.push({ start, end: marker.index });
    start = marker.index;
  }
  parts.push({ start, end: text.length });
  return parts;
}

function hasOnlyDirectives(part: string): boolean {
  return part.split('\n').every((line) => /^\s*(#.*|%.*)?\r?$/.test(line));
}
