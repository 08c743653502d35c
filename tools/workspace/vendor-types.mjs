import { copyFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

// What is published must not ask for packages that are not. The declarations that a project takes from others of
// the workspace are copied, with what they refer to, into one file of its own: wire.d.ts.
const [dist] = process.argv.slice(2);
const files = readdirSync(dist)
  .filter((name) => name.endsWith('.d.ts'))
  .map((name) => join(dist, name));
const program = ts.createProgram(files, {
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  target: ts.ScriptTarget.ES2023,
  types: [],
});
const checker = program.getTypeChecker();
const isOfWorkspace = ({ text }) => text.startsWith('@bulkhead/');
const copied = new Map();

const original = (symbol) =>
  symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;

function copy(symbol) {
  for (const declaration of original(symbol).declarations ?? []) {
    if (program.isSourceFileDefaultLibrary(declaration.getSourceFile())) continue;
    if (ts.isTypeParameterDeclaration(declaration) || copied.has(declaration)) continue;
    if (!ts.isTypeAliasDeclaration(declaration) && !ts.isInterfaceDeclaration(declaration)) {
      throw new Error(
        `${symbol.name} is more than a type: what is published can't take it from the workspace.`,
      );
    }
    copied.set(declaration, declaration.getFullText().trim());
    copyReferences(declaration);
  }
}

function copyReferences(node) {
  if (ts.isTypeReferenceNode(node)) copy(checker.getSymbolAtLocation(node.typeName));
  if (ts.isExpressionWithTypeArguments(node)) copy(checker.getSymbolAtLocation(node.expression));
  ts.forEachChild(node, copyReferences);
}

for (const file of files) {
  const source = program.getSourceFile(file);
  let text = source.text;
  for (const statement of source.statements) {
    const from = statement.moduleSpecifier;
    if (!from || !isOfWorkspace(from)) continue;
    const names = statement.importClause?.namedBindings ?? statement.exportClause;
    for (const { name } of names.elements) copy(checker.getSymbolAtLocation(name));
    text = text.replaceAll(from.getText(), `'./wire.ts'`);
  }
  writeFileSync(file, text);
}
writeFileSync(join(dist, 'wire.d.ts'), `${[...copied.values()].join('\n')}\n`);
copyFileSync('LICENSE', join(dist, 'LICENSE'));
