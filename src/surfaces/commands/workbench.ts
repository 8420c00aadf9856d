import type { LogOutputChannel, SecretStorage } from 'vscode';
import type { Journal } from '../../actions/journal.ts';
import type { ChangeDocuments } from '../documents/changeDocuments.ts';
import type { FindingPages } from '../documents/findingPages.ts';
import type { ImpactDocuments } from '../documents/impactDocuments.ts';
import type { ManifestDocuments } from '../documents/manifestDocuments.ts';
import type { LoadManifestTools } from '../documents/manifestTools.ts';
import type { MatrixPanel } from '../matrix/matrixPanel.ts';
import type { Session } from '../session/session.ts';
import type { MeshTreeProvider } from '../tree/meshTreeProvider.ts';
import type { ProbeHistory } from './probeHistory.ts';
import type { ProbeOutput } from './probeOutput.ts';
import type { Reviews } from './reviews.ts';
import type { UnansweredWrites } from './unansweredWrites.ts';

/** Opens what is kept of all changes that were written from this workspace. It needs no connection. */
export type LoadJournal = () => Promise<Journal>;

/** What the commands work with. */
export interface Workbench {
  readonly session: Session;
  readonly tree: MeshTreeProvider;
  readonly changes: ChangeDocuments;
  readonly impacts: ImpactDocuments;
  readonly reviews: Reviews;
  readonly unanswered: UnansweredWrites;
  readonly manifests: ManifestDocuments;
  readonly findingPages: FindingPages;
  readonly loadManifestTools: LoadManifestTools;
  readonly loadJournal: LoadJournal;
  readonly probeOutput: ProbeOutput;
  readonly matrix: MatrixPanel;
  readonly probeHistory: ProbeHistory;
  /** Where the credentials of a Prometheus are. */
  readonly secrets: Pick<SecretStorage, 'get' | 'store' | 'delete'>;
  readonly log: LogOutputChannel;
}
