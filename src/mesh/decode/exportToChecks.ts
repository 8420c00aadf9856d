import { isNamespace } from '../config/fieldType.ts';
import { problem, quoted, type Problem } from '../model/problem.ts';

/** Whose exportTo it is. */
export interface ExportToOwner {
  /** It may be exported to nobody: a ServiceEntry may. */
  readonly mayHide: boolean;
  readonly namespace: string;
  /** A rule that selects its clients stays in its own namespace (R159). */
  readonly selectsClients: boolean;
}

/** What Istio refuses in an exportTo list (R284). */
export function checkExportTo(
  exportTo: readonly string[],
  owner: ExportToOwner,
  problems: Problem[],
): void {
  for (const [index, entry] of exportTo.entries()) {
    const why = whyRefused(entry, index, exportTo, owner);
    if (why !== undefined) problems.push(problem(['spec', 'exportTo', index], why));
  }
}

function whyRefused(
  entry: string,
  index: number,
  all: readonly string[],
  { mayHide, namespace, selectsClients }: ExportToOwner,
): string | undefined {
  if (all.indexOf(entry) < index) return `${quoted(entry)} is listed twice.`;
  if (selectsClients && entry !== '.' && entry !== namespace) {
    return 'A rule with a workloadSelector can be exported to its own namespace only.';
  }
  switch (entry) {
    case '~':
      if (!mayHide) return '"~" is for ServiceEntries only.';
      return all.length > 1 ? '"~" stands alone.' : undefined;
    case '*':
      return all.length > 1 ? '"*" stands alone: it is every namespace.' : undefined;
    case '.':
      return all.includes(namespace)
        ? `"." and ${quoted(namespace)} are the same namespace.`
        : undefined;
    default:
      return isNamespace(entry) ? undefined : `${quoted(entry)} is not a namespace.`;
  }
}
