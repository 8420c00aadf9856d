import type { Conversion, ConversionNote } from '../../mesh/index.ts';
import { describeConversionNote, visibleText } from '../../mesh/index.ts';
import { manifestsYaml, yamlOf } from './manifestYaml.ts';

/**
 * Converted policies as YAML to review and apply. Above them stand, as comments, those of the old policies and what the new
 * ones cannot say.
 */
export function conversionYaml(
  { manifests, requestAuthentications, notes }: Conversion,
  comments: readonly string[] = [],
): string {
  const kept = comments.map((comment) => `${comment}\n`).join('');
  const yaml = manifestsYaml([...manifests, ...requestAuthentications]);
  return visibleText(kept + notes.map(noteComment).join('') + yaml);
}

/** What has to be written by hand keeps the original beside it (R210). */
function noteComment(note: ConversionNote): string {
  const original = note.kind === 'to-do-by-hand' ? specYaml(note.spec) : [];
  const lines = [describeConversionNote(note).replace(/\s+/g, ' '), ...original];
  return lines.map((line, index) => `# ${index === 0 ? '' : '  '}${line}\n`).join('');
}

function specYaml(spec: unknown): readonly string[] {
  return yamlOf({ spec }, { indent: 0, step: 2, style: 'block' }).split('\n');
}
