import { it } from 'node:test';

/** A rule of the specification, such as `R12`. */
export type Rule = `R${number}`;

/** A row of a table: what is true of Istio, and the rules that say so. */
export interface Row {
  readonly says: string;
  readonly rules: readonly Rule[];
}

/**
 * One test a row, named by its sentence and its rules: `a port entry wins [R15]`. The list of rules
 * and their tests is read from these names.
 */
export function rows<R extends Row>(table: readonly R[], check: (row: R) => void): void {
  for (const row of table) {
    it(`${row.says} [${row.rules.join(' ')}]`, () => {
      check(row);
    });
  }
}
