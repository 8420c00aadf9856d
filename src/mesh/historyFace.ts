/** The part of the engine's public face that is about what was changed: `index.ts` hands it on. */

export type { FieldWrite } from './history/fieldWrite.ts';
export type { Refusal } from './history/refusal.ts';
export { refusalOf } from './history/refusal.ts';
export type { Culprit, History, Pair, Remedy, WhyRefused } from './history/whyRefused.ts';
export { whyRefused } from './history/whyRefused.ts';
export {
  clientWords,
  describeNotRefused,
  describeRemedy,
  describeWhy,
} from './words/history/describeWhy.ts';
