import type { Manifest } from '../../model/manifest.ts';
import type { NonEmpty, ObjectRef, Origin } from '../../model/reference.ts';

/** How grave a finding is. `information` is worth knowing; `hint` shows in the text only. */
export type Severity = 'error' | 'warning' | 'information' | 'hint';

/** Steps from the root of an object: field names, and positions in lists from 0. Empty means the object as a whole. */
export type FieldPath = readonly (string | number)[];

/** Another object that has to do with a finding, and what about it, in one sentence. */
export interface Related {
  readonly object: ObjectRef;
  readonly path: FieldPath;
  readonly message: string;
}

/** One step of a repair, as a change of an object; what has the text of the object makes an edit of it. */
export type FixStep =
  /** Sets a field, and what is missing above it. */
  | {
      readonly kind: 'set';
      readonly object: ObjectRef;
      readonly path: FieldPath;
      readonly value: unknown;
    }
  | { readonly kind: 'remove'; readonly object: ObjectRef; readonly path: FieldPath }
  /** Gives the field at `path` another name and keeps what it holds. */
  | {
      readonly kind: 'rename';
      readonly object: ObjectRef;
      readonly path: FieldPath;
      readonly to: string;
    }
  | { readonly kind: 'delete-object'; readonly object: ObjectRef }
  | { readonly kind: 'add-object'; readonly manifest: Manifest };

/** What repairs a finding. */
export interface Fix {
  /** What it does, as a command: `Change Service port 80 to container port 8080`. */
  readonly title: string;
  readonly steps: NonEmpty<FixStep>;
  /** Right in every case, so that it may be taken for all findings of its kind without looking at each. */
  readonly safe: boolean;
}

/** What an analyzer says about the object that it looked at. */
export interface Remark {
  readonly path: FieldPath;
  /** One plain sentence. */
  readonly message: string;
  /** Absent for the severity of the rule. */
  readonly severity?: Severity;
  readonly related?: readonly Related[];
  readonly fix?: Fix;
  /** What the object says has no effect at all. */
  readonly ignored?: true;
}

/** A mistake about mutual TLS, or what comes of one, at a field of an object. */
export interface Finding extends Remark {
  readonly code: string;
  readonly severity: Severity;
  readonly object: ObjectRef;
  /** Where the object was read. */
  readonly origin: Origin;
}
