import type { AssumedInjected } from '../mesh/index.ts';
import { isNamespace } from '../mesh/index.ts';

const option = '--assume-injected';
/** What `--assume-injected` without a value stands for. */
const all = '*';

/** The arguments with a value for each `--assume-injected`, which may stand without one. */
export function withOptionalValue(args: readonly string[]): string[] {
  return args.flatMap((argument, index) => {
    if (args[index - 1] === option && isNamespaceList(argument)) return [];
    if (argument !== option) return [argument];
    const next = args[index + 1] ?? '';
    return [`${option}=${isNamespaceList(next) ? next : all}`];
  });
}

/** What is wrong with the values of the option, in one sentence; undefined where nothing is. */
export function wrongAssumption(lists: readonly string[] = []): string | undefined {
  const wrong = lists.find((list) => list !== all && !isNamespaceList(list));
  return wrong === undefined
    ? undefined
    : `${option} takes names of namespaces with commas between them, not "${wrong}".`;
}

/** The namespaces that all values together name. */
export function assumedInjected(lists: readonly string[] = []): AssumedInjected {
  return lists.includes(all) ? 'all' : lists.flatMap((list) => list.split(','));
}

function isNamespaceList(text: string): boolean {
  return text.split(',').every(isNamespace);
}
