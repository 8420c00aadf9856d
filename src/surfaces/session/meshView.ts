import type { MeshSource } from '../../sources/meshSource.ts';

/** The connected cluster's mesh as the manifest features see it: undefined without a cluster. */
export type MeshView = Pick<MeshSource, 'current' | 'subscribe'>;
