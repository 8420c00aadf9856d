import { KUBE_RESOURCES } from '../../../src/sources/cluster/kubeResource.ts';
import type { Json } from '../../support/kubernetes/adminClient.ts';

/** A user, by what RBAC allows, and what comes of that. */
export interface Role {
  readonly name: string;
  readonly rules: readonly Json[];
  /** The namespace that the rules are for; everywhere when absent. */
  readonly only?: string;
  /** Rules for the root namespace besides. */
  readonly rootRules?: readonly Json[];
  readonly sees: {
    /** Namespaces in the tree, other than the cluster's own. */
    readonly namespaces: readonly string[];
    readonly pods: 'foo and bar' | 'foo' | 'none';
    /** `Kind in namespace: why` of what is missing, in part. */
    readonly missing: readonly string[];
    readonly status: 'synced' | 'stale' | 'failed';
    /** What the rows of the mesh, of foo and of its pod tell; a policy of foo says STRICT, and its pod has no proxy. */
    readonly modes: 'known' | 'unknown';
    /** Clients may run where it cannot look. */
    readonly hidesClients: boolean;
  };
  /** What preparing a write in foo and in bar gives. */
  readonly writes: { readonly foo: string; readonly bar: string };
  readonly exec: string;
}

const everything = { apiGroups: ['*'], resources: ['*'], verbs: ['*'] };
const reading = { apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list', 'watch'] };
const writing = { apiGroups: ['security.istio.io'], resources: ['*'], verbs: ['*'] };
const namespaces = { apiGroups: [''], resources: ['namespaces'], verbs: ['get', 'list', 'watch'] };
const rootPolicies = {
  ...reading,
  resources: ['configmaps', 'peerauthentications'],
};
const exec = { apiGroups: [''], resources: ['pods/exec'], verbs: ['create', 'get'] };
/** What is in a namespace, without the Namespace itself. */
const inNamespace = {
  apiGroups: ['*'],
  resources: KUBE_RESOURCES.filter(({ namespaced }) => namespaced).map(({ plural }) => plural),
  verbs: ['*'],
};

export const roles: readonly Role[] = [
  {
    name: 'administrator',
    rules: [everything],
    sees: {
      namespaces: ['bar', 'foo'],
      pods: 'foo and bar',
      missing: [],
      status: 'synced',
      modes: 'known',
      hidesClients: false,
    },
    writes: { foo: 'ready', bar: 'ready' },
    exec: 'exited',
  },
  {
    name: 'read-only',
    rules: [reading],
    sees: {
      namespaces: ['bar', 'foo'],
      pods: 'foo and bar',
      missing: [],
      status: 'synced',
      modes: 'known',
      hidesClients: false,
    },
    writes: { foo: 'denied create', bar: 'denied create' },
    exec: 'forbidden',
  },
  {
    name: 'one-namespace',
    only: 'foo',
    rules: [everything],
    sees: {
      namespaces: ['foo'],
      pods: 'foo',
      missing: ['Namespace in : forbidden'],
      status: 'synced',
      modes: 'unknown',
      hidesClients: true,
    },
    writes: { foo: 'ready', bar: 'denied get' },
    exec: 'exited',
  },
  {
    name: 'one-namespace-and-the-root',
    only: 'foo',
    rules: [everything],
    rootRules: [rootPolicies, { ...namespaces, verbs: ['get'] }],
    sees: {
      namespaces: ['foo'],
      pods: 'foo',
      missing: ['Namespace in : forbidden'],
      status: 'synced',
      modes: 'known',
      hidesClients: true,
    },
    writes: { foo: 'ready', bar: 'denied get' },
    exec: 'exited',
  },
  {
    name: 'one-namespace-and-the-root-but-no-labels',
    only: 'foo',
    rules: [inNamespace, exec],
    rootRules: [rootPolicies],
    sees: {
      namespaces: ['foo'],
      pods: 'foo',
      missing: ['Namespace in : forbidden'],
      status: 'synced',
      modes: 'unknown',
      hidesClients: true,
    },
    writes: { foo: 'ready', bar: 'denied get' },
    exec: 'exited',
  },
  {
    name: 'no-watch',
    rules: [{ ...reading, verbs: ['get', 'list'] }],
    sees: {
      namespaces: ['bar', 'foo'],
      pods: 'foo and bar',
      missing: [],
      status: 'stale',
      modes: 'known',
      hidesClients: false,
    },
    writes: { foo: 'denied create', bar: 'denied create' },
    exec: 'forbidden',
  },
  {
    name: 'no-exec',
    rules: [reading, writing],
    sees: {
      namespaces: ['bar', 'foo'],
      pods: 'foo and bar',
      missing: [],
      status: 'synced',
      modes: 'known',
      hidesClients: false,
    },
    writes: { foo: 'ready', bar: 'ready' },
    exec: 'forbidden',
  },
  {
    name: 'no-pods',
    rules: [writing, namespaces],
    sees: {
      namespaces: ['bar', 'foo'],
      pods: 'none',
      missing: ['Pod in : forbidden', 'Service in : forbidden'],
      status: 'synced',
      modes: 'unknown',
      hidesClients: true,
    },
    writes: { foo: 'ready', bar: 'ready' },
    exec: 'forbidden',
  },
  {
    name: 'nothing',
    rules: [],
    sees: {
      namespaces: [],
      pods: 'none',
      missing: ['Namespace in : forbidden', 'Pod in : forbidden'],
      status: 'failed',
      modes: 'unknown',
      hidesClients: true,
    },
    writes: { foo: 'denied get', bar: 'denied get' },
    exec: 'forbidden',
  },
];
