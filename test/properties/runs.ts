import fc from 'fast-check';

/** How many random cases each property tries: a thousand in `npm test`, more in CI and with PROPERTY_RUNS=20000. */
export const numRuns = Number(process.env['PROPERTY_RUNS'] ?? 1000);

// The same cases each time, so that a red run means a change; PROPERTY_SEED=N tries others, PROPERTY_SEED=random any.
const seed = process.env['PROPERTY_SEED'] ?? '20261121';
if (seed !== 'random') fc.configureGlobal({ seed: Number(seed) });
