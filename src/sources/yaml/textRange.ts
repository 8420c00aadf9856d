/** A part of a text: UTF-16 offsets, `end` exclusive, as VS Code's `positionAt` counts them. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** Replaces `range` by `newText`; an empty range inserts. Offsets refer to the text before any edit. */
export interface TextEdit {
  readonly range: TextRange;
  readonly newText: string;
}

/** A place for people: both numbers count from 1. */
export interface LineAndColumn {
  readonly line: number;
  readonly column: number;
}

/** The line and column of an offset; an offset past the end is the end of the text. */
export function lineAndColumn(text: string, offset: number): LineAndColumn {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: before.length - lineStart + 1 };
}

/** The text after edits that do not overlap; edits at one offset keep their order. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const ordered = [...edits].sort((left, right) => left.range.start - right.range.start);
  const pieces: string[] = [];
  let position = 0;
  for (const { range, newText } of ordered) {
    pieces.push(text.slice(position, range.start), newText);
    position = range.end;
  }
  pieces.push(text.slice(position));
  return pieces.join('');
}
