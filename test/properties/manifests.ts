import type { Manifest } from '../../src/mesh/model/manifest.ts';

/** The first second of every generated mesh; objects are a few seconds apart so that ties happen. */
const EPOCH = Date.UTC(2026, 0, 1);

export interface Header {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  /** Seconds after the first second of the mesh. */
  readonly age: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A manifest as the API server would return it, with the fields of `body` beside its metadata. */
export function manifest(header: Header, body: Readonly<Record<string, unknown>>): Manifest {
  const { apiVersion, kind, namespace, name, age, labels, annotations } = header;
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      uid: `${kind}-${namespace ?? ''}-${name}`,
      creationTimestamp: new Date(EPOCH + age * 1000).toISOString().replace('.000', ''),
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
    },
    ...body,
  };
}
