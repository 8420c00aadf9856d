import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import ts from 'typescript';
import { importsOf, lineCount, nodesIn, sourceFiles } from '../support/sourceTree.ts';
import type { Import, SourceFile } from '../support/sourceTree.ts';

// The invariants of src/README.md that can be seen in the text of the program.

const product = sourceFiles('src/**/*.ts');
const everything = [...product, ...sourceFiles('{scripts,test}/**/*.ts')];
const imports = product.flatMap(importsOf);

/** The part of src/ that a file belongs to: a folder, or one of the files beside them. */
function partOf(path: string): string {
  return /^src\/([^/]+)/.exec(path)?.[1] ?? path;
}

/**
 * What each part may import. A part may import itself. `types of X`: nothing of X may be loaded by it, so that X stays out
 * of the bundle or is handed in. `X on demand`: as types, and by `import()` when it is needed.
 */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  mesh: [],
  'emitter.ts': [],
  'until.ts': [],
  sources: [
    'mesh',
    'emitter.ts',
    'node:*',
    'yaml',
    'js-yaml',
    'ws',
    'socks',
    '@kubernetes/client-node',
  ],
  actions: ['mesh', 'sources', 'node:*', 'ws', '@kubernetes/client-node'],
  demo: ['node:*', 'yaml', 'ws', 'selfsigned'],
  surfaces: [
    'mesh',
    'emitter.ts',
    'until.ts',
    'contributions.ts',
    'src/sources/yaml',
    'types of sources',
    'types of actions',
    'types of kube.ts',
    'types of demo',
    'node:*',
    'vscode',
  ],
  cli: [
    'mesh',
    'until.ts',
    'sources',
    'actions',
    'kube.ts on demand',
    'types of demo',
    'package.json',
    'node:*',
    'yaml',
  ],
  'contributions.ts': ['types of mesh', 'types of surfaces'],
  'kube.ts': ['mesh', 'sources', 'actions', 'node:*', '@kubernetes/client-node'],
  'cli.ts': ['mesh', 'cli', 'kube.ts on demand', 'node:*'],
  'clusterBundle.ts': ['mesh', 'surfaces', 'kube.ts on demand'],
  'extension.ts': [
    'clusterBundle.ts',
    'src/sources/yaml',
    'surfaces',
    'contributions.ts',
    'demo on demand',
    'types of sources',
    'types of actions',
    'node:*',
    'vscode',
  ],
};

function isAllowed({ from, to, how }: Import): boolean {
  const part = partOf(to);
  return (mayImport[partOf(from)] ?? []).some((rule) => {
    if (rule === `types of ${part}`) return how === 'types';
    if (rule === `${part} on demand`) return how !== 'value';
    if (rule === 'node:*') return to.startsWith('node:');
    return rule === part || to.startsWith(`${rule}/`);
  });
}

describe('the import table', () => {
  it('names every part of src', () => {
    const parts = new Set(product.map(({ path }) => partOf(path)));
    assert.deepEqual(
      [...parts].filter((part) => !(part in mayImport)),
      [],
    );
  });

  it('is kept by every import', () => {
    const broken = imports
      .filter((each) => partOf(each.from) !== partOf(each.to) && !isAllowed(each))
      .map(({ from, to, how }) => `${from} -> ${to} (${how})`);
    assert.deepEqual(broken, []);
  });

  it('keeps projections pure: below surfaces/, what does not load vscode loads nothing that does', () => {
    const values = imports.filter(({ how }) => how === 'value');
    const adapters = new Set(values.filter(({ to }) => to === 'vscode').map(({ from }) => from));
    // Commands, the session and the platform hold adapters together, some without a word to vscode of their own.
    const isProjection = (path: string): boolean =>
      partOf(path) === 'surfaces' &&
      !adapters.has(path) &&
      !/^src\/surfaces\/(commands|platform|session)\//.test(path);
    const broken = values
      .filter(({ from, to }) => isProjection(from) && adapters.has(to))
      .map(({ from, to }) => `${from} -> ${to}`);
    assert.deepEqual(broken, []);
  });

  it('has no import that cannot be read from the text', () => {
    assert.deepEqual(
      imports.filter(({ to }) => to.includes('(computed)')),
      [],
    );
  });
});

describe('imports between files', () => {
  it('have no cycles, types included', () => {
    assert.deepEqual(cycles(imports), []);
  });
});

/** The room of a file: its folder. The files directly in src/ stand for themselves. */
function roomOf(path: string): string {
  const folder = path.slice(0, path.lastIndexOf('/'));
  return folder === 'src' ? path : folder;
}

describe('imports between rooms', () => {
  it('have no cycles, types included: a reader can go from what is asked to what answers, and never back', () => {
    const between = imports
      .map(({ from, to, how }): Import => ({ from: roomOf(from), to: roomOf(to), how }))
      .filter(({ from, to }) => from !== to);
    assert.deepEqual(cycles(between), []);
  });
});

describe('the engine', () => {
  it('is known to the rest of the product by its public face alone', () => {
    const behind = imports
      .filter(({ from, to }) => partOf(from) !== 'mesh' && partOf(to) === 'mesh')
      .filter(({ to }) => to !== 'src/mesh/index.ts')
      .map(({ from, to }) => `${from} -> ${to}`);
    assert.deepEqual(behind, []);
  });

  it('does not look at its own face', () => {
    const own = imports.filter(
      ({ from, to }) => partOf(from) === 'mesh' && to === 'src/mesh/index.ts',
    );
    assert.deepEqual(own, []);
  });

  it('has rooms of at most 16 files', () => {
    const rooms = product
      .map(({ path }) => roomOf(path))
      .filter((room) => room.startsWith('src/mesh/'));
    const isFull = (room: string): boolean => rooms.filter((one) => one === room).length > 16;
    assert.deepEqual([...new Set(rooms.filter(isFull))], []);
  });
});

/** Each cycle once, as the files or rooms in it. */
function cycles(edges: readonly Import[]): readonly string[] {
  const to = new Map<string, Import[]>();
  for (const edge of edges) to.set(edge.from, [...(to.get(edge.from) ?? []), edge]);
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file);
    if (start >= 0) found.push([...path.slice(start), file].join(' -> '));
    if (start >= 0 || done.has(file)) return;
    for (const next of to.get(file) ?? []) visit(next.to, [...path, file]);
    done.add(file);
  };
  for (const file of to.keys()) visit(file, []);
  return found;
}

/** Where a test still lets time pass, and why; nowhere else. A time is a guess about somebody else's machine. */
const pauses: Readonly<Record<string, string>> = {
  'test/support/until.ts': 'the one place that waits for a condition',
  'test/support/kubernetes/programProcess.ts': 'the grace after which a program is killed',
  'test/mesh/environment/watchedObjects.ts': 'a watch that ended is not begun anew at once',
  'test/apiserver/exec.test.ts': 'nothing tells that a command in a pod has begun',
  'test/apiserver/injection.test.ts': 'a controller that takes its time',
  'test/host/contexts/contexts.test.ts': 'what is not offered',
  'test/host/contexts/kubernetesExtension.test.ts': 'what is not followed',
  'test/host/lifeCycle/lifeCycle.test.ts': 'the limit of a wait',
  'test/host/probe/podGone.test.ts': 'nothing tells that curl has begun',
  'test/host/tree/largeMesh.test.ts': 'what VS Code does not ask for',
  'test/host/tree/steadyChanges.test.ts': 'how often VS Code asks while time passes',
  'test/integration/sources/faults/clusterFaults.test.ts': 'a server that is away for a while',
  'test/integration/sources/faults/leaks.test.ts': 'watches prove themselves by lasting',
  'test/ui/pageObjects/contextMenu.ts': 'VS Code ignores clicks on a menu that has just opened',
};

describe('waiting in tests', () => {
  it('is for a condition, with `until`, and never for a time', () => {
    const pausing = sourceFiles('test/**/*.ts')
      .filter(({ path }) => !path.startsWith('test/bench/'))
      .filter((file) => [...nodesIn(file.tree)].some(isPause))
      .map(({ path }) => path);
    assert.deepEqual(pausing, Object.keys(pauses).toSorted());
  });
});

/** `setTimeout(resolve, 50)`, `page.waitForTimeout(50)`, or an import of the timers that are awaited. */
function isPause(node: ts.Node): boolean {
  if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
    return node.moduleSpecifier.text === 'node:timers/promises';
  }
  if (!ts.isCallExpression(node)) return false;
  const called = node.expression.getText();
  const [first] = node.arguments;
  if (called.endsWith('waitForTimeout')) return true;
  return called === 'setTimeout' && first !== undefined && ts.isIdentifier(first);
}

describe('writing to a cluster', () => {
  it('is asked for in actions/ only', () => {
    const writing = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
    const elsewhere = product.filter(({ path }) => !['actions', 'demo'].includes(partOf(path)));
    assert.deepEqual(
      elsewhere.flatMap((file) => placesOf(file, (node) => isText(node, writing))),
      [],
    );
  });
});

/** A text that the program uses, not a type that describes one. */
function isText(node: ts.Node, texts: ReadonlySet<string>): boolean {
  return ts.isStringLiteralLike(node) && !ts.isLiteralTypeNode(node.parent) && texts.has(node.text);
}

/** What is longer or wider than the budget, and why. Nothing else may be. */
const exceptions: Readonly<Record<string, string>> = {};

describe('what is said at run time', () => {
  it('is English alike: nothing of it goes through `vscode.l10n`, for the engine’s sentences cannot', () => {
    const translated = product.filter(({ tree }) => /\bl10n\b/.test(tree.text));
    assert.deepEqual(
      translated.map(({ path }) => path),
      [],
    );
  });
});

describe('budgets', () => {
  const budgeted = [...product, ...sourceFiles('scripts/**/*.ts')];

  it('files have at most 300 lines', () => {
    assert.deepEqual(
      budgeted
        .map(({ path, tree }) => ({ path, lines: tree.getLineStarts().length - 1 }))
        .filter(({ path, lines }) => lines > 300 && !(path in exceptions)),
      [],
    );
  });

  it('src/extension.ts has at most 100 lines', () => {
    const extension = product.find(({ path }) => path === 'src/extension.ts');
    assert.ok(extension, 'src/extension.ts is not there');
    assert.ok(extension.tree.getLineStarts().length - 1 <= 100);
  });

  it('functions have at most 50 lines', () => {
    assert.deepEqual(
      budgeted.flatMap((file) =>
        placesOf(file, (node) => ts.isFunctionLike(node) && lineCount(node) > 50),
      ),
      [],
    );
  });

  it('functions have at most 4 parameters', () => {
    assert.deepEqual(
      budgeted.flatMap((file) =>
        placesOf(file, (node) => ts.isFunctionLike(node) && node.parameters.length > 4),
      ),
      [],
    );
  });
});

describe('types', () => {
  it('are never `any`', () => {
    assert.deepEqual(
      everything.flatMap((file) => placesOf(file, ({ kind }) => kind === ts.SyntaxKind.AnyKeyword)),
      [],
    );
  });

  it('are never silenced with `!` or a comment', () => {
    const silenced = everything.filter(({ tree }) =>
      /@ts-(?:ignore|expect-error|nocheck)|eslint-disable/.test(commentsOf(tree)),
    );
    assert.deepEqual(
      silenced.map(({ path }) => path),
      [],
    );
    assert.deepEqual(
      everything.flatMap((file) => placesOf(file, ts.isNonNullExpression)),
      [],
    );
  });
});

/** `file:line name` of every node that the test picks, unless the exceptions name it. */
function placesOf(file: SourceFile, test: (node: ts.Node) => boolean): readonly string[] {
  return [...nodesIn(file.tree)].filter(test).flatMap((node) => {
    const name = ts.isFunctionLike(node) ? (node.name?.getText() ?? '') : node.getText();
    if (`${file.path} ${name}` in exceptions) return [];
    const { line } = file.tree.getLineAndCharacterOfPosition(node.getStart());
    return [`${file.path}:${line + 1} ${name}`];
  });
}

/** The comments of a file, as far as they stand before a token. */
function commentsOf(tree: ts.SourceFile): string {
  const text = tree.getFullText();
  return [tree, ...nodesIn(tree)]
    .flatMap((node) => ts.getLeadingCommentRanges(text, node.getFullStart()) ?? [])
    .map(({ pos, end }) => text.slice(pos, end))
    .join('\n');
}
