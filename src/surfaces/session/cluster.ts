import type { ClusterActions } from '../../actions/clusterActions.ts';
import type { MeshSource } from '../../sources/meshSource.ts';

/** One open connection to a cluster. Everything it started ends with `dispose`. */
export interface Cluster {
  /** The context's name. */
  readonly context: string;
  readonly server: string;
  readonly source: MeshSource;
  /** Ends all watches and closes the sockets; the last mesh stays, as `paused`. */
  pause(): void;
  /** Reads everything anew, and follows it. Nothing happens unless it was paused. */
  resume(): void;
  readonly actions: ClusterActions;
  /** The ClusterRole, as YAML, that would lift what is forbidden now; undefined when nothing is. */
  missingRole(): string | undefined;
  dispose(): void;
}
