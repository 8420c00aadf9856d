import * as vscode from 'vscode';
import { walkthrough } from '../../contributions.ts';
import { listed } from '../../mesh/index.ts';
import { unlinked } from '../platform/notification.ts';
import type { Workbench } from './workbench.ts';

/** Starts the demo mesh, beside what is open: that goes on being followed. Says what can be tried then. */
export async function startDemo({ session }: Workbench): Promise<void> {
  const beside = session.contexts.filter(({ target }) => !target.demo).map(({ name }) => name);
  await session.openDemo(beside.length === 0 ? 'instead' : 'beside');
  const { active } = session;
  if (active?.target.demo !== true || active.cluster === undefined) return;
  const others =
    beside.length === 0
      ? ''
      : ` Manifests and the palette are about it now; ${listed(beside, 3)} stays open beside it.`;
  const next = 'Right-click foo and choose Enforce STRICT to see who would be refused.';
  const how = 'Get Started';
  void vscode.window
    .showInformationMessage(unlinked(`The demo mesh is running.${others} ${next}`), how)
    .then((choice) => (choice === how ? openWalkthrough() : undefined));
}

/** Opens the walkthrough, which is a page of VS Code's. */
export async function openWalkthrough(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.openWalkthrough', walkthrough);
}
