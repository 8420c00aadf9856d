/** A tooltip before it is written as Markdown: a heading, then paragraphs, then a list. */
export interface Tooltip {
  readonly heading: string;
  readonly paragraphs: readonly string[];
  readonly list: readonly string[];
}
