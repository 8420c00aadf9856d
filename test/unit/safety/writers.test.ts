import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import ts from 'typescript';
import { importsOf, nodesIn, sourceFiles } from '../../support/sourceTree.ts';
import type { SourceFile } from '../../support/sourceTree.ts';

const product = sourceFiles('src/**/*.ts').filter(({ path }) => !path.startsWith('src/demo/'));

/** The code that asks an API server for anything but reading, and what for. */
const writers = {
  'src/actions/permissions.ts': ['POST'],
  'src/actions/webSocket.ts': ['upgrade'],
  'src/actions/write.ts': ['DELETE', 'PATCH', 'PATCH'],
};

/** The code that opens connections by itself: everything else goes through the transport. */
const connectors = [
  'src/sources/evidence/prometheusApi.ts',
  'src/sources/kubeconfig/connectionPool.ts',
  'src/sources/kubeconfig/credentials.ts',
  'src/sources/kubeconfig/environmentProxy.ts',
  'src/sources/kubeconfig/proxyTunnel.ts',
  'src/sources/transport/openRequest.ts',
];

/** Who may use what changes a cluster or runs in it; whoever else wants to goes through them. */
const users: Readonly<Record<string, readonly string[]>> = {
  'src/actions/write.ts': [
    'src/actions/apply.ts',
    'src/actions/reversal.ts',
    'src/actions/step.ts',
    'src/actions/unanswered.ts',
  ],
  'src/actions/webSocket.ts': ['src/actions/exec.ts'],
  'src/actions/apply.ts': ['src/actions/clusterActions.ts'],
  'src/actions/rollback.ts': ['src/actions/clusterActions.ts'],
  'src/actions/exec.ts': [
    'src/actions/clusterActions.ts',
    'src/actions/evidence/proxyTexts.ts',
    'src/actions/readProxy.ts',
  ],
  'src/actions/readProxy.ts': ['src/actions/proxyReading.ts'],
  'src/actions/proxyReading.ts': ['src/actions/clusterActions.ts'],
};

/** Who calls the actions that change a cluster: each of them asks the person first, or is asked by one. */
const callers: Readonly<Record<string, readonly string[]>> = {
  commit: ['src/surfaces/commands/write.ts'],
  undo: ['src/surfaces/commands/undo.ts'],
  exec: ['src/surfaces/commands/runProbe.ts'],
  readProxy: ['src/cli/proxies.ts', 'src/surfaces/commands/showProxy.ts'],
};

/**
 * The methods of the requests to a transport that are not plainly `GET`; `?` where a method cannot be seen, and `upgrade`
 * for a WebSocket, by which commands run.
 */
function methodsOf({ tree }: SourceFile): readonly string[] {
  const calls = [...nodesIn(tree)].filter(ts.isCallExpression);
  const upgrades = calls.filter(({ expression }) => isProperty(expression, 'upgrade'));
  return calls
    .filter(({ expression }) => isProperty(expression, 'request'))
    .map(({ arguments: [first] }) => (first === undefined ? '?' : methodIn(first)))
    .filter((method) => method !== 'GET')
    .concat(upgrades.map(() => 'upgrade'))
    .toSorted();
}

function methodIn(argument: ts.Expression): string {
  if (!ts.isObjectLiteralExpression(argument)) return '?';
  const last = argument.properties.findLast(
    (one) => ts.isSpreadAssignment(one) || one.name.getText() === 'method',
  );
  const isPlain =
    last !== undefined && ts.isPropertyAssignment(last) && ts.isStringLiteral(last.initializer);
  return isPlain ? last.initializer.text : '?';
}

function isProperty(node: ts.Expression, name: string): boolean {
  return ts.isPropertyAccessExpression(node) && node.name.text === name;
}

/** Whether an action of a cluster is called: `cluster.actions.commit(…)`, or `actions.commit(…)`. */
function callsAction({ tree }: SourceFile, name: string): boolean {
  return [...nodesIn(tree)].filter(ts.isCallExpression).some(({ expression }) => {
    if (!ts.isPropertyAccessExpression(expression) || expression.name.text !== name) return false;
    return /\bactions$/.test(expression.expression.getText());
  });
}

function connects(file: SourceFile): boolean {
  const network = /^(?:node:)?(?:https?|http2|net|tls|dgram)$|^(?:ws|@kubernetes\/client-node)$/;
  const imported = importsOf(file).some(({ how, to }) => how !== 'types' && network.test(to));
  return imported || /\b(?:fetch|WebSocket|EventSource)\(/.test(file.tree.text);
}

describe('only the write path changes a cluster:', () => {
  it('requests other than reading are made where they are named here', () => {
    const found = product
      .filter(({ path }) => path !== 'src/sources/transport/httpsTransport.ts')
      .map((file) => [file.path, methodsOf(file)] as const)
      .filter(([, methods]) => methods.length > 0);
    assert.deepEqual(Object.fromEntries(found), writers);
  });

  it('connections are opened where they are named here', () => {
    assert.deepEqual(
      product.filter(connects).map(({ path }) => path),
      connectors,
    );
  });

  it('what writes and executes is used where it is named here', () => {
    const imports = product.flatMap(importsOf).filter(({ how }) => how !== 'types');
    for (const [used, by] of Object.entries(users)) {
      const found = imports.filter(({ to }) => to === used).map(({ from }) => from);
      assert.deepEqual([...new Set(found)].toSorted(), by, used);
    }
  });

  for (const [name, expected] of Object.entries(callers)) {
    it(`the action "${name}" is called where it is named here`, () => {
      const found = product.filter((file) => callsAction(file, name)).map(({ path }) => path);
      assert.deepEqual(found, expected);
    });
  }
});

describe('a new writer is found, however it writes:', () => {
  const parsed = (text: string): SourceFile => ({
    path: 'src/surfaces/new.ts',
    tree: ts.createSourceFile('new.ts', text, ts.ScriptTarget.ES2023, true),
  });
  const requests: readonly (readonly [code: string, methods: readonly string[]])[] = [
    [`transport.request({ method: 'PUT', path })`, ['PUT']],
    [`transport.request({ path, method: "DELETE" })`, ['DELETE']],
    [`transport.request({ method, path })`, ['?']],
    [`transport.request({ method: verb(), path })`, ['?']],
    [`transport.request({ method: 'GET', ...more })`, ['?']],
    [`transport.request(call)`, ['?']],
    [`transport.upgrade({ path })`, ['upgrade']],
    [`this.transport.request({ path })`, ['?']],
    [`transport.request({ ...more, method: 'GET' })`, []],
    [`transport.request({ method: 'GET', path })`, []],
  ];
  for (const [code, methods] of requests) {
    it(code, () => {
      assert.deepEqual(methodsOf(parsed(code)), methods);
    });
  }

  for (const code of [
    `import { request } from 'node:https';`,
    `import http from 'http';`,
    `const tls = await import('node:tls');`,
    `import { Exec } from '@kubernetes/client-node';`,
    `await fetch(url, { method: 'POST' })`,
    `new WebSocket(url)`,
  ]) {
    it(code, () => {
      assert.ok(connects(parsed(code)));
    });
  }

  it('cluster.actions.commit(ready, signal), and the same with actions taken apart', () => {
    assert.ok(callsAction(parsed('cluster.actions.commit(ready, signal)'), 'commit'));
    assert.ok(callsAction(parsed('actions.commit(ready, signal)'), 'commit'));
  });
});
