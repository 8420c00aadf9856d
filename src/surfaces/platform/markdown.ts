import type { CommandId } from '../../contributions.ts';
import type { Block, Inline, Line } from '../../mesh/index.ts';
import { visibleLine } from '../../mesh/index.ts';

const OPEN_COMMAND: CommandId = 'istioMtls.openManifest';

/**
 * Blocks as Markdown. Every text is escaped, so that a name from a cluster can never become markup,
 * a link or HTML.
 */
export function markdownOf(blocks: readonly Block[]): string {
  return blocks.map(blockMarkdown).join('\n\n');
}

/** The commands that blocks link to; an editor need trust no others. */
export function commandsIn(blocks: readonly Block[]): readonly CommandId[] {
  const lines = blocks.flatMap((block) => (block.kind === 'list' ? block.items : [block.line]));
  const opens = lines.flat().some((inline) => typeof inline === 'object' && 'open' in inline);
  return opens ? [OPEN_COMMAND] : [];
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
  const { kind, namespace, name } = inline.open;
  const argument = encodeURIComponent(JSON.stringify([{ kind, namespace, name }]));
  // encodeURIComponent leaves parentheses, which would end the link.
  const safe = argument.replaceAll('(', '%28').replaceAll(')', '%29');
  return ` · [Open](command:${OPEN_COMMAND}?${safe})`;
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
