import { composeYaml, plainValue } from './composeYaml.ts';
import type { CursorPath } from './cursorPath.ts';
import { MAX_LEXEMES } from './parseYaml.ts';

/**
 * The plain value of the document that somebody types in, without the line that is being typed: what stands around it
 * can be read though the line itself cannot. Undefined where more than that line is broken.
 */
export function unfinishedDocument(text: string, { document, word }: CursorPath): unknown {
  const lineEnd = text.indexOf('\n', word.end);
  const end = lineEnd < 0 || lineEnd > document.end ? document.end : lineEnd;
  const source = text.slice(document.start, word.start) + text.slice(end, document.end);
  const composed = composeYaml(source, MAX_LEXEMES);
  if (composed.kind !== 'composed' || composed.mistakes.length > 0) return undefined;
  const plain = plainValue(composed.root);
  return plain.kind === 'value' ? plain.value : undefined;
}
