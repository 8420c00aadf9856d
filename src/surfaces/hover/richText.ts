import { visibleLine } from '../../mesh/model/visibleText.ts';

/** A stretch of text inside a line. Only `link` runs a command, and only one of ours. */
export type Inline =
  | string
  | { readonly code: string }
  | { readonly strong: string }
  | { readonly link: string; readonly command: string; readonly argument: unknown };

export type Line = readonly Inline[];

export type Block =
  | { readonly kind: 'paragraph'; readonly line: Line }
  | { readonly kind: 'list'; readonly items: readonly Line[] };

export function paragraph(...line: Line): Block {
  return { kind: 'paragraph', line };
}

/** A list, or nothing when it would be empty. */
export function list(items: readonly Line[]): readonly Block[] {
  return items.length === 0 ? [] : [{ kind: 'list', items }];
}

/** The first `limit` items and how many more there are. */
export function shortList(items: readonly Line[], limit: number): readonly Block[] {
  const more = items.length - limit;
  if (more <= 0) return list(items);
  return list([...items.slice(0, limit), [`and ${more} more`]]);
}

/**
 * Blocks as Markdown. Every text is escaped, so that a name from a cluster can never become markup,
 * a link or HTML.
 */
export function markdownOf(blocks: readonly Block[]): string {
  return blocks.map(blockMarkdown).join('\n\n');
}

/** Blocks as plain text: for accessible labels, logs and tests. */
export function plainText(blocks: readonly Block[]): string {
  return blocks
    .map((block) =>
      block.kind === 'list'
        ? block.items.map((line) => `- ${linePlain(line)}`).join('\n')
        : linePlain(block.line),
    )
    .join('\n');
}

/** The commands that blocks link to; an editor need trust no others. */
export function commandsIn(blocks: readonly Block[]): readonly string[] {
  const lines = blocks.flatMap((block) => (block.kind === 'list' ? block.items : [block.line]));
  const commands = lines.flat().flatMap((inline) => {
    return typeof inline === 'object' && 'link' in inline ? [inline.command] : [];
  });
  return [...new Set(commands)];
}

function blockMarkdown(block: Block): string {
  if (block.kind === 'paragraph') return lineMarkdown(block.line);
  return block.items.map((line) => `- ${lineMarkdown(line)}`).join('\n');
}

function lineMarkdown(line: Line): string {
  return line.map(inlineMarkdown).join('');
}

function inlineMarkdown(inline: Inline): string {
  if (typeof inline === 'string') return escaped(inline);
  if ('code' in inline) return codeSpan(inline.code);
  if ('strong' in inline) return `**${escaped(inline.strong)}**`;
  const argument = encodeURIComponent(JSON.stringify([inline.argument]));
  // encodeURIComponent leaves parentheses, which would end the link.
  const safe = argument.replaceAll('(', '%28').replaceAll(')', '%29');
  return `[${escaped(inline.link)}](command:${inline.command}?${safe})`;
}

function linePlain(line: Line): string {
  return line
    .map((inline) => {
      if (typeof inline === 'string') return inline;
      if ('code' in inline) return inline.code;
      return 'strong' in inline ? inline.strong : inline.link;
    })
    .join('');
}

function escaped(text: string): string {
  return visibleLine(text.replace(/\s+/g, ' '))
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/[\\`*_{}[\]()#+\-.!~|>$:@]/g, '\\$&');
}

/** A code span whose fence is longer than any run of backticks inside it. */
function codeSpan(text: string): string {
  const oneLine = visibleLine(text.replace(/\s+/g, ' '));
  const longest = Math.max(0, ...[...oneLine.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return longest === 0 ? `\`${oneLine}\`` : `${fence} ${oneLine} ${fence}`;
}
