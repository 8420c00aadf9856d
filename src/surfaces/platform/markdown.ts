import type { CommandId } from '../../contributions.ts';
import type { Block, Inline, Line } from '../../mesh/index.ts';
import { visibleLine } from '../../mesh/index.ts';
import { commandUri, type CommandLink } from './commandLink.ts';

type ObjectToOpen = Extract<Inline, { readonly open: unknown }>['open'];

/** How an object that a text speaks of is opened; undefined where it cannot be. */
export type OpenObject = (object: ObjectToOpen) => CommandLink | undefined;

const openNothing: OpenObject = () => undefined;

/**
 * Blocks as Markdown. Every text is escaped, so that a name from a cluster can never become markup,
 * a link or HTML. Without `open` there are no links.
 */
export function markdownOf(blocks: readonly Block[], open: OpenObject = openNothing): string {
  const lineMarkdown = (line: Line): string =>
    line.map((inline) => inlineMarkdown(inline, open)).join('');
  const parts = blocks.map((block) =>
    block.kind === 'paragraph'
      ? lineMarkdown(block.line)
      : block.items.map((line) => `- ${lineMarkdown(line)}`).join('\n'),
  );
  return parts.join('\n\n');
}

/** The commands that blocks link to, each once; an editor need trust no others. */
export function commandsIn(blocks: readonly Block[], open: OpenObject): readonly CommandId[] {
  const lines = blocks.flatMap((block) => (block.kind === 'list' ? block.items : [block.line]));
  const links = lines.flat().flatMap((inline) => linkOf(inline, open) ?? []);
  return [...new Set(links.map(({ command }) => command))];
}

function linkOf(inline: Inline, open: OpenObject): CommandLink | undefined {
  return typeof inline === 'object' && 'open' in inline ? open(inline.open) : undefined;
}

function inlineMarkdown(inline: Inline, open: OpenObject): string {
  if (typeof inline === 'string') return escaped(inline);
  if ('code' in inline) return codeSpan(inline.code);
  if ('strong' in inline) return `**${escaped(inline.strong)}**`;
  const link = open(inline.open);
  return link === undefined ? '' : ` · [Open](${commandUri(link)})`;
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
