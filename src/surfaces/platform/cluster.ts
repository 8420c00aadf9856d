import type { ClusterActions } from '../../actions/clusterActions.ts';
import type { MeshSource } from '../../sources/meshSource.ts';

/** One open connection to a cluster. Everything it started ends with `dispose`. */
export interface Cluster {
  /** The context's name. */
  readonly context: string;
  readonly server: string;
  readonly source: MeshSource;
  readonly actions: ClusterActions;
  /** The ClusterRole, as YAML, that would lift what is forbidden now; undefined when nothing is. */
  missingRole(): string | undefined;
  dispose(): void;
}
