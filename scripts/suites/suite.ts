/** A part of `npm test`: one program, run as a child. */
export interface Suite {
  readonly name: string;
  readonly limitMinutes: number;
  /**
   * `exit-code`: the whole suite is one test, passed if the program ends with 0.
   * `report-file`: the program writes a report to the named file, and at least one test must have run.
   */
  readonly counting: 'exit-code' | 'report-file';
  /** Keeps all cores busy, or is disturbed by what else runs: no other suite runs beside it. */
  readonly alone?: boolean;
  /** Says on its standard error how far it is. */
  readonly progress?: boolean;
  /** The suite that must have run before, because this one uses what it makes. */
  readonly needs?: string;
  /** For a suite whose preparation can take long: whether it would be short. If not, `npm test` leaves the suite out. */
  readonly isAtHand?: () => Promise<boolean>;
  /** Installs what the suite needs beyond what npm installs, and tells about it on the terminal. */
  readonly prepare?: (signal: AbortSignal) => Promise<Preparation>;
  /** Arguments to the project's Node. */
  readonly args: (run: SuiteRun) => readonly string[];
}

/** Whether the machine has what a suite needs beyond what npm installs; `why` not is a sentence. */
export type Preparation =
  | {
      readonly kind: 'ready';
      readonly env?: Readonly<Record<string, string>>;
      /** Something to know about a run that goes well. */
      readonly note?: string;
    }
  | { readonly kind: 'missing'; readonly why: string }
  /** What is missing is none of a machine like this: the suite counts as skipped. */
  | { readonly kind: 'skipped'; readonly why: string };

export interface SuiteRun {
  readonly reportFile: string;
  /** The test files that the person asked for; empty for all. */
  readonly files: readonly string[];
  /** For how long a suite that tries random cases should do so; its own choice if absent. */
  readonly minutes?: number;
}
