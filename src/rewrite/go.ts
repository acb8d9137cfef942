import type { SyntaxNode, Tree } from '@lezer/common';
import { parser } from '@lezer/go';

import { type Edit, lineEnd, lineStart, type Replacement, type Site, spaceBefore, sumWith } from './replacement';
import { ancestor, childrenOf, nodeAround, nodesIn } from './trees';

export { parser };

/** Nodes in which an expression may be. */
const places = [
  'ConstSpec',
  'VarSpec',
  'VarDecl',
  'Assignment',
  'Arguments',
  'Conversion',
  'ReturnStatement',
  'Element',
  'Key',
  'BinaryExp',
  'ParenthesizedExpr',
  'SendStatement',
  'Case',
  'IndexExpr',
  'SliceExpr',
  'SwitchStatement',
];

/** Replaces the value by code that reads the variable; returns undefined where that isn't certain to be right. */
export function replace(site: Site, tree: Tree): Replacement | undefined {
  const literal = nodeAround(tree, site.start, site.end);
  if (
    literal?.name !== 'String' ||
    !places.includes(literal.parent?.name ?? '') ||
    ancestor(literal, 'ArrayType') ||
    mayBeOfOtherType(site, tree, literal)
  ) {
    return undefined;
  }
  const code = `os.Getenv("${site.name}")`;
  const expression = joined(site, literal, code);
  const imported = importOs(site, tree);
  const declared = toVariable(site, tree, literal, expression);
  return imported && declared ? { code, edits: [...declared, ...imported] } : undefined;
}

/** Returns whether the literal may be of a type other than `string`, which the variable's value isn't. */
function mayBeOfOtherType({ text }: Site, tree: Tree, literal: SyntaxNode): boolean {
  const spec = ancestor(literal, 'VarSpec', 'ConstSpec');
  const [name, equals] = [spec?.getChildren('DefName').at(-1), spec?.getChild('=')];
  const type = name && equals ? text.slice(name.to, equals.from).trim() : '';
  if (type !== '') {
    return type !== 'string';
  }
  const { parent } = literal;
  // Methods and other packages' functions seldom have parameters of the file's own types.
  const isLikelyString =
    /^Var(?:Decl|Spec)$/.test(parent?.name ?? '') ||
    (parent?.name === 'Arguments' && parent.prevSibling?.name === 'SelectorExpr');
  // As in `type Secret string`.
  return (
    !isLikelyString && nodesIn(tree, 'TypeSpec').some(({ from, to }) => /^\w+\s+string$/.test(text.slice(from, to)))
  );
}

/** Joins the texts and the code with `+`, which binds tighter than comparisons, and looser than an index. */
function joined(site: Site, literal: SyntaxNode, code: string): string {
  const text = sumWith(site, literal, code, site.text.charAt(literal.from));
  return text !== code && /^(?:Index|Slice)Expr$/.test(literal.parent?.name ?? '') ? `(${text})` : text;
}

/** Replaces the literal. Turns its constant into a variable, since Go needs a constant's value when it compiles. */
function toVariable(site: Site, tree: Tree, literal: SyntaxNode, expression: string): Edit[] | undefined {
  const value = { start: literal.from, end: literal.to, text: spaceBefore(site.text, literal.from) + expression };
  const declaration = ancestor(literal, 'ConstDecl');
  const spec = ancestor(literal, 'ConstSpec');
  if (!declaration || !spec) {
    return [value];
  }
  const textOf = ({ from, to }: SyntaxNode) => site.text.slice(from, to);
  const names = spec.getChildren('DefName').map(textOf);
  const uses = nodesIn(tree, 'VariableName').filter((name) => names.includes(textOf(name)));
  const isConstantElsewhere = uses.some((name) => ancestor(name, 'ConstDecl', 'ArrayType', 'Case'));
  const block = ancestor(declaration, 'Block');
  // An unused variable in a function doesn't compile, an unused constant does.
  const isUsed =
    !block ||
    names.every((name) => uses.some((use) => textOf(use) === name && use.from > spec.to && use.to < block.to));
  if (isConstantElsewhere || !isUsed) {
    return undefined;
  }
  const keyword = { start: declaration.from, end: declaration.from + 'const'.length, text: 'var' };
  const group = declaration.getChild('SpecList');
  const specs = group?.getChildren('ConstSpec') ?? [];
  if (specs.length <= 1) {
    return [keyword, value];
  }
  // A constant without a value repeats the one above, and `iota` counts lines.
  if (specs.some((one) => !one.getChild('=')) || /\biota\b/.test(textOf(declaration))) {
    return undefined;
  }
  const [start, end] = [lineStart(site.text, spec.from), Math.min(lineEnd(site.text, spec.to) + 1, site.text.length)];
  const rest = site.text.slice(spec.to, end).trimEnd();
  if (site.text.slice(start, spec.from).trim() !== '' || !/^(?:\s*\/\/.*)?$/.test(rest)) {
    return undefined;
  }
  const indentation = site.text.slice(lineStart(site.text, declaration.from), declaration.from);
  const changed = textOf(spec).slice(0, literal.from - spec.from) + expression + site.text.slice(literal.to, spec.to);
  return [
    { start, end, text: '' },
    { start: declaration.to, end: declaration.to, text: `\n${indentation}var ${changed}${rest}` },
  ];
}

/** Returns the edits that import `os`; undefined if `os` may be something else. */
function importOs({ text }: Site, tree: Tree): readonly Edit[] | undefined {
  const textOf = ({ from, to }: SyntaxNode) => text.slice(from, to);
  const specs = nodesIn(tree, 'ImportSpec');
  const spec = specs.find(
    (one) => one.getChild('String') && /^["`]os["`]$/.test(textOf(one.getChild('String') ?? one)),
  );
  if (nodesIn(tree, 'DefName').some((name) => textOf(name) === 'os') || (spec && spec.firstChild?.name !== 'String')) {
    return undefined;
  }
  if (spec) {
    return [];
  }
  const clause = tree.topNode.getChild('PackageClause');
  if (!clause) {
    return undefined;
  }
  const group = nodesIn(tree, 'ImportDecl')
    .find((one) => one.getChild('SpecList'))
    ?.getChild('SpecList');
  const first = group?.getChild('ImportSpec');
  // A comment right before `import "C"` is code, so nothing may come between them.
  if (
    group &&
    first &&
    !specs.some((one) => textOf(one) === '"C"') &&
    text.slice(group.from, first.from).includes('\n')
  ) {
    const start = lineStart(text, first.from);
    return [{ start, end: start, text: `${text.slice(start, first.from)}"os"\n` }];
  }
  const { to } = childrenOf(clause).at(-1) ?? clause;
  return [{ start: to, end: to, text: '\n\nimport "os"' }];
}
