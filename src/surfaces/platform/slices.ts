import type { Steps } from '../../mesh/index.ts';
import { Cancelled } from './humanError.ts';

/** Milliseconds of computing after which the editor's other work has its turn. */
const slice = 8;

/** Takes the steps of a computation a few milliseconds at a time. Ends as what a person called off once the signal says so. */
export async function inSlices<T>(steps: Steps<T>, signal?: AbortSignal): Promise<T> {
  let end = performance.now() + slice;
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done === true) return step.value;
    if (performance.now() < end) continue;
    await new Promise((resolve) => setImmediate(resolve));
    if (signal?.aborted === true) throw new Cancelled();
    end = performance.now() + slice;
  }
}
