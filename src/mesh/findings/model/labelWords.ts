import type { Labels } from '../../model/objects.ts';

/** Labels as a sentence names them: `app=cart, version=v1`. */
export function labelWords(labels: Labels): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ');
}
