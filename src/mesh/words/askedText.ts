import type { WorkloadRef } from '../model/reference.ts';
import type { DesiredMode, EnforceTarget } from '../change/enforceTarget.ts';
import { targetWords } from './enforcementText.ts';

/** What enforcing did, in the past tense: `Enforced STRICT on namespace foo`. */
export function enforcedWords(
  target: EnforceTarget,
  mode: DesiredMode,
  except: readonly WorkloadRef[],
): string {
  const where = targetWords(target);
  switch (mode) {
    case 'INHERITED':
      return `Let ${where} inherit its mode`;
    case 'STRICT':
      return `Enforced STRICT on ${where}${exceptWords(except)}`;
    case 'PERMISSIVE':
    case 'DISABLE':
      return `Set ${mode} on ${where}`;
  }
}

/** Names workloads that keep another mode, as a sentence goes on. */
export function exceptWords(except: readonly WorkloadRef[]): string {
  return except.length === 0 ? '' : ` except ${except.map(({ name }) => name).join(', ')}`;
}
