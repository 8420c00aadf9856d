/** How many random cases each property tries: a thousand in `npm test`, more in CI and with PROPERTY_RUNS=20000. */
export const numRuns = Number(process.env['PROPERTY_RUNS'] ?? 1000);
