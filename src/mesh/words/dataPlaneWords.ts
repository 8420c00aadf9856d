import type { DataPlane } from '../model/mode.ts';

/** What a workload has, as the object of a sentence. */
export function dataPlaneWords(dataPlane: DataPlane | 'mixed' | 'unknown'): string {
  switch (dataPlane) {
    case 'sidecar':
      return 'a sidecar';
    case 'ambient':
      return 'ztunnel (ambient)';
    case 'gateway':
      return 'a gateway';
    case 'waypoint':
      return 'a waypoint';
    case 'none':
      return 'no proxy';
    case 'mixed':
      return 'several data planes';
    case 'unknown':
      return 'unknown';
  }
}

/** The same as a row of the tree has room for it. */
export function dataPlaneLabel(dataPlane: DataPlane | 'mixed' | 'unknown'): string {
  switch (dataPlane) {
    case 'sidecar':
    case 'ambient':
    case 'gateway':
    case 'waypoint':
    case 'unknown':
      return dataPlane;
    case 'mixed':
      return 'partly in mesh';
    case 'none':
      return 'not in mesh';
  }
}

/** The same as a verb phrase: `has a sidecar`. */
export function dataPlaneClause(dataPlane: DataPlane): string {
  switch (dataPlane) {
    case 'sidecar':
      return 'has a sidecar';
    case 'ambient':
      return 'is in ambient';
    case 'gateway':
      return 'is a gateway';
    case 'waypoint':
      return 'is a waypoint';
    case 'none':
      return 'has no proxy';
  }
}
