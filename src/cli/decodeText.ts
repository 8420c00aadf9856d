/**
 * The text of a file in UTF-8 or UTF-16, without its byte order mark; undefined for anything else. Without a mark, zeros
 * among the first two bytes tell UTF-16, because YAML and JSON start with ASCII (YAML 1.2.2, 5.2).
 */
export function decodeText(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes);
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}

function encodingOf([first, second]: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (first !== 0 && second === 0) return 'utf-16le';
  return first === 0 ? 'utf-16be' : 'utf-8';
}
