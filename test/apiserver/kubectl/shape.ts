import type { KeyPair } from '../../support/kubernetes/certificates.ts';
import type { Witness } from './witness.ts';

/** One set of kubeconfig files, and which server is asked, as whom, with it. */
export interface Shape {
  readonly name: string;
  /** Text, or an object that is written as JSON (which is YAML), by path. */
  readonly files: Readonly<Record<string, unknown>>;
  /** `KUBECONFIG`; the file `config` unless told. */
  readonly list?: readonly string[];
  /** The context asked for by name. */
  readonly context?: string;
  /** As the witness words it; `nobody` when no server is to be asked at all. */
  readonly asked: string;
  /** Where kubectl, on purpose, is not followed: whom it asks instead, and why. */
  readonly kubectl?: { readonly asked: string; readonly because: string };
}

export type Fields = Readonly<Record<string, unknown>>;

/** The parts that shapes are made of. */
export interface ShapeKit {
  readonly urls: Witness['urls'];
  readonly authority: KeyPair;
  readonly alice: KeyPair;
  readonly bob: KeyPair;
  /** Cluster entries of the two servers. */
  readonly a: Fields;
  readonly b: Fields;
  /** The context of cluster `a` and user `u`. */
  readonly ab: Fields;
  /** Alice's certificate and key as data. */
  readonly pem: Fields;
  /** What a credential plugin prints, with the token `from-plugin`. */
  readonly credential: string;
  /** The command that prints it. */
  readonly printing: Fields;
  /** A kubeconfig with one user, one cluster and one context. */
  readonly only: (user: Fields, cluster?: Fields) => Fields;
  /** A user entry with a credential plugin. */
  readonly plugin: (fields: Fields) => Fields;
}

export function shapeKit(witness: Witness, alice: KeyPair, bob: KeyPair): ShapeKit {
  const { urls, authority, otherAuthority } = witness;
  const trusting = (server: string, by: KeyPair) => ({
    server,
    'certificate-authority-data': base64(by.certificate),
  });
  const a = trusting(urls.a, authority);
  const ab = { cluster: 'a', user: 'u' };
  const credential = JSON.stringify({
    apiVersion: 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    status: { token: 'from-plugin' },
  });
  return {
    ...{ urls, authority, alice, bob, a, ab, credential },
    b: trusting(urls.b, otherAuthority),
    pem: {
      'client-certificate-data': base64(alice.certificate),
      'client-key-data': base64(alice.key),
    },
    printing: { command: 'printf', args: ['%s', credential] },
    only: (user, cluster = a) =>
      config({ current: 'x', clusters: { a: cluster }, users: { u: user }, contexts: { x: ab } }),
    plugin: (fields) => ({
      exec: {
        apiVersion: 'client.authentication.k8s.io/v1',
        interactiveMode: 'Never',
        ...fields,
      },
    }),
  };
}

/** A Config whose clusters, users and contexts are given by name. */
export function config(parts: {
  readonly current?: string;
  readonly clusters?: Readonly<Record<string, Fields>>;
  readonly users?: Readonly<Record<string, Fields>>;
  readonly contexts?: Readonly<Record<string, Fields>>;
}): Fields {
  const named = (of: Readonly<Record<string, Fields>> | undefined, field: string) =>
    Object.entries(of ?? {}).map(([name, value]) => ({ name, [field]: value }));
  return {
    apiVersion: 'v1',
    kind: 'Config',
    ...(parts.current !== undefined && { 'current-context': parts.current }),
    clusters: named(parts.clusters, 'cluster'),
    users: named(parts.users, 'user'),
    contexts: named(parts.contexts, 'context'),
  };
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
