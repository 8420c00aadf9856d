import type { ObjectRef } from '../model/reference.ts';

/** A stretch of text inside a line. `open` stands for a way to the object itself, where there is one. */
export type Inline =
  string | { readonly code: string } | { readonly strong: string } | { readonly open: ObjectRef };

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

/** Blocks as plain text, which leads nowhere: for a terminal. */
export function plainText(blocks: readonly Block[]): string {
  return blocks
    .map((block) =>
      block.kind === 'list'
        ? block.items.map((line) => `- ${linePlain(line)}`).join('\n')
        : linePlain(block.line),
    )
    .join('\n');
}

function linePlain(line: Line): string {
  return line
    .map((inline) => {
      if (typeof inline === 'string') return inline;
      if ('code' in inline) return inline.code;
      return 'strong' in inline ? inline.strong : '';
    })
    .join('');
}
