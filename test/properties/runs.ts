/** How many random cases each property tries: a few hundred in `npm test`, more with PROPERTY_RUNS=20000. */
export const numRuns = Number(process.env['PROPERTY_RUNS'] ?? 250);
