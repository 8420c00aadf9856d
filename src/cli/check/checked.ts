import type { ObjectRef, Severity } from '../../mesh/index.ts';

/** A part of a file, as people count: lines and columns from 1, the end exclusive. Columns count UTF-16 units. */
export interface FilePlace {
  /** As the person named it, or below what they named; with slashes. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** Another object that a finding is about, and where it stands if that is in a file. */
export interface CheckedRelated {
  readonly object: ObjectRef;
  readonly message: string;
  readonly place: FilePlace | undefined;
}

/** A finding at its place. */
export interface CheckedFinding {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly place: FilePlace;
  /** Absent where no object could be read. */
  readonly object: ObjectRef | undefined;
  readonly related: readonly CheckedRelated[];
}

/** A finding that a fix takes away. */
export interface FixedFinding {
  readonly code: string;
  /** What the fix does, as a command. */
  readonly title: string;
  readonly place: FilePlace;
}

/** What became of all the files. */
export interface Checked {
  /** In the order of files and of places in them. */
  readonly findings: readonly CheckedFinding[];
  /** How many findings are left out because a baseline has them. */
  readonly known: number;
  /** What was mended, and is no finding any more; with `isDryRun` what would be. */
  readonly fixed: readonly FixedFinding[];
  readonly isDryRun: boolean;
  /** Every file that was looked at. */
  readonly files: readonly string[];
  /** Documents that are templates, which can be judged only once they are rendered. */
  readonly templates: number;
  /** Places that could not be read. */
  readonly unread: readonly string[];
}

/** From the gravest to the least. */
export const severities = [
  'error',
  'warning',
  'information',
  'hint',
] as const satisfies readonly Severity[];

/** Whether a severity is as grave as a threshold, or graver. */
export function reaches(severity: Severity, threshold: Severity): boolean {
  return severities.indexOf(severity) <= severities.indexOf(threshold);
}
