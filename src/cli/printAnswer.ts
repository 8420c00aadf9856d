import { stringify } from 'yaml';
import { visibleText } from '../mesh/model/visibleText.ts';
import type { OutputFormat } from './commandLine.ts';

/** An answer in both of its forms. The document is the contract that programs read. */
export interface Answer {
  readonly document: Readonly<Record<string, unknown>>;
  readonly table: () => string;
}

export function printAnswer(answer: Answer, format: OutputFormat): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify(answer.document, null, 2)}\n`;
    case 'yaml':
      return stringify(answer.document, { aliasDuplicateObjects: false });
    case 'table':
      // Names come from a cluster or a file, and a terminal would obey what is written in them.
      return visibleText(answer.table());
  }
}
