/** How `istio-mtls` ends; `--help` lists these. */
export const exitCodes = {
  /** The question was answered; for `diff`, nothing changes; for `check`, nothing is as grave as asked about. */
  ok: 0,
  /** `diff`: the mode or outcome of something changes. `check`: something is as grave as asked about. */
  changed: 1,
  /** The command line is wrong, nothing could be read, or a value has no meaning; standard error says where. */
  badInput: 2,
  /** The cluster could not be read, or not completely enough in the time allowed. */
  cluster: 3,
  /** `diff` only: no change is seen, but not everything could be read; a template counts as unread. */
  undecided: 4,
  /** Answered without a part of the input that could not be read, which standard error names. */
  partial: 5,
  /** A defect of istio-mtls itself, as in sysexits.h; nothing it printed is to be relied on. */
  crashed: 70,
  /** Stopped by Ctrl-C. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** What ends a command early: one sentence for the person at the terminal. */
export class CommandFailure extends Error {
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string) {
    super(message);
    this.name = 'CommandFailure';
    this.exitCode = exitCode;
  }
}
