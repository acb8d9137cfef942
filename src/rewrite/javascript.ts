import type { SyntaxNode, Tree } from '@lezer/common';
import { parser as javascript } from '@lezer/javascript';

import { around, type Replacement, type Site, spaceBefore } from './replacement';
import { ancestor, nodeAround, nodesIn } from './trees';

export const parsers = {
  javascript: javascript.configure({ dialect: 'jsx' }),
  typescript: javascript.configure({ dialect: 'ts' }),
  typescriptreact: javascript.configure({ dialect: 'ts jsx' }),
};

/** Nodes in which an expression needs no parentheses, each with the node before it, if that matters. */
const plainPlaces: Readonly<Record<string, string>> = {
  VariableDeclaration: 'Equals',
  Property: ':',
  PropertyDeclaration: 'Equals',
  PatternProperty: 'Equals',
  ParamList: 'Equals',
  ArrayPattern: 'Equals',
  AssignmentExpression: '',
  ArrowFunction: 'Arrow',
  ExportDeclaration: 'default',
  ArgList: '',
  ArrayExpression: '',
  ReturnStatement: '',
  ThrowStatement: '',
  YieldExpression: '',
  ParenthesizedExpression: '',
  JSXEscape: '',
  Interpolation: '',
  CaseLabel: '',
};

/** Nodes in which an expression needs parentheses. */
const operatorPlaces = ['BinaryExpression', 'UnaryExpression', 'ConditionalExpression', 'MemberExpression'];

/** Replaces the value by code that reads the variable; returns undefined where that isn't certain to be right. */
export function replace(site: Site, tree: Tree): Replacement | undefined {
  const node = nodeAround(tree, site.start, site.end);
  if (!node || isOtherProcess(site, tree)) {
    return undefined;
  }
  const code = `process.env.${site.name}`;
  const replaced = (start: number, end: number, text: string) => ({ code, edits: [{ start, end, text }] });
  switch (node.name) {
    case 'TemplateString':
      return node.parent?.name === 'TaggedTemplateExpression'
        ? undefined
        : replaced(site.start, site.end, `\${${code}}`);
    case 'JSXText':
      return replaced(site.start, site.end, `{${code}}`);
    case 'JSXAttributeValue': {
      const text = isPlainAttribute(site, node) ? expression(site, node, code) : undefined;
      return text === undefined ? undefined : replaced(node.from, node.to, `{${text}}`);
    }
    case 'String': {
      const needs = parentheses(site, node);
      const text = needs === undefined ? undefined : expression(site, node, code);
      if (text === undefined) {
        return undefined;
      }
      const isOperator = !text.startsWith('`') && needs === true;
      return replaced(node.from, node.to, isOperator ? `(${text})` : spaceBefore(site.text, node.from) + text);
    }
    default:
      return undefined;
  }
}

/** Returns whether the file gives the name `process` to something else than the module. */
function isOtherProcess({ text }: Site, tree: Tree): boolean {
  const required = /^process\s*=\s*require\(\s*["'`](?:node:)?process["'`]\s*\)/;
  return nodesIn(tree, 'VariableDefinition').some(
    (name) =>
      text.slice(name.from, name.to) === 'process' &&
      !ancestor(name, 'ImportDeclaration') &&
      !required.test(text.slice(name.from)),
  );
}

/** JSX has entities and no escapes in its attributes. */
function isPlainAttribute({ text }: Site, { from, to }: SyntaxNode): boolean {
  return !/[\\&\n]/.test(text.slice(from, to));
}

/** Returns whether the place needs parentheses; undefined if only a literal may be there. */
function parentheses({ text }: Site, node: SyntaxNode): boolean | undefined {
  const { parent, prevSibling } = node;
  // Without a semicolon above, a statement that begins with a parenthesis is a call.
  if (ancestor(node, 'EnumBody') || ancestor(node, 'ExpressionStatement')?.from === node.from) {
    return undefined;
  }
  // `as const` only takes a literal.
  const isConst = /^[\s)]*as\s+const\b/.test(text.slice(node.to, node.to + 40));
  const before = plainPlaces[parent?.name ?? ''];
  if (before !== undefined) {
    return !isConst && (before === '' || prevSibling?.name === before) ? false : undefined;
  }
  return operatorPlaces.includes(parent?.name ?? '') && !isConst ? true : undefined;
}

/**
 * Returns an expression of the type `string`. Without the variable it's empty or has a wrong value: a client that gets
 * `undefined` may read another vendor's key from its own variable, and send that.
 */
function expression(site: Site, { from, to }: SyntaxNode, code: string): string | undefined {
  const quote = site.text.charAt(from);
  if (!/["']/.test(quote) || site.text[to - 1] !== quote || site.start <= from || site.end >= to) {
    return undefined;
  }
  const [before, after] = around(site, from + 1, to - 1);
  if (before === '' && after === '') {
    return `${code} ?? ${quote}${quote}`;
  }
  // Octal escapes aren't allowed in a template.
  if (/\\\d/.test((before + after).replace(/\\\\/g, ''))) {
    return undefined;
  }
  const inTemplate = (text: string) =>
    text.replace(/\\[^]|`|\$\{/g, (found) => (found.startsWith('\\') ? found : `\\${found}`));
  return `\`${inTemplate(before)}\${${code}}${inTemplate(after)}\``;
}
