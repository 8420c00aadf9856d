import { Document, visit } from 'yaml';
import { visibleText } from '../mesh/model/visibleText.ts';
import type { OutputFormat } from './commandLine.ts';

/** An answer in its forms. The document is the contract that programs read. */
export interface Answer {
  readonly document: Readonly<Record<string, unknown>>;
  readonly table: () => string;
  /** Visible text, where YAML is something to apply; otherwise it is the document. */
  readonly yaml?: () => string;
}

/** Names come from a cluster or a file, and a terminal would obey what is written in them: no format prints it raw. */
export function printAnswer(answer: Answer, format: OutputFormat): string {
  switch (format) {
    case 'json':
      return `${escapedJson(answer.document)}\n`;
    case 'yaml':
      return answer.yaml === undefined ? escapedYaml(answer.document) : answer.yaml();
    case 'table':
      return visibleText(answer.table());
  }
}

/** What a terminal obeys and an eye does not see, but for line ends; JSON and YAML can spell each of them out. */
const invisible = /(?!\n)[\p{Cc}\p{Cf}\u2028\u2029]/gu;

function escapedJson(document: unknown): string {
  return JSON.stringify(document, null, 2).replace(invisible, (character) =>
    character
      .split('')
      .map((unit) => `\\u${hex(unit.charCodeAt(0), 4)}`)
      .join(''),
  );
}

/** Only double quotes know escapes, so that is how strings that need them are written. */
function escapedYaml(value: unknown): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  visit(document, {
    Scalar: (_key, node) => {
      if (typeof node.value === 'string' && node.value.search(invisible) >= 0)
        node.type = 'QUOTE_DOUBLE';
    },
  });
  return document
    .toString({ lineWidth: 0 })
    .replace(invisible, (character) => `\\U${hex(character.codePointAt(0) ?? 0, 8)}`);
}

function hex(number: number, digits: number): string {
  return number.toString(16).padStart(digits, '0');
}
