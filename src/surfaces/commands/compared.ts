import type { Steps } from '../../mesh/index.ts';
import { inSlices } from '../platform/slices.ts';
import { withProgress } from './progress.ts';

/** Compares connections, however many there are, while the person sees that it runs and can call it off. */
export function compared<T>(steps: Steps<T>): Promise<T> {
  return withProgress('Comparing connections', (signal) => inSlices(steps, signal));
}
