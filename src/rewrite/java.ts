import type { SyntaxNode, Tree } from '@lezer/common';
import { parser } from '@lezer/java';

import { type Replacement, type Site, spaceBefore, sumWith } from './replacement';
import { ancestor, nodeAround, nodesIn } from './trees';

export { parser };

/** Nodes in which a sum needs no parentheses. */
const plainPlaces = [
  'VariableDeclarator',
  'ArgumentList',
  'ReturnStatement',
  'AssignmentExpression',
  'ArrayInitializer',
  'ParenthesizedExpression',
  'LambdaExpression',
];
const otherPlaces = ['BinaryExpression', 'MethodInvocation', 'TernaryExpression', 'CastExpression', 'SwitchRule'];

/** Where Java requires a constant. */
const constantPlaces = ['Annotation', 'SwitchLabel'];

/** Replaces the value by code that reads the variable; returns undefined where that isn't certain to be right. */
export function replace(site: Site, tree: Tree): Replacement | undefined {
  const literal = nodeAround(tree, site.start, site.end);
  const parent = literal?.parent?.name ?? '';
  if (
    literal?.name !== 'StringLiteral' ||
    !(plainPlaces.includes(parent) || otherPlaces.includes(parent)) ||
    ancestor(literal, ...constantPlaces) ||
    isConstantElsewhere(site, tree, literal) ||
    nodesIn(tree, 'Definition').some(({ from, to }) => site.text.slice(from, to) === 'System')
  ) {
    return undefined;
  }
  const code = `System.getenv("${site.name}")`;
  const sum = sumWith(site, literal, code, '"');
  const text = sum === code || plainPlaces.includes(parent) ? sum : `(${sum})`;
  return { code, edits: [{ start: literal.from, end: literal.to, text: spaceBefore(site.text, literal.from) + text }] };
}

/** Returns whether the variable that has this value is used where Java requires a constant, perhaps through others. */
function isConstantElsewhere({ text }: Site, tree: Tree, literal: SyntaxNode): boolean {
  const used = nodesIn(tree, 'Identifier');
  const textOf = ({ from, to }: SyntaxNode) => text.slice(from, to);
  const seen = new Set<string>();
  const isUsed = (value: SyntaxNode): boolean => {
    const definition = ancestor(value, 'VariableDeclarator')?.getChild('Definition');
    const name = definition ? textOf(definition) : undefined;
    if (name === undefined || seen.has(name)) {
      return false;
    }
    seen.add(name);
    return used.some((one) => textOf(one) === name && (ancestor(one, ...constantPlaces) || isUsed(one)));
  };
  return isUsed(literal);
}
