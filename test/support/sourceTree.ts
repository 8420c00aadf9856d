import { globSync, readFileSync } from 'node:fs';
import { posix, sep } from 'node:path';
import ts from 'typescript';
import { inProject, root } from '../../scripts/project.ts';

/** How one module uses another. */
export interface Import {
  /** Path of the importing file in the checkout, with slashes. */
  readonly from: string;
  /** Path of the imported file in the checkout, or the name of a package. */
  readonly to: string;
  /** `types`: erased before anything runs. `on-demand`: loaded when the code is reached. */
  readonly how: 'value' | 'types' | 'on-demand';
}

export interface SourceFile {
  readonly path: string;
  readonly tree: ts.SourceFile;
}

/** Every TypeScript file that the pattern finds, parsed. */
export function sourceFiles(pattern: string): readonly SourceFile[] {
  return globSync(pattern, { cwd: root })
    .map((path) => path.split(sep).join('/'))
    .sort()
    .map((path) => ({
      path,
      tree: ts.createSourceFile(
        path,
        readFileSync(inProject(path), 'utf8'),
        ts.ScriptTarget.ES2023,
        true,
      ),
    }));
}

/** Every import of a file: declarations, re-exports, `import()` and `require()`, and types by `import('...')`. */
export function importsOf({ path, tree }: SourceFile): readonly Import[] {
  const imports: Import[] = [];
  for (const node of nodesIn(tree)) {
    const found = importIn(node);
    if (found !== undefined)
      imports.push({ from: path, to: target(path, found.name), how: found.how });
  }
  return imports;
}

/** All nodes below a node. */
export function* nodesIn(node: ts.Node): Generator<ts.Node> {
  const children: ts.Node[] = [];
  ts.forEachChild(node, (child) => {
    children.push(child);
  });
  for (const child of children) {
    yield child;
    yield* nodesIn(child);
  }
}

/** How many lines a node takes, its comments not counted. */
export function lineCount(node: ts.Node): number {
  const tree = node.getSourceFile();
  const line = (position: number): number => tree.getLineAndCharacterOfPosition(position).line;
  return line(node.end) - line(node.getStart()) + 1;
}

function importIn(
  node: ts.Node,
): { readonly name: string; readonly how: Import['how'] } | undefined {
  if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
    const typesOnly = node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
    return {
      name: node.moduleSpecifier.text,
      how: typesOnly || namesTypesOnly(node) ? 'types' : 'value',
    };
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
    return { name: textOf(node.moduleSpecifier), how: node.isTypeOnly ? 'types' : 'value' };
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return { name: textOf(node.argument.literal), how: 'types' };
  }
  if (ts.isCallExpression(node) && isLoading(node.expression)) {
    const [argument] = node.arguments;
    return argument === undefined ? undefined : { name: textOf(argument), how: 'on-demand' };
  }
  return undefined;
}

/** `import { type A, type B }`: nothing is imported when it runs. */
function namesTypesOnly({ importClause }: ts.ImportDeclaration): boolean {
  const bindings = importClause?.namedBindings;
  return (
    importClause?.name === undefined &&
    bindings !== undefined &&
    ts.isNamedImports(bindings) &&
    bindings.elements.every(({ isTypeOnly }) => isTypeOnly)
  );
}

function isLoading(callee: ts.Expression): boolean {
  return (
    callee.kind === ts.SyntaxKind.ImportKeyword ||
    (ts.isIdentifier(callee) && callee.text === 'require')
  );
}

function textOf(node: ts.Node): string {
  return ts.isStringLiteralLike(node) ? node.text : '(computed)';
}

/** `./kube.js` is the bundle of `./kube.ts`. */
function target(from: string, name: string): string {
  return name.startsWith('.')
    ? posix.join(posix.dirname(from), name).replace(/\.js$/, '.ts')
    : name;
}
