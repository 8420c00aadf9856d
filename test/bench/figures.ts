import { setImmediate } from 'node:timers/promises';

/** One measured figure: a value, what it is measured against in the same run, and the ratio that must hold. */
export interface Figure {
  readonly name: string;
  readonly value: string;
  readonly against: string;
  readonly ratio: number;
  /** The ratio must not be above this. */
  readonly budget: number;
  /** What is measured, where the name does not tell. */
  readonly note?: string;
}

export function holds({ ratio, budget }: Figure): boolean {
  return ratio <= budget;
}

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Milliseconds that pass while `work` runs, once. For work so short that the system does not interrupt it. */
export function timed(work: () => unknown): number {
  const since = performance.now();
  work();
  return performance.now() - since;
}

/**
 * Milliseconds for which `work` keeps processors busy, garbage collection beside it included: what other programs do at
 * the same time does not count. Of the process and not of the thread, which Linux counts in ticks only.
 */
export function busy(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

export function milliseconds(value: number): string {
  return `${value.toFixed(value < 10 ? 3 : 0)} ms`;
}

export function microseconds(value: number): string {
  return `${value.toFixed(2)} us`;
}

/** Collects garbage until the heap stops shrinking, and returns its size in bytes. Needs --expose-gc. */
export async function retainedHeap(): Promise<number> {
  if (globalThis.gc === undefined) throw new Error('Run with --expose-gc.');
  let size = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 10; round++) {
    globalThis.gc();
    await setImmediate();
    const now = process.memoryUsage().heapUsed;
    if (now > size * 0.9999) break;
    size = now;
  }
  return size;
}
