/** Codes that the comments of a document say to leave out, and where. Lines count from 0. */
export interface IgnoredCodes {
  readonly whole: ReadonlySet<string>;
  readonly byLine: ReadonlyMap<number, ReadonlySet<string>>;
}

const WORD = 'istio-mtls-ignore';
const COMMENT = new RegExp(`(?:^|\\s)#\\s*${WORD}[ \\t:]+([^#]*)`);
const NOTHING: IgnoredCodes = { whole: new Set(), byLine: new Map() };

/**
 * Reads `# istio-mtls-ignore CODE, CODE`: behind a field it is for that line, on a line of its own for the next line that
 * is no comment, and before the first field of a document for the whole of it.
 */
export function ignoredCodes(source: string): IgnoredCodes {
  if (!source.includes(WORD)) return NOTHING;
  const whole = new Set<string>();
  const byLine = new Map<number, Set<string>>();
  let waiting: string[] = [];
  let isHead = true;
  for (const [line, text] of source.split('\n').entries()) {
    const codes = codesIn(text);
    if (isOnlyComment(text)) {
      if (isHead) for (const code of codes) whole.add(code);
      else waiting.push(...codes);
      continue;
    }
    isHead = false;
    if (waiting.length + codes.length > 0) byLine.set(line, new Set([...waiting, ...codes]));
    waiting = [];
  }
  return { whole, byLine };
}

function codesIn(line: string): readonly string[] {
  const listed = COMMENT.exec(line)?.[1] ?? '';
  return listed.split(/[\s,]+/).filter((code) => code !== '');
}

/** Markers between documents belong to no field either. */
function isOnlyComment(line: string): boolean {
  return /^\s*(?:#.*)?$|^---\s*(?:#.*)?$/.test(line);
}
