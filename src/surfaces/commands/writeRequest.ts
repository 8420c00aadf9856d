import type { Asked } from '../../actions/journal.ts';
import type { Desired, Evidence, Impact, Mesh, Preflight, Steps } from '../../mesh/index.ts';

/** A change as it is put to the person before anything is written. */
export interface WriteRequest {
  readonly desired: readonly Desired[];
  /** What the journal keeps of it. */
  readonly asked: Asked;
  /** The question, one sentence. */
  readonly question: string;
  /** The button that writes. */
  readonly button: string;
  /** What else to know of it, in lines that come first. */
  readonly notes: readonly string[];
  /** What follows from the change in a mesh; undefined when it would not be the same change there any more. */
  readonly impact: (mesh: Mesh) => Steps<Impact | undefined>;
  /** Looks who really calls what the change refuses; absent where nobody needs to know. */
  readonly observe?: (mesh: Mesh, checked: Preflight) => Promise<Evidence>;
  /** Waits until what the write sets off has ended; what did not end well is one sentence. */
  readonly follow?: Follow;
  /** What is said when it is done, of the mesh as it is then. */
  readonly done: (mesh: Mesh) => string;
  /** Asks the same again, of the mesh as it is then. */
  readonly again: () => Promise<void>;
}

/** Waits for something and reports how far it is. */
export type Follow = (
  signal: AbortSignal,
  report: (message: string) => void,
) => Promise<string | undefined>;
