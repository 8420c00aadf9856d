import * as vscode from 'vscode';
import type { Applied, Ready } from '../../actions/apply.ts';
import type { Evidence, Impact } from '../../mesh/index.ts';
import { consequences, impactDocument } from '../../mesh/index.ts';
import type { ClusterConnection } from '../../kube.ts';
import { Cancelled, HumanError } from '../platform/humanError.ts';
import { compared } from './compared.ts';
import { offerManifest } from './editManifest.ts';
import { withFindings } from './newFindings.ts';
import { offerUndo } from './offerUndo.ts';
import { withProgress, withWriteProgress } from './progress.ts';
import { knownMesh } from './targets.ts';
import { untilShown } from './untilShown.ts';
import type { Workbench } from './workbench.ts';
import type { WriteRequest } from './writeRequest.ts';
import { describeApplyWarning, describeWriteRefusal, staleSentence } from './writeText.ts';

/**
 * The one way in which a command writes: check with the cluster (permissions, dry run), show the diff, ask, write, follow
 * what it sets off, offer Undo. A person may review it first, for as long as it stays true. Ends in one sentence when the
 * cluster refuses or the person declines.
 */
export async function confirmAndWrite(
  workbench: Workbench,
  cluster: ClusterConnection,
  asked: WriteRequest,
): Promise<void> {
  const mesh = await knownMesh(cluster);
  const seen = await compared(asked.impact(mesh));
  if (seen === undefined) throw new HumanError('The mesh has just changed. Ask again.');
  const evidence = await asked.observe?.(mesh, seen.checked);
  const impact = { ...seen, ...(evidence && { evidence }) };
  const observed = evidence === undefined ? asked : withEvidence(asked, evidence);
  const request = await withFindings(workbench, mesh, observed);
  const ready = await check(workbench, cluster, request);
  await workbench.changes.show(ready.changes, request.question);
  const choice = await askWhether(cluster, ready, request, impact);
  if (choice === review) {
    await openReview(workbench, cluster, ready, request);
    return;
  }
  try {
    if (choice !== request.button) throw new Cancelled();
    await write(workbench, cluster, ready, request);
  } finally {
    await workbench.changes.close();
  }
}

/** The same request, whose impact is told with what was observed. */
function withEvidence(request: WriteRequest, evidence: Evidence): WriteRequest {
  return {
    ...request,
    impact: function* (mesh) {
      const impact = yield* request.impact(mesh);
      return impact && { ...impact, evidence };
    },
  };
}

async function check(
  workbench: Workbench,
  cluster: ClusterConnection,
  { desired }: WriteRequest,
): Promise<Ready> {
  const prepared = await withProgress('Asking the cluster what would change', (signal) =>
    cluster.actions.prepare(desired, signal),
  );
  switch (prepared.kind) {
    case 'ready':
      return prepared;
    case 'unchanged':
      throw new HumanError('The cluster already has this. Nothing was written.');
    case 'conflict':
      await offerManifest(cluster, prepared, desired, workbench.loadManifestTools);
      throw new Cancelled();
    case 'denied':
    case 'invalid':
    case 'changed-since':
    case 'not-installed':
    case 'failed':
    case 'unanswered':
      throw new HumanError(describeWriteRefusal(prepared));
  }
}

/** Which cluster a dialog speaks of, and whether what is known of it is out of date. */
export function whereLines({ context, server, source }: ClusterConnection): readonly string[] {
  const where = `Context ${context}, ${server}`;
  const stale = source.current && staleSentence(source.current.status);
  return stale === undefined ? [where] : [where, `⚠ ${stale}`];
}

const review = 'Review First';

function askWhether(
  cluster: ClusterConnection,
  ready: Ready,
  { question, button, notes }: WriteRequest,
  impact: Impact,
): Thenable<string | undefined> {
  const detail = [
    ...whereLines(cluster),
    ...warningLines(ready),
    ...notes,
    consequences(ready.changes, impact),
  ].join('\n');
  // The first button is the one that Enter presses: that must not write.
  return vscode.window.showWarningMessage(question, { modal: true, detail }, review, button);
}

function warningLines({ warnings }: Ready): readonly string[] {
  return warnings.map((warning) => `⚠ ${describeApplyWarning(warning)}`);
}

/** Keeps the diff, and shows beside it everything that follows, with Apply and Discard in the editor's title. */
async function openReview(
  workbench: Workbench,
  cluster: ClusterConnection,
  ready: Ready,
  request: WriteRequest,
): Promise<void> {
  const title = request.question.replace(/\?$/, '');
  const intro = [
    `Context ${cluster.context}, ${cluster.server}.`,
    ...warningLines(ready),
    ...request.notes,
  ];
  await workbench.reviews.open({
    title,
    source: cluster.source,
    text: function* (mesh) {
      const impact = yield* request.impact(mesh);
      return impact && impactDocument(title, intro, ready.changes, impact);
    },
    mesh: () => knownMesh(cluster),
    apply: () => write(workbench, cluster, ready, request),
    again: request.again,
  });
}

/** Writes what was confirmed, waits until what it set off has ended, and says what is true then. */
async function write(
  workbench: Workbench,
  cluster: ClusterConnection,
  ready: Ready,
  request: WriteRequest,
): Promise<void> {
  const { actions, source } = cluster;
  const outcome = await withWriteProgress(request.asked.title, async (signal, report) => {
    const applied = await actions.commit(ready, request.asked, signal);
    if (applied.kind === 'not-applied') return applied;
    const isShown = await untilShown(cluster, applied.entry.changes, signal);
    const problem = await request.follow?.(signal, report);
    return { ...applied, isShown, problem };
  });
  if (outcome.kind === 'not-applied') {
    tellNotApplied(workbench, cluster, outcome);
    return;
  }
  const { entry, isShown, problem } = outcome;
  const done = source.current === undefined ? '' : request.done(source.current.mesh);
  const said = isShown ? (problem ?? done) : `${request.asked.title}. ${unseenSentence}`;
  offerUndo(entry, said, problem === undefined ? 'information' : 'warning');
}

/** Says why not all was written; what was, or may have been, can be taken back at once. */
function tellNotApplied(
  workbench: Workbench,
  cluster: ClusterConnection,
  { why, entry }: Extract<Applied, { kind: 'not-applied' }>,
): void {
  const sentence = describeWriteRefusal(why);
  if (entry === undefined) throw new HumanError(sentence);
  if (why.kind === 'unanswered') {
    workbench.unanswered.follow(cluster);
    offerUndo(entry, `${sentence} It is being looked for, and you are told.`, 'warning');
    return;
  }
  offerUndo(entry, `${sentence} A part was written; Undo takes it back.`, 'warning');
}

const unseenSentence =
  'The cluster has it, but has not told so by its watch yet: the Mesh view may be behind.';
