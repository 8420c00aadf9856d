const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** How long ago something was, as people say it: `2 min ago`. Both in milliseconds since the epoch. */
export function ageWords(at: number, now: number): string {
  const age = now - at;
  if (age < minute) return 'just now';
  if (age < hour) return `${Math.floor(age / minute)} min ago`;
  if (age < day) return `${Math.floor(age / hour)} h ago`;
  const days = Math.floor(age / day);
  return days === 1 ? 'yesterday' : `${days} days ago`;
}
