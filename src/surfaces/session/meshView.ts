import type { MeshSource } from '../../sources/meshSource.ts';

/** The mesh of the active context as the manifest features see it: undefined without a cluster. */
export interface MeshView extends Pick<MeshSource, 'current' | 'subscribe'> {
  /** The id by which commands find the context that `current` belongs to. */
  readonly contextId: string | undefined;
}
