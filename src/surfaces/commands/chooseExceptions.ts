import * as vscode from 'vscode';
import type { Mesh, WorkloadRef } from '../../mesh/index.ts';
import { describeRefusal } from '../../mesh/index.ts';
import { Cancelled, HumanError } from '../platform/humanError.ts';
import { compared } from './compared.ts';
import { exceptionChoices, type ExceptionChoice } from './exceptionChoices.ts';

type Item = vscode.QuickPickItem & { readonly ref?: WorkloadRef };

/** Lets the person choose which workloads of a namespace stay PERMISSIVE; those whose clients depend on it come first. */
export async function chooseExceptions(
  mesh: Mesh,
  namespace: string,
): Promise<readonly WorkloadRef[]> {
  const choices = await compared(exceptionChoices(mesh, namespace));
  if (choices.kind === 'refused') throw new HumanError(describeRefusal(choices.why));
  if (choices.kind === 'none') {
    throw new HumanError(
      `No workload of namespace ${namespace} has a proxy: there is none to except.`,
    );
  }
  const { refusing, others } = choices;
  const items: readonly Item[] = [
    ...group('refuses known clients', refusing),
    ...group('refuses no known client', others),
  ];
  const chosen = await vscode.window.showQuickPick(items, {
    canPickMany: true,
    matchOnDetail: true,
    title: `Enforce STRICT on namespace ${namespace}, with exceptions`,
    placeHolder: 'Tick the workloads that stay PERMISSIVE, all others become STRICT',
  });
  if (chosen === undefined) throw new Cancelled();
  return chosen.flatMap(({ ref }) => ref ?? []);
}

function group(label: string, choices: readonly ExceptionChoice[]): readonly Item[] {
  if (choices.length === 0) return [];
  const items = choices.map(({ ref, detail }): Item => ({
    label: ref.name,
    description: ref.kind,
    ...(detail === '' ? {} : { detail }),
    ref,
  }));
  return [{ label, kind: vscode.QuickPickItemKind.Separator }, ...items];
}
