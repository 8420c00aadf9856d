import { Document, isMap, isScalar, visit } from 'yaml';
import type { Manifest } from '../../mesh/index.ts';

/** How a value is spelled at some place of a file. */
export interface YamlLayout {
  /** Columns before the first character of each line but the first. */
  readonly indent: number;
  /** Columns that one level of nesting adds. */
  readonly step: number;
  /** `json` and `flow` stand inside braces, where block style is not allowed. */
  readonly style: 'block' | 'flow' | 'json';
}

const wholeDocument: YamlLayout = { indent: 0, step: 2, style: 'block' };

/** One object as a YAML document that ends in a newline, without a `---` line. */
export function manifestYaml(manifest: Manifest): string {
  return `${yamlOf(manifest, wholeDocument)}\n`;
}

/** Several objects as one YAML text, separated by `---` lines. */
export function manifestsYaml(manifests: readonly Manifest[]): string {
  return manifests.map(manifestYaml).join('---\n');
}

/**
 * A value as YAML without a final newline. Words that YAML 1.1 readers take for booleans (`on`, `yes`)
 * are quoted, because Kubernetes' own reader is one.
 */
export function yamlOf(value: unknown, layout: YamlLayout): string {
  if (layout.style === 'json')
    return indented(JSON.stringify(value, undefined, layout.step), layout);
  const document = new Document(value, { version: '1.1' });
  visit(document, {
    Pair: (_key, { key }) => {
      if (isScalar(key) && isPortNumber(key.value)) key.value = Number(key.value);
    },
    Collection: (_key, node) => {
      if (layout.style === 'flow' || (isMap(node) && node.items.length === 0)) node.flow = true;
    },
  });
  const options = { indent: layout.step, lineWidth: 0, directives: false, blockQuote: false };
  const text = document.toString(options);
  return indented(text.trimEnd(), layout);
}

function indented(text: string, { indent }: YamlLayout): string {
  return text.split('\n').join(`\n${' '.repeat(indent)}`);
}

/** Keys of `portLevelMtls` are written as numbers, as in Istio's documentation. */
function isPortNumber(key: unknown): boolean {
  return typeof key === 'string' && /^[1-9]\d{0,4}$/.test(key);
}
