import { findingRule } from '../../mesh/index.ts';
import manifest from '../../../package.json' with { type: 'json' };

/** The page about a rule, where the project is published. */
export function pageOf(code: string): string {
  return `${addressOfProject}/blob/main/docs/findings/${code}.md`;
}

/** Where the project is published. */
export const addressOfProject: string = manifest.homepage.replace(/#.*$/, '');

/** The version of the program. */
export const version: string = manifest.version;

/** A few words for a rule. */
export function nameOf(code: string): string {
  return findingRule(code)?.name ?? code;
}
