import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import { chooseContext, listContexts } from '../../../../src/sources/kubeconfig/contexts.ts';
import {
  defaultKubeconfigPaths,
  describeKubeconfigProblem,
  kubeconfigList,
  loadKubeconfig,
} from '../../../../src/sources/kubeconfig/kubeconfig.ts';

type Files = Readonly<Record<string, string>>;

/** Reads from a table of files, and fails as node does for all others. */
function reading(files: Files): (path: string) => Promise<string> {
  return (path) => {
    const text = files[path];
    if (text !== undefined) return Promise.resolve(text);
    return Promise.reject(Object.assign(new Error(`no such file: ${path}`), { code: 'ENOENT' }));
  };
}

/** What one would be connected to, in one line; or why not. */
async function chosen(files: Files, paths: readonly string[], context?: string): Promise<string> {
  const loaded = await loadKubeconfig(paths, reading(files));
  if (loaded.kind === 'broken') return describeKubeconfigProblem(loaded.problems[0]);
  const choice = chooseContext(loaded.kubeconfig, context);
  if (choice.kind === 'unusable') return choice.cause;
  const { name, namespace, cluster, user } = choice.context;
  return `${name} ${cluster.server} ${user.token ?? user.clientCertificate ?? 'nobody'} ${namespace}`;
}

function config(sections: {
  readonly current?: string | undefined;
  readonly clusters?: Files;
  readonly users?: Files;
  readonly contexts?: Files;
}): string {
  const section = (title: string, singular: string, entries: Files = {}): string[] => [
    `${title}:`,
    ...Object.entries(entries).map(([name, body]) => `- {name: ${name}, ${singular}: {${body}}}`),
  ];
  return [
    'apiVersion: v1',
    'kind: Config',
    ...(sections.current === undefined ? [] : [`current-context: ${sections.current}`]),
    ...section('clusters', 'cluster', sections.clusters),
    ...section('users', 'user', sections.users),
    ...section('contexts', 'context', sections.contexts),
  ].join('\n');
}

const one = config({
  current: 'dev',
  clusters: { c: 'server: https://one/' },
  users: { u: 'token: first' },
  contexts: { dev: 'cluster: c, user: u' },
});
const two = config({
  current: 'prod',
  clusters: { c: 'server: https://two, tls-server-name: other', d: 'server: https://d' },
  users: { u: 'token: second', v: 'token: third' },
  contexts: {
    dev: 'cluster: d, user: v, namespace: late',
    prod: 'cluster: d, user: v, namespace: team',
  },
});
const reference = {
  clusters: { c: 'server: https://one' },
  contexts: { dev: 'cluster: c, user: u' },
  current: 'dev',
};

interface Row {
  readonly name: string;
  readonly files: Files;
  readonly paths: readonly string[];
  readonly context?: string;
  readonly expected: string | RegExp;
}

const rows: readonly Row[] = [
  {
    name: 'one file gives its current context',
    files: { '/a': one },
    paths: ['/a'],
    expected: 'dev https://one first default',
  },
  {
    name: 'of two files the first names the current context',
    files: { '/a': one, '/b': two },
    paths: ['/a', '/b'],
    expected: 'dev https://one first default',
  },
  {
    name: 'the order of the list decides, not the names',
    files: { '/a': one, '/b': two },
    paths: ['/b', '/a'],
    expected: 'prod https://d third team',
  },
  {
    name: 'a context that both files have is the first one whole, not a mixture',
    files: { '/a': one, '/b': two },
    paths: ['/a', '/b'],
    context: 'dev',
    expected: 'dev https://one first default',
  },
  {
    name: 'a context may use a cluster and a user of another file',
    files: { '/a': one, '/b': two },
    paths: ['/a', '/b'],
    context: 'prod',
    expected: 'prod https://d third team',
  },
  {
    name: 'a later file names the current context when the first names none',
    files: {
      '/a': config({ ...reference, current: undefined, users: { u: 'token: x' } }),
      '/b': 'current-context: dev',
    },
    paths: ['/a', '/b'],
    expected: 'dev https://one x default',
  },
  {
    name: 'missing files are skipped',
    files: { '/b': two },
    paths: ['/gone', '/b'],
    expected: 'prod https://d third team',
  },
  {
    name: 'only missing files are no kubeconfig',
    files: {},
    paths: ['/gone'],
    expected: 'There is no kubeconfig file.',
  },
  {
    name: 'an empty file has no contexts',
    files: { '/a': '' },
    paths: ['/a'],
    expected: /names no current context.*no contexts at all/,
  },
  {
    name: 'a context that does not exist is said together with those that do',
    files: { '/a': one },
    paths: ['/a'],
    context: 'prdo',
    expected: 'The kubeconfig has no context "prdo". It has dev.',
  },
  {
    name: 'a context of a cluster that is not there',
    files: { '/a': config({ ...reference, clusters: {}, users: { u: 'token: x' } }) },
    paths: ['/a'],
    expected: /names the cluster "c", which the kubeconfig does not have/,
  },
  {
    name: 'a context of a user that is not there is refused, as by kubectl',
    files: { '/a': config(reference) },
    paths: ['/a'],
    expected: /names the user "u", which the kubeconfig does not have/,
  },
  {
    name: 'a context without a user is anonymous',
    files: { '/a': config({ ...reference, contexts: { dev: 'cluster: c' } }) },
    paths: ['/a'],
    expected: 'dev https://one nobody default',
  },
  {
    name: 'relative paths belong to their file',
    files: {
      '/home/k/config': config({
        ...reference,
        users: { u: 'client-certificate: pki/me.pem, client-key: pki/me.key' },
      }),
    },
    paths: ['/home/k/config'],
    expected: 'dev https://one /home/k/pki/me.pem default',
  },
  {
    name: 'absolute paths stay',
    files: {
      '/a': config({
        ...reference,
        users: { u: 'client-certificate: /pki/me.pem, client-key: /pki/me.key' },
      }),
    },
    paths: ['/a'],
    expected: 'dev https://one /pki/me.pem default',
  },
  {
    name: 'broken YAML names file and line',
    files: { '/a': 'apiVersion: v1\nclusters: [\n' },
    paths: ['/a'],
    expected: /^The kubeconfig \/a:\d+ cannot be used: it is not valid YAML: .+\.$/,
  },
  {
    name: 'an alias of nothing is broken YAML',
    files: { '/a': 'users: *none' },
    paths: ['/a'],
    expected: /^The kubeconfig \/a cannot be used: it is not valid YAML: .*none/,
  },
  {
    name: 'aliases that would fill the memory are broken YAML',
    files: {
      '/a': `a: &a [${'x, '.repeat(200)}]\nb: &b [${'*a, '.repeat(200)}]\nc: [${'*b, '.repeat(200)}]`,
    },
    paths: ['/a'],
    expected: /^The kubeconfig \/a cannot be used: it has more than 100 aliases\.$/,
  },
  {
    name: 'one broken file makes the whole list unusable, as for kubectl',
    files: { '/a': one, '/b': 'clusters: 3' },
    paths: ['/a', '/b'],
    expected: 'The kubeconfig /b cannot be used: "clusters" is not a list.',
  },
  {
    name: 'a name twice in one file',
    files: { '/a': 'users: [{name: u}, {name: u}]' },
    paths: ['/a'],
    expected: 'The kubeconfig /a cannot be used: "users" names "u" twice.',
  },
  {
    name: 'another kind of file',
    files: { '/a': 'apiVersion: v1\nkind: Pod' },
    paths: ['/a'],
    expected: /it is not a Config of apiVersion v1/,
  },
  {
    name: 'a file of text',
    files: { '/a': 'hello' },
    paths: ['/a'],
    expected: /it holds no mapping/,
  },
  {
    name: 'a number where text is expected',
    files: { '/a': config({ ...reference, users: { u: 'token: 12345' } }) },
    paths: ['/a'],
    expected: /"token" is a number where text is expected/,
  },
  {
    name: 'an unquoted n is a boolean in the YAML that kubectl reads',
    files: {
      '/a': config({
        ...reference,
        users: { u: 'token: x' },
        contexts: { dev: 'cluster: c, user: u, namespace: n' },
      }),
    },
    paths: ['/a'],
    expected: /"namespace" is a boolean where text is expected/,
  },
  {
    name: 'a certificate without a key',
    files: { '/a': config({ ...reference, users: { u: 'client-certificate: x.pem' } }) },
    paths: ['/a'],
    expected: /a client certificate without a key/,
  },
  {
    name: 'a token and a user name',
    files: { '/a': config({ ...reference, users: { u: 'token: x, username: me, password: p' } }) },
    paths: ['/a'],
    expected: /both a token and a user name/,
  },
  {
    name: 'a certificate authority that would not be looked at',
    files: {
      '/a': config({
        ...reference,
        clusters: {
          c: 'server: https://one, insecure-skip-tls-verify: true, certificate-authority: ca.pem',
        },
        users: { u: 'token: x' },
      }),
    },
    paths: ['/a'],
    expected: /together with insecure-skip-tls-verify/,
  },
  {
    name: 'a credential plugin of an unknown version',
    files: {
      '/a': config({
        ...reference,
        users: { u: 'exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: x}' },
      }),
    },
    paths: ['/a'],
    expected: /its credential plugin speaks "client.authentication.k8s.io\/v1alpha1"/,
  },
  {
    name: 'an auth-provider that kubectl has no longer',
    files: {
      '/a': config({ ...reference, users: { u: 'auth-provider: {name: gcp, config: {}}' } }),
    },
    paths: ['/a'],
    expected: /its user signs in by the auth-provider "gcp", which kubectl does not have any more/,
  },
  {
    name: 'a proxy of a kind that kubectl does not know',
    files: {
      '/a': config({
        ...reference,
        clusters: { c: 'server: https://one, proxy-url: "socks4://me:secret@proxy"' },
        users: { u: 'token: x' },
      }),
    },
    paths: ['/a'],
    expected: /its proxy-url "socks4:\/\/proxy" is not an address of http, https or socks5/,
  },
  {
    name: 'a server that is no address',
    files: {
      '/a': config({ ...reference, clusters: { c: 'server: nowhere' }, users: { u: 'token: x' } }),
    },
    paths: ['/a'],
    expected: 'The server address "nowhere" of cluster "c" is not a URL.',
  },
];

describe('the cluster that a kubeconfig leads to', () => {
  for (const { name, files, paths, context, expected } of rows) {
    it(name, async () => {
      const got = await chosen(files, paths, context);
      if (typeof expected === 'string') assert.equal(got, expected);
      else assert.match(got, expected);
    });
  }

  it('is not found in a directory, and says so in one sentence', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'kubeconfig-'));
    const loaded = await loadKubeconfig([directory]);
    await rm(directory, { recursive: true });
    assert.equal(loaded.kind, 'broken');
    assert.equal(
      describeKubeconfigProblem(loaded.problems[0]),
      `The kubeconfig ${directory} cannot be used: it is a directory, not a file.`,
    );
  });
});

describe('the files of a kubeconfig', () => {
  it('are those of KUBECONFIG, each once', () => {
    assert.deepEqual(defaultKubeconfigPaths({ KUBECONFIG: '/a:/b::/a' }, '/home/me'), ['/a', '/b']);
  });
  it('are the one in the home directory when KUBECONFIG is empty', () => {
    assert.deepEqual(defaultKubeconfigPaths({ KUBECONFIG: '' }, '/home/me'), [
      '/home/me/.kube/config',
    ]);
    assert.deepEqual(kubeconfigList(''), []);
  });
});

describe('the contexts to choose from', () => {
  it('come in the order of the files and tell which one is current', async () => {
    const loaded = await loadKubeconfig(['/a', '/b'], reading({ '/a': one, '/b': two }));
    assert.equal(loaded.kind, 'loaded');
    const contexts = listContexts(loaded.kubeconfig);
    assert.deepEqual(
      contexts.map(({ name, server, current }) => ({ name, server, current })),
      [
        { name: 'dev', server: 'https://one', current: true },
        { name: 'prod', server: 'https://d', current: false },
      ],
    );
  });
});
