/** Something that runs beside others, or alone. */
export interface Job {
  /** Keeps all cores busy, or is disturbed by what else runs. */
  readonly alone?: boolean;
}

/**
 * Runs jobs in their order, as many side by side as there are cores. A job that runs alone waits for all before it, and all
 * after it wait for it.
 */
export async function sideBySide<J extends Job>(
  jobs: readonly J[],
  cores: number,
  run: (job: J) => Promise<void>,
): Promise<void> {
  const running = new Set<Promise<void>>();
  for (const job of jobs) {
    const beside = job.alone === true ? 0 : cores - 1;
    while (running.size > beside) await Promise.race(running);
    const end = run(job).finally(() => {
      running.delete(end);
    });
    running.add(end);
    if (job.alone === true) await end;
  }
  await Promise.all(running);
}
