import type { Live } from '../../actions/writeTarget.ts';
import { Emitter } from '../../emitter.ts';
import type { MeshObject } from '../../mesh/index.ts';
import { findObject, missingFact, refKey } from '../../mesh/index.ts';
import type { ManifestText } from '../../sources/yaml/manifestFile.ts';
import type { ReadLive } from '../session/liveReader.ts';
import type { MeshView } from '../session/meshView.ts';
import { driftBetween, type Drift } from './drift.ts';

/** How manifests stand to the live objects of the active context. */
export interface LiveDrift {
  /** What is known by now. Asking reads the live object, once for each state that the cluster tells of. */
  of(manifest: ManifestText): Drift;
  /** Called after live objects have been read. */
  subscribe(listener: () => void): { dispose(): void };
  dispose(): void;
}

const TIME_LIMIT_MS = 10_000;

/** Live objects that are kept; the least recently asked one goes first. */
const KEPT = 500;

/** A live object as it was read while the engine knew it as `inCluster`. */
interface Reading {
  readonly inCluster: MeshObject;
  live: Live | undefined;
}

export function openLiveDrift(meshView: MeshView, read: ReadLive): LiveDrift {
  const readings = new Map<string, Reading>();
  const changed = new Emitter();
  const ended = new AbortController();
  const begin = (key: string, contextId: string, inCluster: MeshObject): Reading => {
    const reading: Reading = { inCluster, live: undefined };
    const signal = AbortSignal.any([ended.signal, AbortSignal.timeout(TIME_LIMIT_MS)]);
    const { kind, namespace, name } = inCluster;
    const keep = (live: Live): void => {
      reading.live = live;
      if (!ended.signal.aborted && readings.get(key) === reading) changed.fire();
    };
    // What could not be read is compared by what the engine knows.
    read(contextId, { kind, namespace, name }, signal).then(keep, () => undefined);
    return reading;
  };
  const liveOf = (contextId: string, inCluster: MeshObject): Live | undefined => {
    const key = `${contextId} ${refKey(inCluster)}`;
    const before = readings.get(key);
    const reading = before?.inCluster === inCluster ? before : begin(key, contextId, inCluster);
    readings.delete(key);
    readings.set(key, reading);
    const oldest = readings.keys().next().value;
    if (readings.size > KEPT && oldest !== undefined) readings.delete(oldest);
    return reading.live;
  };
  return {
    of: ({ object, value }) => {
      const { current, contextId } = meshView;
      if (object === undefined || contextId === undefined || current?.status.kind !== 'synced')
        return { kind: 'no-cluster' };
      const { mesh } = current;
      const inCluster = findObject(mesh, object);
      if (inCluster === undefined) {
        const hidden = missingFact(mesh, object.kind, object.namespace);
        return { kind: hidden === undefined ? 'absent' : 'no-cluster' };
      }
      return driftBetween({ value, object, inCluster, live: liveOf(contextId, inCluster) });
    },
    subscribe: (listener) => changed.subscribe(listener),
    dispose: () => {
      ended.abort();
      changed.dispose();
      readings.clear();
    },
  };
}
