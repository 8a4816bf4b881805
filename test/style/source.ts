import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** One TypeScript file of the project, as the style rules look at it. */
export interface SourceText {
  readonly path: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
}

/** Every TypeScript file below the folders, parsed. */
export function sourcesIn(...folders: readonly string[]): SourceText[] {
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .sort()
      .map((name) => {
        const path = join(folder, name);
        const text = readFileSync(path, 'utf8');
        return { path, text, tree: ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true) };
      }),
  );
}

export function lineCount({ text }: SourceText): number {
  return text.trimEnd().split('\n').length;
}

/** `path:line` of a node, for messages. */
export function placeOf({ path, tree }: SourceText, node: ts.Node): string {
  return `${path}:${tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1}`;
}

export interface FunctionSize {
  readonly place: string;
  readonly name: string;
  readonly lines: number;
  readonly parameters: number;
}

/** Every function, method and accessor with a body. */
export function functionsOf(source: SourceText): FunctionSize[] {
  const found: FunctionSize[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined && ts.isBlock(node.body)) {
      const { tree } = source;
      const [from, to] = [node.getStart(tree), node.getEnd()].map((at) => tree.getLineAndCharacterOfPosition(at).line);
      found.push({
        place: placeOf(source, node),
        name: node.name?.getText(tree) ?? '(anonymous)',
        lines: (to ?? 0) - (from ?? 0) + 1,
        parameters: node.parameters.length,
      });
    }
    ts.forEachChild(node, visit);
  };
  visit(source.tree);
  return found;
}

export interface NamedDeclaration {
  readonly place: string;
  readonly name: string;
}

/** Names that a file declares itself, at any depth: what a reader has to learn. */
export function declaredNames(source: SourceText): NamedDeclaration[] {
  const found: NamedDeclaration[] = [];
  const visit = (node: ts.Node): void => {
    if (isDeclaration(node) && node.name !== undefined && ts.isIdentifier(node.name)) {
      found.push({ place: placeOf(source, node.name), name: node.name.text });
    }
    ts.forEachChild(node, visit);
  };
  visit(source.tree);
  return found;
}

/** Names that a file declares at its top level. */
export function topLevelNames({ tree }: SourceText): string[] {
  const names: string[] = [];
  for (const statement of tree.statements) {
    if (ts.isVariableStatement(statement)) {
      for (const { name } of statement.declarationList.declarations) if (ts.isIdentifier(name)) names.push(name.text);
    } else if (isDeclaration(statement) && statement.name !== undefined && ts.isIdentifier(statement.name)) {
      names.push(statement.name.text);
    }
  }
  return [...new Set(names)];
}

/** Comments with the place where each begins and their text without the marks. */
export function commentsOf(source: SourceText): { readonly place: string; readonly text: string }[] {
  const { text, path } = source;
  const comments: { place: string; text: string }[] = [];
  const seen = new Set<number>();
  const take = (from: number, to: number): void => {
    if (seen.has(from)) return;
    seen.add(from);
    const plain = text
      .slice(from, to)
      .replace(/^\/\*+|\*+\/$|^\/\/+/g, '')
      .replace(/^\s*\* ?/gm, '')
      .trim();
    comments.push({ place: `${path}:${text.slice(0, from).split('\n').length}`, text: plain });
  };
  const visit = (node: ts.Node): void => {
    const around = [
      ...(ts.getLeadingCommentRanges(text, node.getFullStart()) ?? []),
      ...(ts.getTrailingCommentRanges(text, node.getEnd()) ?? []),
    ];
    for (const { pos, end } of around) take(pos, end);
    ts.forEachChild(node, visit);
  };
  visit(source.tree);
  return comments;
}

/** `camelCase`, `PascalCase`, `snake_case` and `UPPER_CASE` → their words in lower case. */
export function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .split(/[_$\s]+/)
    .map((word) => word.toLowerCase());
}

type Declaration =
  | ts.FunctionDeclaration
  | ts.ClassDeclaration
  | ts.InterfaceDeclaration
  | ts.TypeAliasDeclaration
  | ts.VariableDeclaration
  | ts.ParameterDeclaration
  | ts.BindingElement
  | ts.MethodDeclaration
  | ts.MethodSignature
  | ts.PropertyDeclaration
  | ts.PropertySignature
  | ts.PropertyAssignment
  | ts.GetAccessorDeclaration;

function isDeclaration(node: ts.Node): node is Declaration {
  return (
    ts.isFunctionDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isVariableDeclaration(node) ||
    ts.isParameter(node) ||
    ts.isBindingElement(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isMethodSignature(node) ||
    ts.isPropertyDeclaration(node) ||
    ts.isPropertySignature(node) ||
    ts.isPropertyAssignment(node) ||
    ts.isGetAccessorDeclaration(node)
  );
}
