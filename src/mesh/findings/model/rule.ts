import type { ObjectKind } from '../../model/kinds.ts';
import type { Severity } from './finding.ts';

/** A law whose breach is a finding. Its page is `docs/findings/CODE.md`. */
export interface Rule {
  /** Of our own prefix, never used for anything else: `MTLS0101`. */
  readonly code: string;
  /** A few words: `two policies for one namespace`. */
  readonly name: string;
  readonly severity: Severity;
  /** What holds, in one sentence. */
  readonly law: string;
  /** Who says so: a page or a source file of Istio or Kubernetes. */
  readonly source: string;
  /** The codes of `istioctl analyze` and of Kiali for the same mistake. */
  readonly istio?: readonly string[];
  readonly kiali?: readonly string[];
  readonly needs?: Needs;
}

/** What must have been read for a finding to be certain; where any of it is missing, nothing is found. */
export interface Needs {
  /** All objects of these kinds in the namespace of the object. */
  readonly own?: readonly ObjectKind[];
  /** All objects of these kinds anywhere. */
  readonly everywhere?: readonly ObjectKind[];
  /** Everything that decides the modes of the namespace. */
  readonly modes?: true;
}
