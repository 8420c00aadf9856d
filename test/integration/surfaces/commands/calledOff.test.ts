import '../../../support/vscode/loadVscode.ts';
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { preflightSteps } from '../../../../src/mesh/change/preflight.ts';
import { findingsAdded } from '../../../../src/mesh/findings/findingsAdded.ts';
import type { JournalEntry } from '../../../../src/actions/journal.ts';
import { tutorialMesh } from '../../../unit/surfaces/tree/tutorialMesh.ts';
import type { ClusterConnection } from '../../../../src/kube.ts';
import type { Workbench } from '../../../../src/surfaces/commands/workbench.ts';
import { turns } from '../../../support/until.ts';

const vscode = await import('vscode');
const { confirmAndWrite } = await import('../../../../src/surfaces/commands/write.ts');
const { withProgress } = await import('../../../../src/surfaces/commands/progress.ts');
const { Cancelled } = await import('../../../../src/surfaces/platform/humanError.ts');

/** What calls off everything that is under way. */
let callOff = (): void => undefined;
const told: string[] = [];

Object.assign(vscode.window, {
  withProgress: (
    _options: object,
    task: (
      progress: { report(): void },
      token: { onCancellationRequested(listener: () => void): void },
    ) => Promise<void>,
  ) =>
    task(
      { report: () => undefined },
      {
        onCancellationRequested: (listener) => {
          callOff = listener;
        },
      },
    ),
  showWarningMessage: (_question: string, _options: object, _review: string, button: string) =>
    Promise.resolve(button),
  showInformationMessage: (sentence: string, ...buttons: readonly string[]) => {
    told.push([sentence, ...buttons].join(' | '));
    return Promise.resolve(undefined);
  },
});

it('what is called off ends silently', async () => {
  const running = withProgress('Reading', async () => {
    await turns(1);
    callOff();
    return 'what nobody waits for any more';
  });
  await assert.rejects(running, Cancelled);
});

it('what was written is told, with Undo, also when the person called off the waiting for it', async () => {
  const ref = { kind: 'PeerAuthentication', namespace: 'foo', name: 'default' } as const;
  const after = { apiVersion: 'security.istio.io/v1', kind: ref.kind, metadata: ref };
  const entry = { id: 'one', changes: [{ ref, after }] as unknown } as JournalEntry;
  const mesh = tutorialMesh();
  const ready = { kind: 'ready', changes: [], warnings: [], steps: [] };
  const cluster = {
    context: 'here',
    server: 'https://127.0.0.1:1',
    source: {
      current: { mesh, status: { kind: 'synced' } },
      subscribe: () => ({ dispose: () => undefined }),
    },
    actions: {
      prepare: () => Promise.resolve(ready),
      commit: () => {
        setTimeout(() => {
          callOff();
        }, 10);
        return Promise.resolve({ kind: 'applied', entry });
      },
    },
  } as unknown as ClusterConnection;
  const changes = { show: () => Promise.resolve(), close: () => Promise.resolve() };
  const loadManifestTools = () => Promise.resolve({ findingsAdded });
  await confirmAndWrite({ changes, loadManifestTools } as unknown as Workbench, cluster, {
    desired: [],
    asked: { title: 'Enforced STRICT on namespace foo' },
    question: 'Enforce STRICT on namespace foo?',
    button: 'Enforce STRICT',
    notes: [],
    impact: function* (now) {
      return { checked: yield* preflightSteps(now, now), warnings: [] };
    },
    done: () => 'Namespace foo is STRICT now.',
    again: () => Promise.resolve(),
  });
  assert.deepEqual(told, [
    'Enforced STRICT on namespace foo. The cluster has it, but has not told so by its watch yet: the Mesh view may be behind. | Undo',
  ]);
});
