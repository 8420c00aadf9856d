import * as vscode from 'vscode';
import type { Mesh, PodContainer, ProbeTarget, WorkloadRef } from '../../mesh/index.ts';
import { findWorkload, probePods } from '../../mesh/index.ts';
import { Cancelled, HumanError } from '../platform/humanError.ts';
import type { OtherPlace } from './curlElsewhere.ts';
import {
  clientChoices,
  clientsOf,
  placeOf,
  predictedWords,
  recentChoices,
  targetChoices,
  type ProbeChoice,
  type ProbeRequest,
} from './probeChoices.ts';
import { invalidUrl, parsePath, parseTarget, servedTargets, type ProbeEnd } from './probeTarget.ts';

/** What is known of a probe before the person is asked for the rest. */
export interface ProbeStart extends ProbeEnd {
  readonly from?: WorkloadRef;
}

type Item<T> = vscode.QuickPickItem & { readonly chosen?: T };

/** Asks for what is not known of a probe: mostly one question, with the last answers first. */
export async function chooseProbe(
  mesh: Mesh,
  start: ProbeStart,
  recent: readonly ProbeRequest[],
): Promise<ProbeRequest> {
  const { from, to } = start;
  if (to !== undefined && findWorkload(mesh, to) === undefined)
    throw new HumanError(`${to.namespace}/${to.name} is not there any more.`);
  if (from !== undefined) return chooseTarget(mesh, { from }, start);
  const targets = to === undefined ? [] : servedTargets(mesh, start);
  if (targets.length > 0) return pick(clientChoices(mesh, targets), 'From which workload?');
  const again = recentChoices(mesh, recent);
  const clients = clientsOf(mesh).map(({ ref }) => ({
    label: `${ref.namespace}/${ref.name}`,
    chosen: { from: ref },
  }));
  const items: readonly Item<ProbeRequest | Omit<ProbeRequest, 'target'>>[] = [
    ...again,
    ...(again.length === 0 ? [] : [separator('another')]),
    ...clients,
  ];
  const chosen = await pick(items, 'From which workload?');
  return 'target' in chosen ? chosen : chooseTarget(mesh, chosen, start);
}

function separator(label: string): vscode.QuickPickItem {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}

async function chooseTarget(
  mesh: Mesh,
  client: Omit<ProbeRequest, 'target'>,
  end: ProbeEnd,
): Promise<ProbeRequest> {
  const place = placeOf(mesh, client);
  const { namespace, name } = client.from;
  if (place === undefined)
    throw new HumanError(`${namespace}/${name} has no running pod to probe from.`);
  const choices = targetChoices(mesh, client, servedTargets(mesh, end));
  const items: readonly Item<ProbeRequest | 'url' | 'container'>[] = [
    ...choices,
    { label: 'Another URL…', chosen: 'url' },
    ...(probePods(mesh, client.from).length > 1
      ? [
          {
            label: 'In another container…',
            description: `now ${place.container}`,
            chosen: 'container',
          } as const,
        ]
      : []),
  ];
  const chosen = await pick(items, 'To which Service and port?');
  if (chosen === 'url') return { ...client, target: await typeUrl() };
  if (chosen === 'container')
    return chooseTarget(
      mesh,
      { ...client, container: await chooseContainer(mesh, client.from) },
      end,
    );
  return chosen;
}

async function chooseContainer(mesh: Mesh, from: WorkloadRef): Promise<string> {
  const names = [...new Set(probePods(mesh, from).map(({ container }) => container))];
  const items = names.map((label) => ({ label, chosen: label }));
  return pick(items, 'In which container does curl run?');
}

async function typeUrl(): Promise<ProbeTarget> {
  const text = await vscode.window.showInputBox({
    title: 'What is requested?',
    value: 'http://',
    valueSelection: [7, 7],
    validateInput: (url) => (parseTarget(url) === undefined ? invalidUrl : undefined),
  });
  if (text === undefined) throw new Cancelled();
  const target = parseTarget(text);
  if (target === undefined) throw new HumanError(invalidUrl);
  return target;
}

/** One of the containers that have curl, in place of one that has none. */
export async function chooseOtherPlace(
  mesh: Mesh,
  target: ProbeTarget,
  { without, places }: { readonly without: PodContainer; readonly places: readonly OtherPlace[] },
): Promise<OtherPlace> {
  const items = places.map((one) => {
    const { workload: from, place } = one;
    const container = place.container;
    return {
      label: `${from.namespace}/${from.name}`,
      description: `container ${container} · ${predictedWords(mesh, { from, container, target })}`,
      chosen: one,
    };
  });
  return pick(items, `Container ${without.container} has no curl. These have: from which?`);
}

/** The Services and ports of a matrix, with one path for all of them. */
export async function chooseServers(mesh: Mesh): Promise<readonly ProbeTarget[]> {
  const items = servedTargets(mesh, {}).map((target) => ({
    label: `${target.host}:${target.port}`,
    target,
  }));
  const options = { canPickMany: true, placeHolder: 'To which Services and ports?' } as const;
  const chosen = await vscode.window.showQuickPick(items, options);
  if (chosen === undefined || chosen.length === 0) throw new Cancelled();
  return chosen.map(({ target }) => target);
}

/** The same targets with the path that the person types for all of them. */
export async function withOnePath(
  targets: readonly ProbeTarget[],
): Promise<readonly ProbeTarget[]> {
  const [first] = targets;
  const same = targets.every(({ path }) => path === first?.path);
  const text = await vscode.window.showInputBox({
    title: 'Which path is requested of all of them?',
    value: same ? (first?.path ?? '/') : '/',
    validateInput: (value) => (value.startsWith('/') ? undefined : 'A path starts with a slash.'),
  });
  const path = text === undefined ? undefined : parsePath(text);
  if (path === undefined) throw new Cancelled();
  return targets.map((target) => ({ ...target, path }));
}

async function pick<T>(
  items: readonly (Item<T> | ProbeChoice<T>)[],
  placeHolder: string,
): Promise<T> {
  const options = { placeHolder, matchOnDescription: true };
  const picked = await vscode.window.showQuickPick<Item<T>>(items, options);
  if (picked?.chosen === undefined) throw new Cancelled();
  return picked.chosen;
}
