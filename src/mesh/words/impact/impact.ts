import type { EnforcementWarning } from '../../change/enforcementWarnings.ts';
import type { Preflight } from '../../change/preflight.ts';
import type { Evidence } from '../../evidence/evidence.ts';

/** What is told about a change before it is written. */
export interface Impact {
  readonly checked: Preflight;
  readonly warnings: readonly EnforcementWarning[];
  /** What was observed of the traffic; absent where nobody looked. */
  readonly evidence?: Evidence;
}
